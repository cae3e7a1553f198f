package intake

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
	"github.com/tellonce/tellonce/internal/ring"
)

// clock is where intake's clock stands in tests.
var clock = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// rig is an intake on a real ring and a database of the test's own, its log kept
// in memory.
type rig struct {
	*Intake
	pool *pgxpool.Pool
	ring *ring.Ring
	log  *memoryLog
}

func newRig(t testing.TB) *rig {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), embeddedtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	keys, err := ring.ParseKeys(strings.Repeat("01", 32), strings.Repeat("02", 32))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ring.Open(t.Context(), pool, keys, ring.Options{})
	if err != nil {
		t.Fatal(err)
	}
	log := &memoryLog{}
	return &rig{New(r, pool, log, Options{Region: "FR", Now: func() time.Time { return clock }}), pool, r, log}
}

// memoryLog acknowledges at once what it is given.
type memoryLog struct {
	mu       sync.Mutex
	messages []kafka.Message
	discard  bool
	err      error
}

func (l *memoryLog) Write(_ context.Context, messages []kafka.Message) ([]kafka.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return nil, l.err
	}
	positions := make([]kafka.Position, len(messages))
	for i, m := range messages {
		positions[i] = kafka.Position{Partition: 0, Offset: int64(len(l.messages) + i)}
		_ = m
	}
	if !l.discard {
		l.messages = append(l.messages, messages...)
	}
	return positions, nil
}

// records are the log's, decoded as every projection decodes them.
func (l *memoryLog) records(t testing.TB) []domain.Recorded {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	records := make([]domain.Recorded, len(l.messages))
	for i, m := range l.messages {
		r, err := domain.DecodeRecord(m.Value)
		if err != nil {
			t.Fatalf("%v\n%s", err, m.Value)
		}
		if r.Person.String() != string(m.Key) {
			t.Errorf("record of %s has the key %s", r.Person, m.Key)
		}
		records[i] = r
	}
	return records
}

// acme may publish what a vendor publishes.
var acme = access.Viewer{Role: "publisher", Vendor: "acme"}

// post sends events, each a JSON text, and is the answers.
func (r *rig) post(t testing.TB, viewer access.Viewer, events ...string) []Answer {
	t.Helper()
	batch, err := ReadBatch([]byte("[" + strings.Join(events, ",") + "]"))
	if err != nil {
		t.Fatal(err)
	}
	answers, _, err := r.Accept(t.Context(), viewer, batch)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}
