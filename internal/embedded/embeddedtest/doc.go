// Package embeddedtest gives a test a database and topics of its own.
//
//	url := embeddedtest.Database(t)                      // migrated, dropped at the end
//	brokers := embeddedtest.Brokers(t)
//	topic := embeddedtest.Topic(t, brokers, "events", 8) // fresh, deleted at the end
//
// The same tests run in two ways. In the quick loop, PostgreSQL (without fsync)
// and the embedded broker (in memory) start once for each test binary, and end
// with it however it ends. In the full run TELLONCE_TEST_DATABASE_URL and
// TELLONCE_TEST_KAFKA_BROKERS name servers that all binaries share, a real Kafka
// broker among them; testservers starts both and sets the variables. A server
// that cannot be had is a failed test, never a skipped one.
//
// A database is cloned from a template that is migrated once. Its name carries a
// digest of the migrations, so that a changed migration makes a new one.
package embeddedtest
