package projections

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

// told is an event as a test tells it; given turns it into a record, named as intake
// names it.
type told struct {
	id        string
	typ       string // step.tried where absent
	at        int    // minutes
	call      string // subject; "" for none
	names     string // "account:A phone:P issued:line:L"
	continues string // a call
	revision  int
	recorded  int    // seconds
	words     string // another content, another digest
	retracts  string // id, or id@revision
	seq       int
}

const source = "/vendors/acme/crm"

var epoch = time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)

// person is the person of an identifier, "account:A", or of a call, "call:c1".
func person(name string) domain.PersonID {
	sum := sha256.Sum256([]byte(name))
	return domain.PersonID(sum[:16])
}

func namedAs(name string) domain.Named {
	rest, issued := strings.CutPrefix(name, "issued:")
	kind, _, _ := strings.Cut(rest, ":")
	if kind == "call" {
		kind = "reference"
	}
	return domain.Named{Kind: domain.Kind(kind), Person: person(rest), Issued: issued}
}

// given is the record of an event.
func given(e told) *domain.Recorded {
	e.typ = cmp.Or(e.typ, "step.tried")
	r := &domain.Recorded{
		Envelope: domain.Envelope{
			Source: source, ID: e.id, Subject: e.call, Type: e.typ + ".v1", Time: epoch.Add(time.Duration(e.at) * time.Minute),
			Sequence: int64(e.seq) - 1, Revision: e.revision, RecordedTime: epoch.Add(time.Duration(e.recorded) * time.Second),
		},
		Digest: sha256.Sum256([]byte(e.id + e.typ + e.names + e.words + e.call + e.continues + e.retracts)),
	}
	for _, name := range strings.Fields(e.names) {
		r.Persons = append(r.Persons, namedAs(name))
	}
	if e.call != "" {
		r.Reference = person("call:" + e.call)
	}
	if e.continues != "" {
		r.Continues = person("call:" + e.continues)
	}
	r.Person = lifeOfWhom(r)
	content := map[string]any{}
	if e.typ == "step.tried" {
		content = map[string]any{"step": "reboot", "outcome": "failed"}
	}
	if id, revision, ok := strings.Cut(e.retracts, "@"); e.retracts != "" {
		content = map[string]any{"source": source, "id": id}
		if ok {
			content["revision"] = json.Number(revision)
		}
	}
	if e.words != "" {
		content["lot"] = e.words
	}
	body, err := json.Marshal(content)
	if err != nil {
		panic(err) // a test's own mistake
	}
	raw, err := domain.EncodeRecord(r, body)
	if err != nil {
		panic(err)
	}
	decoded, err := domain.DecodeRecord(raw)
	if err != nil {
		panic(err)
	}
	return &decoded
}

// lifeOfWhom is the rule of an event's person, as intake has it.
func lifeOfWhom(r *domain.Recorded) domain.PersonID {
	switch domain.Group(r.Type) {
	case "interaction", "caller", "ticket":
		return r.Reference
	}
	for _, wanted := range []func(domain.Named) bool{
		func(n domain.Named) bool { return !n.Issued && n.Kind == domain.Account },
		func(n domain.Named) bool { return !n.Issued && n.Kind == domain.Line },
		func(n domain.Named) bool { return n.Issued },
	} {
		for _, n := range r.Persons {
			if wanted(n) {
				return n.Person
			}
		}
	}
	if !r.Reference.IsZero() {
		return r.Reference
	}
	for _, kind := range []domain.Kind{domain.Email, domain.Phone, domain.Device} {
		for _, n := range r.Persons {
			if n.Kind == kind {
				return n.Person
			}
		}
	}
	return person("event:" + r.ID)
}

func records(events []told) []*domain.Recorded {
	all := make([]*domain.Recorded, len(events))
	for i, e := range events {
		all[i] = given(e)
	}
	return all
}

// messages are the records as one partition has them, from an offset on.
func messages(from int64, records []*domain.Recorded) []Message {
	batch := make([]Message, len(records))
	for i, r := range records {
		batch[i] = Message{Offset: from + int64(i), Key: []byte(r.Person.String()), Value: r.Raw}
	}
	return batch
}

// database is a database of the test's own, with the tables of the trail.
func database(t testing.TB) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(embeddedtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if _, err := pool.Exec(t.Context(), trailTables); err != nil {
		t.Fatal(err)
	}
	return pool
}

const topic = "events"

// start makes an engine and starts it on partitions 0 to n−1.
func start(t testing.TB, pool *pgxpool.Pool, n int) *Engine {
	t.Helper()
	e := New(pool, Options{Projections: withTrail})
	for partition := range n {
		if _, err := e.Start(t.Context(), topic, partition); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// empty makes the database as it was.
func empty(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	if _, err := pool.Exec(context.Background(), `DO $$ BEGIN
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables
    WHERE schemaname IN ('engine', 'read') AND tablename <> 'generation');
END $$`); err != nil {
		t.Fatal(err)
	}
}

// apply applies events in one batch.
func apply(t testing.TB, pool *pgxpool.Pool, events []told) {
	t.Helper()
	if err := start(t, pool, 1).Apply(t.Context(), topic, 0, messages(0, records(events))); err != nil {
		t.Fatal(err)
	}
}
