package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
)

func connect(t testing.TB, brokers []string) *kafka.Client {
	t.Helper()
	c, err := kafka.Connect(kafka.Options{Brokers: brokers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func brokersOf(t testing.TB) []string { t.Helper(); return embeddedtest.Brokers(t) }

// place is a client and a fresh topic of the test's own.
func place(t testing.TB, partitions int) (*kafka.Client, string) {
	t.Helper()
	brokers := embeddedtest.Brokers(t)
	return connect(t, brokers), embeddedtest.Topic(t, brokers, "kafka", partitions)
}

func newWriter(t testing.TB, c *kafka.Client, opts kafka.WriterOptions) *kafka.Writer {
	t.Helper()
	w, err := c.NewWriter(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close writer: %v", err)
		}
	})
	return w
}

// write writes values, each its own key, and returns where they lie.
func write(t testing.TB, c *kafka.Client, topic string, values ...string) []kafka.Position {
	t.Helper()
	messages := make([]kafka.Message, len(values))
	for i, v := range values {
		messages[i] = kafka.Message{Key: []byte(v), Value: []byte(v)}
	}
	at, err := newWriter(t, c, kafka.WriterOptions{Topic: topic}).Write(t.Context(), messages)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func numbered(from, to int) []string {
	var values []string
	for i := from; i < to; i++ {
		values = append(values, fmt.Sprintf("v%06d", i))
	}
	return values
}

// store stands for Postgres: per partition the next offset, which moves only from
// the value that a batch expects, and what was applied with it.
type store struct {
	mu      sync.Mutex
	next    map[int]int64
	applied map[int][]kafka.Record
	batches []int
}

func newStore() *store {
	return &store{next: map[int]int64{}, applied: map[int][]kafka.Record{}}
}

func (s *store) start(_ context.Context, partition int) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next[partition], nil
}

// handler is one consumer's: it has its own belief of what is next, as a process
// does.
func (s *store) handler() (start func(context.Context, int) (int64, error), handle func(context.Context, kafka.Batch) error) {
	var mu sync.Mutex
	belief := map[int]int64{}
	start = func(ctx context.Context, partition int) (int64, error) {
		next, err := s.start(ctx, partition)
		mu.Lock()
		defer mu.Unlock()
		belief[partition] = next
		return next, err
	}
	handle = func(_ context.Context, b kafka.Batch) error {
		mu.Lock()
		expected := belief[b.Partition]
		mu.Unlock()
		if err := s.apply(b, expected); err != nil {
			return err
		}
		mu.Lock()
		belief[b.Partition] = b.Next
		mu.Unlock()
		return nil
	}
	return start, handle
}

func (s *store) apply(b kafka.Batch, expected int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next[b.Partition] != expected {
		return kafka.ErrReload
	}
	s.next[b.Partition] = b.Next
	s.applied[b.Partition] = append(s.applied[b.Partition], b.Records...)
	s.batches = append(s.batches, len(b.Records))
	return nil
}

// values of all partitions, sorted.
func (s *store) values() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, records := range s.applied {
		for _, r := range records {
			out = append(out, string(r.Value))
		}
	}
	slices.Sort(out)
	return out
}

func (s *store) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, records := range s.applied {
		n += len(records)
	}
	return n
}

// check says whether exactly these values were applied, each once, and each
// partition's in the order of its offsets.
func (s *store) check(t *testing.T, want []string) {
	t.Helper()
	if got := s.values(); !slices.Equal(got, want) {
		t.Errorf("applied %d values, want %d; first difference: %s", len(got), len(want), difference(got, want))
	}
	for partition, records := range s.applied {
		for i := 1; i < len(records); i++ {
			if records[i].Offset <= records[i-1].Offset {
				t.Errorf("partition %d: offset %d came after %d", partition, records[i].Offset, records[i-1].Offset)
			}
		}
	}
}

func difference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			return fmt.Sprintf("at %d got %s, want %s", i, g, w)
		}
	}
	return "none"
}

// running is a consumer at work.
type running struct {
	*kafka.Consumer

	stop context.CancelFunc
	done chan struct{}
	err  error
}

// consume runs a consumer until the test ends or stops it.
func consume(t testing.TB, c *kafka.Client, opts kafka.ConsumerOptions) *running {
	t.Helper()
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	consumer, err := c.NewConsumer(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Consumer: consumer, stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = consumer.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-r.done
	})
	return r
}

// into runs a consumer whose store is s.
func into(t testing.TB, c *kafka.Client, topic string, s *store, change ...func(*kafka.ConsumerOptions)) *running {
	t.Helper()
	opts := kafka.ConsumerOptions{Group: topic, Topic: topic}
	opts.Start, opts.Handle = s.handler()
	for _, f := range change {
		f(&opts)
	}
	return consume(t, c, opts)
}

// end stops a consumer and wants it to say nothing.
func (r *running) end(t *testing.T) {
	t.Helper()
	r.stop()
	<-r.done
	if r.err != nil {
		t.Errorf("consumer ended with %v, want nothing", r.err)
	}
}

// halted waits for a consumer to end by itself.
func (r *running) halted(t *testing.T) error {
	t.Helper()
	select {
	case <-r.done:
		return r.err
	case <-time.After(time.Minute):
		t.Fatal("the consumer goes on")
		return nil
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("gave up waiting: %s", what)
		}
	}
}

func TestConnectRefusesWhatIsNoBroker(t *testing.T) {
	for name, brokers := range map[string][]string{"none": nil, "no port": {"localhost"}} {
		if _, err := kafka.Connect(kafka.Options{Brokers: brokers}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestPing(t *testing.T) {
	if err := connect(t, embeddedtest.Brokers(t)).Ping(t.Context()); err != nil {
		t.Errorf("living broker: %v", err)
	}
	dead, err := kafka.Connect(kafka.Options{Brokers: []string{"127.0.0.1:1"}, Patience: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	if err := dead.Ping(t.Context()); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("dead broker: got %v", err)
	}
}
