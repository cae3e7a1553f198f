package kafka

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

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
