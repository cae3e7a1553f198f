// Command testservers runs a command, the full test run in particular, beside a
// real Apache Kafka broker and a real PostgreSQL:
//
//	go run ./internal/embedded/testservers -- go test -race ./...
//
// Both listen on free loopback ports and live in a temporary folder, in memory
// where there is enough of it and -durable is not given. The command
// finds them by TELLONCE_TEST_KAFKA_BROKERS and TELLONCE_TEST_DATABASE_URL.
// Signals are passed on to the command, its exit code is ours, and both servers
// and the folder are gone afterwards, however the command ends.
package main
