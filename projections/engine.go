package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// live is the projection whose checkpoints all live rows and folds share.
const live = "live"

// MaxBatch is the most messages that one Apply takes.
const MaxBatch = 5000

// Errors of Start and Apply.
var (
	// ErrFenced: the checkpoint is not where this engine left it, because another
	// process applies the partition or the outcome of a commit is unknown. Start
	// says where to go on.
	ErrFenced = errors.New("checkpoint is elsewhere")
	// ErrAnotherTopic: the checkpoint is of a topic of the same name that was
	// deleted since. Its offsets mean nothing in this one.
	ErrAnotherTopic = errors.New("checkpoint is of another topic")
	// ErrContended: a batch started over as often as it may.
	ErrContended = errors.New("batch started over too often")
)

// Message is one record of a partition, as the log has it.
type Message struct {
	Offset     int64
	Key, Value []byte
}

// Options are what an engine may be told; the zero value is what serves.
type Options struct {
	Log *slog.Logger // nil: nothing is logged
	// Projections are kept up to date together; nil: All.
	Projections []Projection
	// Backoff waits before a batch is tried for the attempt-th time (from 1), and
	// returns ctx's error when it ends first. nil: up to 2^attempt ms, at most
	// 100 ms, at random.
	Backoff func(ctx context.Context, attempt int) error
}

// Engine applies the log to the read models. One engine serves any number of
// partitions at once, each from one goroutine at a time.
type Engine struct {
	pool    *pgxpool.Pool
	log     *slog.Logger
	all     []Projection
	backoff func(ctx context.Context, attempt int) error
	counts  counters
	broken  broken

	mu         sync.Mutex
	next       map[topicPartition]int64 // where this engine left each checkpoint
	bound      map[string]string        // ids of the topics that Bind was told
	statements *statements              // of the generations that serve
}

type topicPartition struct {
	topic     string
	partition int
}

// counters count what operators watch.
type counters struct {
	conflicts, unreadable, restarts atomic.Int64
}

// Counts are an engine's since it was made.
type Counts struct {
	Conflicts  int64 // revisions found to have contradictory contents
	Unreadable int64 // records set apart
	Restarts   int64 // batches started over
}

// broken switches parts of the engine off, so that tests can show that their
// checkers see it.
type broken struct {
	noRefold    bool // a past event is stepped as if it were new
	tieByOffset bool // of the copies of one revision the first to arrive wins
	noFence     bool // the checkpoint is set wherever it is
}

// New makes an engine over the pool, which should have a connection for each
// partition applied at once.
func New(pool *pgxpool.Pool, opts Options) *Engine {
	e := &Engine{pool: pool, log: opts.Log, all: opts.Projections, backoff: opts.Backoff, next: map[topicPartition]int64{}, bound: map[string]string{}}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.all == nil {
		e.all = All
	}
	if e.backoff == nil {
		e.backoff = jittered
	}
	return e
}

// Counts are the engine's counters.
func (e *Engine) Counts() Counts {
	return Counts{Conflicts: e.counts.conflicts.Load(), Unreadable: e.counts.unreadable.Load(), Restarts: e.counts.restarts.Load()}
}

// Bind says which topic bears the name now: the id that the broker gives it. Where
// checkpoints of that name are of a topic with another id it is ErrAnotherTopic.
// Checkpoints that Start makes from then on bear the id.
func (e *Engine) Bind(ctx context.Context, topic, topicID string) error {
	var other *string
	if err := e.pool.QueryRow(ctx, `WITH bound AS (UPDATE engine.checkpoint SET topic_id = $3 WHERE projection = $1 AND topic = $2 AND topic_id = '')
SELECT min(topic_id) FROM engine.checkpoint WHERE projection = $1 AND topic = $2 AND topic_id NOT IN ('', $3)`,
		live, topic, topicID).Scan(&other); err != nil {
		return fmt.Errorf("bind topic %s: %w", topic, err)
	}
	if other != nil {
		return fmt.Errorf("bind topic %s: %w: its id was %s and is %s; give the new log a name of its own, or fold it into another database", topic, ErrAnotherTopic, *other, topicID)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bound[topic] = topicID
	return nil
}

// Start says from which offset to read the partition: the first that is not
// applied. It waits for whoever is applying a batch of it now. The next Apply takes
// up there.
func (e *Engine) Start(ctx context.Context, topic string, partition int) (next int64, err error) {
	e.mu.Lock()
	bound := e.bound[topic]
	e.mu.Unlock()
	if err := e.pool.QueryRow(ctx, `INSERT INTO engine.checkpoint (projection, topic, partition, next_offset, topic_id)
VALUES ($1, $2, $3, 0, $4)
ON CONFLICT (projection, topic, partition) DO UPDATE SET next_offset = checkpoint.next_offset RETURNING next_offset`,
		live, topic, partition, bound).Scan(&next); err != nil {
		return 0, fmt.Errorf("read checkpoint %s/%d: %w", topic, partition, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.next[topicPartition{topic, partition}] = next
	return next, nil
}

// Apply applies messages of one partition, at most MaxBatch, offsets ascending, that
// follow in the log on what was applied before; holes are normal. Everything that
// they change commits at once, with the checkpoint. What the checkpoint is already
// past is passed over. After any error the partition is where it was or, if the
// connection broke at the commit, behind the batch: Start says which.
func (e *Engine) Apply(ctx context.Context, topic string, partition int, batch []Message) error {
	if len(batch) > MaxBatch {
		return fmt.Errorf("apply %d messages: at most %d expected", len(batch), MaxBatch)
	}
	place := topicPartition{topic, partition}
	e.mu.Lock()
	expected, started := e.next[place]
	e.mu.Unlock()
	if !started {
		return fmt.Errorf("apply %s/%d: %w", topic, partition, ErrFenced)
	}
	for len(batch) > 0 && batch[0].Offset < expected {
		batch = batch[1:]
	}
	if len(batch) == 0 {
		return nil
	}
	err := e.applyAgain(ctx, &batchWork{place: place, expected: expected, next: batch[len(batch)-1].Offset + 1, read: readBatch(batch, &e.broken)})
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		delete(e.next, place)
		return fmt.Errorf("apply %s/%d from %d: %w", topic, partition, expected, err)
	}
	e.next[place] = batch[len(batch)-1].Offset + 1
	return nil
}

// maxAttempts bounds how often one batch starts over. Each time some other batch
// that was in its way has committed.
const maxAttempts = 50

func (e *Engine) applyAgain(ctx context.Context, work *batchWork) error {
	for attempt := 1; ; attempt++ {
		err := e.applyOnce(ctx, work)
		if err == nil || !startsOver(err) {
			return err
		}
		e.counts.restarts.Add(1)
		if attempt == maxAttempts {
			return fmt.Errorf("%w: %w", ErrContended, err)
		}
		if err := e.backoff(ctx, attempt); err != nil {
			return err
		}
	}
}

// startsOver reports whether a batch that ended so may be tried again as it is: its
// transaction was rolled back for another's sake.
func startsOver(err error) bool {
	if errors.Is(err, errGrown) {
		return true
	}
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "40001" || refused.Code == "40P01")
}

func jittered(ctx context.Context, attempt int) error {
	limit := min(100*time.Millisecond, time.Millisecond<<min(attempt, 10))
	timer := time.NewTimer(rand.N(limit))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
