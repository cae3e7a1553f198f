// Package ring gives every identifier its person and every person their keys. It is
// the only part of tellonce that knows both, and the only table that is backed up.
//
// # Naming
//
// ring.person has one row an identifier: the keyed hash of its kind and normal form
// ([Ring.Hash]), the random id of its person, and that person's seed, wrapped by the
// master key. The log and every read model carry the random ids alone. [Ring.Name]
// makes what is missing, [Ring.Find] never does. Two processes that name one
// identifier at once get one person: the row's primary key decides, and the loser
// reads what the winner wrote.
//
// A reference (a call, a ticket) is derived: its person is a keyed hash of source and
// subject ([Ring.ReferencePerson]), or of the event's own identity where it names
// nothing at all ([Ring.EventPerson]). It has a row only once something is sealed
// under it, so that the ring grows with customers, not with calls. Such a row's hash
// is one of its person.
//
// # Sealing
//
// Each person has one seed of 32 random bytes. From it derives a chain of keys for
// each class, one a month, each next key a one-way function of the one before
// (chain.go has the formulas): the month is that of the event's time in UTC, and
// whatever happened before January 2000 uses that month. A seal is AES-256-GCM with a
// random nonce in front, its associated data the event's identity (16 bytes), its
// revision (8 bytes, big-endian) and the class. So a seal that is moved to another
// event, revision or class does not open, and the seal of a month says nothing of
// another. The key id beside it is form, person and month.
//
// [Ring.SealAll] seals a batch with at most one statement. [Ring.Opener] opens with
// none: its caller reads the rows of ring.person in a statement of its own. What does
// not open is [ErrUnopenable], a normal value.
//
// # Keys
//
// [Keys] are two secrets of 32 bytes, from a file of mode 0600 ([LoadKeys],
// [CreateKeys]) or the environment ([KeysFromEnvironment]). The hash key names
// identifiers and never changes. The master key wraps seeds; each row says which
// master key wrapped it, so that rotating it can come. Every use has a key of its own,
// derived from the two. The first [Open] of a database notes what its keys are known
// by in ring.installation, and keys of another installation are refused from then on,
// before they name a single person wrongly.
//
// # What is backed up
//
// The two keys, apart from the database, and the tables of schema ring, continuously:
// a person named since the last copy cannot be found again. A person's row is
// committed before anything in the log bears its id.
//
// # What erasure and retention will do
//
// Erasure sets a row's seed to null: log, tables and backups of both hold nothing that
// opens, since the seed was nowhere else but wrapped by a master key that is rotated.
// Retention replaces the seed, in the same column, by the chains moved on: a class's
// current month and next year, from which no earlier month derives. The first byte of
// what is wrapped says which form it is; today there is one. An [Opener] compares the
// row it was given with what is in memory, so both take effect with the next read. A
// process that seals may go on with a seed in memory until it is told: what it seals
// then opens for nobody.
package ring
