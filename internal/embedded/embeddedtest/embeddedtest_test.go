package embeddedtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/segmentio/kafka-go"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

func TestDatabaseIsTheTestsOwn(t *testing.T) {
	ctx := t.Context()
	first, second := connect(t, embeddedtest.Database(t)), connect(t, embeddedtest.Database(t))
	if _, err := first.Exec(ctx, "CREATE TABLE mine (n int)"); err != nil {
		t.Fatal(err)
	}
	var seen bool
	if err := second.QueryRow(ctx, "SELECT to_regclass('mine') IS NOT NULL").Scan(&seen); err != nil {
		t.Fatal(err)
	}
	if seen {
		t.Error("a table of one test's database shows in another's")
	}
}

func TestDatabaseIsMigratedAndEmptyIsNot(t *testing.T) {
	for url, want := range map[string]bool{embeddedtest.Database(t): true, embeddedtest.Empty(t): false} {
		var got bool
		if err := connect(t, url).QueryRow(t.Context(), "SELECT to_regclass('ring.person') IS NOT NULL").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("migrated: got %t, want %t", got, want)
		}
	}
}

func TestDatabaseIsUTF8ByBytes(t *testing.T) {
	var encoding, collation string
	if err := connect(t, embeddedtest.Database(t)).QueryRow(t.Context(),
		"SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()").Scan(&encoding, &collation); err != nil {
		t.Fatal(err)
	}
	if encoding != "UTF8" || collation != "C" {
		t.Errorf("got %s %s, want UTF8 C", encoding, collation)
	}
}

func TestTopicTakesRecordsAtOnce(t *testing.T) {
	brokers := embeddedtest.Brokers(t)
	topic := embeddedtest.Topic(t, brokers, "made", 3)
	w := &kafka.Writer{Addr: kafka.TCP(brokers...), Topic: topic, RequiredAcks: kafka.RequireAll, MaxAttempts: 1, BatchSize: 1}
	t.Cleanup(func() { _ = w.Close() })
	if err := w.WriteMessages(t.Context(), kafka.Message{Value: []byte("x")}); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
	return c
}
