// Package migrations brings a PostgreSQL database to the tables of this version.
//
// Every migration is a file NNNN_name.sql in this folder, embedded in the binary; its
// first lines say what it makes. First come the schemas, the reading role and the
// ring, then the engine's tables, then a file for each projection: its tables in
// generation 1, those of a fold with its states, and its row of engine.generation.
//
// A file is plain SQL: no template is expanded in it. It runs in one transaction
// with the step of public.schema_version, so that a migration is there whole or
// not at all, and it is never changed once released: the next number mends it.
// There is no way down; a read model can be dropped and folded again from the log.
//
// [Up] may be called by any number of processes at once: they wait for each other
// on an advisory lock. A database that a newer version has migrated is [ErrNewer].
//
// Two roles: whoever migrates owns everything; tellonce_api only reads. Whatever
// the owner makes later in the schemas engine and read can be read by tellonce_api
// without another grant; a new table of the ring needs a grant of its own.
package migrations
