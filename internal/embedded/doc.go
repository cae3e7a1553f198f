// Package embedded is the ground that tellonce stands on where nobody gave it a
// broker or a database: both on free loopback ports, and everything they keep in
// one folder.
//
// # The ground
//
// [Open] takes the folder's lock, starts what was not given and returns a
// [Ground] with the addresses of both; [Ground.Close] stops them in order. One
// process serves on a folder: a second one is [ErrLocked] with the first one's
// pid. Every other command attaches: [Attach] reads running.json, which counts
// only while somebody holds the lock, and [Join] attaches or else opens, so that
// a command works beside a running service and without one.
//
//	D/lock             the pid that serves here; the kernel frees it at our death
//	D/running.json     addresses for commands that attach (0600: it has a password)
//	D/broker/          the embedded broker's records, and its port
//	D/database/        access.json (passwords, port; 0600), log, cluster/data
//
// # The servers
//
// [Broker] is kfake, a broker inside this process that speaks the real protocol
// and puts every acknowledged record on disk. It is for a laptop, the demo and
// the quick test loop; production is three real brokers.
//
// [Postgres] runs the installed binaries (15 or later), else downloaded ones, as
// another user where we are root, since it refuses root. It keeps statements and
// values out of its log (settings.go says how). It ends when we do: the kernel
// signals it at our death (child.go). What is found running on the folder all the
// same is stopped before the next start, and only after it was recognised by its
// program and its working folder, never by a pid alone (stale_linux.go).
//
// [Kafka] is a real Apache Kafka broker from its jars, which [FetchKafka] gets by
// mvn once and keeps in the user's cache. Tests, fault runs and benchmarks use it.
//
// # Tests
//
// embeddedtest gives each test a database and topics of its own; testservers
// runs a command beside a real broker and a real PostgreSQL.
//
// The package knows bytes and addresses, no events.
package embedded
