package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Batch is what a handler gets: the next records of one partition.
type Batch struct {
	Partition int
	// Records in the order of their offsets, which have holes. There may be none:
	// then only offsets went by that hold nothing to read, and Next has moved.
	Records []Record
	Next    int64 // the offset to store once the batch is applied: where to go on
	End     int64 // the log's end when this was fetched; the lag is End − Next
}

// ConsumerOptions of a Consumer. A zero takes the default.
type ConsumerOptions struct {
	Group string
	Topic string
	// TopicID is the one that the stored offsets belong to, the zero value the one that
	// is found: with another the consumer halts with ErrOtherTopic.
	TopicID TopicID
	// Start answers from which offset a partition is to be read: what the handler
	// stored, 0 where it stored nothing. It is asked at each assignment and after
	// each error of the handler. What Kafka keeps for the group decides nothing.
	Start func(ctx context.Context, partition int) (int64, error)
	// Handle applies a batch and stores Batch.Next with it, in one transaction. On
	// an error the batch is dropped, Start is asked again after a pause, and what
	// follows from there is delivered again. Different partitions are handled at
	// once, one partition never. When ctx ends (the partition goes elsewhere, or
	// Run does), return soon: after SlowLeave the partition goes all the same, and
	// what is still running must be fenced by its store.
	Handle func(ctx context.Context, b Batch) error

	MaxBatch  int           // records of a batch at the most; 5,000
	ReadAhead int           // bytes fetched while the handler works, for each partition; 4 MiB
	FetchSize int           // bytes of one fetch; 1 MiB
	MaxWait   time.Duration // how long a broker holds an empty fetch; 500 ms
	// Stall is how long a partition may make no progress although the log goes on
	// before the connections are made anew; 10 s.
	Stall time.Duration
	// Beyond is how long the log's end must stay before the stored offset until it
	// counts as ErrBeyond, and a topic be missing until it is ErrNoTopic: a broker
	// that restarts finds both again first; 15 s.
	Beyond time.Duration

	// Watch is how often the topic is looked at for new partitions, and for being the
	// same one; 5 s.
	Watch time.Duration

	// Session is how long the group waits for a silent member, at least 6 s as
	// brokers have it; 6 s. Heartbeat and Rebalance go with it; 250 ms and 3 s.
	Session   time.Duration
	Heartbeat time.Duration
	Rebalance time.Duration
	SlowLeave time.Duration // 2 s, less than Rebalance

	Log *slog.Logger // the client's
}

func (o *ConsumerOptions) fill(c *Client) error {
	for _, d := range []struct {
		at    *time.Duration
		value time.Duration
	}{
		{&o.MaxWait, 500 * time.Millisecond},
		{&o.Stall, 10 * time.Second},
		{&o.Beyond, 15 * time.Second},
		{&o.Watch, 5 * time.Second},
		{&o.Session, 6 * time.Second},
		{&o.Heartbeat, 250 * time.Millisecond},
		{&o.Rebalance, 3 * time.Second},
		{&o.SlowLeave, 2 * time.Second},
	} {
		if *d.at == 0 {
			*d.at = d.value
		}
	}
	for _, d := range []struct {
		at    *int
		value int
	}{{&o.MaxBatch, 5000}, {&o.ReadAhead, 4 << 20}, {&o.FetchSize, 1 << 20}} {
		if *d.at == 0 {
			*d.at = d.value
		}
	}
	if o.Log == nil {
		o.Log = c.opts.Log
	}
	switch {
	case o.Group == "" || o.Topic == "":
		return errors.New("make consumer: group and topic expected")
	case o.Start == nil || o.Handle == nil:
		return errors.New("make consumer: Start and Handle expected")
	case o.SlowLeave >= o.Rebalance:
		return fmt.Errorf("make consumer: to leave within %s takes longer than a rebalance waits (%s)", o.SlowLeave, o.Rebalance)
	}
	return nil
}

// Stats count what a consumer met since it was made.
type Stats struct {
	Generations  int64 // assignments by the group
	Redeliveries int64 // batches that the handler refused, ErrReload included
	Rebuilds     int64 // times that connections were made anew because a partition stood still
	Assigned     []int // partitions held now
}

// Consumer reads one topic in a group, in batches that grow with the lag.
//
// It is what the group's members agree on (who reads which partition) and one
// follower for each partition (see follower). Postgres decides where each follower
// starts and whether its work counts; so nothing is lost by a rebalance and nothing
// is applied twice, whatever the group believes.
type Consumer struct {
	opts ConsumerOptions
	wire *wire

	generations, redeliveries, rebuilds atomic.Int64

	mu           sync.Mutex
	missingSince time.Time             // the topic, without interruption
	handlers     map[int]chan struct{} // by partition: closed when its latest follower is through
	assigned     map[int]bool
}

// NewConsumer checks the options. Run does the work.
func (c *Client) NewConsumer(opts ConsumerOptions) (*Consumer, error) {
	if err := opts.fill(c); err != nil {
		return nil, err
	}
	return &Consumer{opts: opts, wire: c.newWire(opts.Topic), handlers: map[int]chan struct{}{}, assigned: map[int]bool{}}, nil
}

// Stats may be called at any time.
func (c *Consumer) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Stats{Generations: c.generations.Load(), Redeliveries: c.redeliveries.Load(), Rebuilds: c.rebuilds.Load()}
	for p := range c.assigned {
		s.Assigned = append(s.Assigned, p)
	}
	slices.Sort(s.Assigned)
	return s
}

// Run reads until ctx ends, and then returns nil, having left the group. While the
// brokers are away it waits for them. It returns an error for what going on would
// make worse: ErrGap, ErrBeyond, ErrOtherTopic, ErrNoTopic. A consumer runs once.
func (c *Consumer) Run(ctx context.Context) error {
	ctx, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	defer c.wire.close()
	if err := c.awaitTopic(ctx); err != nil {
		return unlessStopped(ctx, err)
	}
	m, err := c.join()
	if err != nil {
		return err
	}
	defer m.leave()
	for {
		g, err := m.next(ctx)
		if err != nil {
			return unlessStopped(ctx, err)
		}
		c.generations.Add(1)
		hint := newHint(g, c.opts.Topic, c.opts.Log)
		for _, a := range g.Assignments[c.opts.Topic] {
			g.Start(func(gone context.Context) { c.hold(ctx, gone, halt, a.ID, hint) })
		}
		g.Start(hint.keep)
		g.Start(func(gone context.Context) { m.watch(ctx, gone, halt) })
	}
}

// unlessStopped is the reason of a halt, nil for an end that was asked for, else the
// error.
func unlessStopped(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case cause == nil:
		return err
	case halts(cause):
		return cause
	default:
		return nil
	}
}

// awaitTopic keeps a consumer of a missing topic out of the group, where it would
// starve the others: members that agree on a list with a missing topic get no
// partitions at all. The brokers may be away for as long as they like.
func (c *Consumer) awaitTopic(ctx context.Context) error {
	alarm := newAlarm(c.opts.Log)
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		_, err := c.describe(ctx)
		if err == nil || halts(err) || ctx.Err() != nil {
			return err
		}
		alarm.say(ctx, "the brokers are away", "topic", c.opts.Topic, "error", err)
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// describe describes the topic, and is ErrOtherTopic where it is not the one that
// was given or, where none was, not the one that was seen first. ErrNoTopic it is
// only after Beyond: a broker that restarts may not know all its topics at first.
func (c *Consumer) describe(ctx context.Context) (described, error) {
	d, err := c.wire.describe(ctx, c.opts.Topic)
	c.mu.Lock()
	defer c.mu.Unlock()
	missing := ErrNoTopic{}
	switch {
	case errors.As(err, &missing):
		if c.missingSince.IsZero() {
			c.missingSince = time.Now()
		}
		if time.Since(c.missingSince) < c.opts.Beyond {
			return described{}, errors.New(missing.Error()) // its text: it does not halt yet
		}
		return described{}, missing
	case err != nil:
		return described{}, err
	}
	c.missingSince = time.Time{}
	if c.opts.TopicID == (TopicID{}) {
		c.opts.TopicID = d.id
	}
	if d.id != c.opts.TopicID {
		return described{}, ErrOtherTopic{Topic: c.opts.Topic, Want: c.opts.TopicID, Got: d.id}
	}
	return d, nil
}

// hold keeps a follower at work on a partition for as long as the generation lasts,
// and returns when it ends, not before: the first function of a generation to
// return ends it for all. Nor long after: while it is being left no heartbeat goes
// out, and the group would wait for us.
func (c *Consumer) hold(ctx, gone context.Context, halt context.CancelCauseFunc, partition int, hint *hint) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	context.AfterFunc(gone, cancel)
	through := c.takeOver(ctx, partition, func() {
		f := follower{Consumer: c, partition: partition, hint: hint, alarm: newAlarm(c.opts.Log)}
		if err := f.follow(ctx); err != nil {
			halt(err)
		}
	})
	c.holds(partition, true)
	defer c.holds(partition, false)
	<-gone.Done()
	select {
	case <-through:
	case <-time.After(c.opts.SlowLeave):
		c.opts.Log.WarnContext(ctx, "handler is slow to leave its partition, which goes on elsewhere", "topic", c.opts.Topic, "partition", partition)
	}
}

// takeOver runs work once the partition's earlier work in this process is through,
// which may have been slow to leave: two handlers of one partition never run at
// once here.
func (c *Consumer) takeOver(ctx context.Context, partition int, work func()) (through <-chan struct{}) {
	done := make(chan struct{})
	c.mu.Lock()
	earlier := c.handlers[partition]
	c.handlers[partition] = done
	c.mu.Unlock()
	go func() {
		defer close(done)
		if earlier != nil {
			<-earlier
		}
		if ctx.Err() == nil {
			work()
		}
	}()
	return done
}

func (c *Consumer) holds(partition int, yes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if yes {
		c.assigned[partition] = true
	} else {
		delete(c.assigned, partition)
	}
}

// rebuild makes all connections anew, whatever they are doing.
func (c *Consumer) rebuild(ctx context.Context, partition int) {
	c.rebuilds.Add(1)
	c.opts.Log.WarnContext(ctx, "no progress although the log goes on: connections are made anew", "topic", c.opts.Topic, "partition", partition)
	c.wire.cut()
}

// halts says that an error is one of those that Run ends with.
func halts(err error) bool {
	var (
		gap    ErrGap
		beyond ErrBeyond
		other  ErrOtherTopic
		none   ErrNoTopic
	)
	return errors.As(err, &gap) || errors.As(err, &beyond) || errors.As(err, &other) || errors.As(err, &none) ||
		errors.Is(err, kafkago.TopicAuthorizationFailed) || errors.Is(err, kafkago.GroupAuthorizationFailed)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
