package projections

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// DB is what the readers of the engine's tables need: a pool, a connection or a
// transaction.
type DB interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// ErrNotYet is returned where what a reader waits for is not applied in time.
var ErrNotYet = errors.New("not applied yet")

// pollEvery bounds how long an applied record goes unnoticed. Asking takes a fraction
// of a millisecond, and only while somebody waits; NOTIFY would make every batch
// commit under a lock that all who notify share.
const pollEvery = 2 * time.Millisecond

// Arrivals tells readers when records of a topic are applied. All waiters of one
// Arrivals share one poller, which runs while there are any.
type Arrivals struct {
	db    DB
	topic string

	mu      sync.Mutex
	waiting map[*waiter]struct{}
	polling bool
}

type waiter struct {
	after After
	done  chan error // holds one
}

// NewArrivals watches the live checkpoints of the topic in db.
func NewArrivals(db DB, topic string) *Arrivals {
	return &Arrivals{db: db, topic: topic, waiting: map[*waiter]struct{}{}}
}

// Wait returns once everything up to after is applied and committed. When ctx ends
// first it is ErrNotYet.
func (a *Arrivals) Wait(ctx context.Context, after After) error {
	if len(after) == 0 {
		return nil
	}
	w := &waiter{after: after, done: make(chan error, 1)}
	a.enter(w)
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		a.mu.Lock()
		delete(a.waiting, w)
		a.mu.Unlock()
		return fmt.Errorf("wait for %s: %w: %w", after, ErrNotYet, ctx.Err())
	}
}

func (a *Arrivals) enter(w *waiter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting[w] = struct{}{}
	if !a.polling {
		a.polling = true
		go a.poll()
	}
}

// poll asks until nobody waits. Leaving and entering are decided under one lock: who
// enters after the last look at waiting finds polling false and starts another.
func (a *Arrivals) poll() {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		next, err := readNext(ctx, a.db, a.topic)
		cancel()
		if !a.answer(next, err) {
			return
		}
		<-tick.C
	}
}

// answer wakes whose wait is over and reports whether any is left.
func (a *Arrivals) answer(next map[int]int64, err error) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for w := range a.waiting {
		if err != nil || w.after.reached(next) {
			w.done <- err
			delete(a.waiting, w)
		}
	}
	a.polling = len(a.waiting) > 0
	return a.polling
}

// readNext reads the live checkpoints of a topic: by partition the first offset that
// is not applied.
func readNext(ctx context.Context, db DB, topic string) (map[int]int64, error) {
	rows, err := db.Query(ctx, "SELECT partition, next_offset FROM engine.checkpoint WHERE projection = $1 AND topic = $2", live, topic)
	if err != nil {
		return nil, fmt.Errorf("read checkpoints of %s: %w", topic, err)
	}
	next := map[int]int64{}
	var partition int
	var offset int64
	if _, err := pgx.ForEachRow(rows, []any{&partition, &offset}, func() error {
		next[partition] = offset
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read checkpoints of %s: %w", topic, err)
	}
	return next, nil
}
