package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// membership is our seat in the group.
type membership struct {
	consumer *Consumer
	group    *kafkago.ConsumerGroup
	balancer *balancer
	id       string // the last one that the group gave us
	ended    <-chan struct{}
}

// balancer spreads the one topic's partitions as evenly as can be, which round robin
// does. It runs in the group's leader alone, and remembers how many partitions it
// spread; −1 where it did not run.
type balancer struct {
	kafkago.RoundRobinGroupBalancer

	spread atomic.Int64
}

func (b *balancer) AssignGroups(members []kafkago.GroupMember, partitions []kafkago.Partition) kafkago.GroupMemberAssignments {
	b.spread.Store(int64(len(partitions)))
	return b.RoundRobinGroupBalancer.AssignGroups(members, partitions)
}

func (c *Consumer) join() (*membership, error) {
	b := &balancer{}
	b.spread.Store(-1)
	group, err := kafkago.NewConsumerGroup(kafkago.ConsumerGroupConfig{
		ID: c.opts.Group, Topics: []string{c.opts.Topic},
		Brokers: c.wire.client.opts.Brokers, Dialer: c.wire.dialer,
		GroupBalancers:    []kafkago.GroupBalancer{b},
		SessionTimeout:    c.opts.Session,
		HeartbeatInterval: c.opts.Heartbeat,
		RebalanceTimeout:  c.opts.Rebalance,
		JoinGroupBackoff:  100 * time.Millisecond,
		Timeout:           c.wire.client.opts.Patience,
	})
	if err != nil {
		return nil, fmt.Errorf("join group %s: %w", c.opts.Group, err)
	}
	return &membership{consumer: c, group: group, balancer: b}, nil
}

// next waits for the group's next generation, for as long as it takes: a new
// cluster has no coordinator at first, and brokers may be away.
func (m *membership) next(ctx context.Context) (*kafkago.Generation, error) {
	alarm := newAlarm(m.consumer.opts.Log)
	for {
		g, err := m.group.Next(ctx)
		if err == nil {
			return m.taken(g), nil
		}
		if ctx.Err() != nil || errors.Is(err, kafkago.ErrGroupClosed) || halts(err) {
			return nil, fmt.Errorf("join group %s: %w", m.consumer.opts.Group, err)
		}
		alarm.say(ctx, "joining the group again", "group", m.consumer.opts.Group, "error", err)
	}
}

func (m *membership) taken(g *kafkago.Generation) *kafkago.Generation {
	ended := make(chan struct{})
	m.id, m.ended = g.MemberID, ended
	g.Start(func(gone context.Context) {
		<-gone.Done()
		close(ended)
	})
	return g
}

// leave gives the seat back, so that the others take over at once. kafka-go's Close
// alone can leave a ghost behind, who holds its partitions until the session or the
// rebalance times out: told to close while it is joining, it forgets the id that
// the group is about to give it. So a join under way is brought to its end first,
// and the last id is taken off the group explicitly, which kafka-go does not do
// after every kind of error.
//
// All of it is bounded: brokers that are away get their sockets cut.
func (m *membership) leave() {
	c := m.consumer
	limit := c.opts.Rebalance + c.opts.Session
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if m.ended == nil || isClosed(m.ended) {
		m.finishJoining(ctx)
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_ = m.group.Close() // never an error
	}()
	select {
	case <-closed:
	case <-ctx.Done():
		c.wire.close()
		<-closed
		return
	}
	if m.id == "" {
		return
	}
	ctx, cancel = context.WithTimeout(context.Background(), c.wire.client.opts.Patience)
	defer cancel()
	if _, err := c.wire.api().LeaveGroup(ctx, &kafkago.LeaveGroupRequest{
		GroupID: c.opts.Group, Members: []kafkago.LeaveGroupRequestMember{{ID: m.id}},
	}); err != nil {
		c.opts.Log.DebugContext(ctx, "leaving the group", "group", c.opts.Group, "error", err)
	}
}

// finishJoining goes on to a generation, or to the first error that is not the
// group's own: then there is no broker to have remembered us.
func (m *membership) finishJoining(ctx context.Context) {
	for {
		g, err := m.group.Next(ctx)
		if err == nil {
			m.taken(g)
			return
		}
		var known kafkago.Error
		if !errors.As(err, &known) {
			return
		}
	}
}

// watch looks at the topic from time to time, for as long as the generation lasts.
// Where this member is the leader and partitions were added, it returns, which ends
// the generation, and the group spreads them anew. kafka-go can watch too, but counts
// from what it sees after the spreading: partitions that were added in between are
// read by nobody. Where the topic is another one by now, it halts.
func (m *membership) watch(ctx, gone context.Context, halt context.CancelCauseFunc) {
	c := m.consumer
	spread := m.balancer.spread.Swap(-1)
	tick := time.NewTicker(c.opts.Watch)
	defer tick.Stop()
	for {
		select {
		case <-gone.Done():
			return
		case <-tick.C:
		}
		d, err := c.describe(ctx)
		if halts(err) {
			halt(err)
			<-gone.Done()
			return
		}
		if err == nil && spread >= 0 && int64(len(d.partitions)) != spread {
			c.opts.Log.InfoContext(ctx, "partitions were added", "topic", c.opts.Topic, "before", spread, "now", len(d.partitions))
			return
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// hint tells Kafka how far the group is, for tools that show lag. Nothing here
// reads it: a late one after a rebalance may turn it back. One goroutine does all
// of a generation's, since kafka-go spins when several commit at once.
type hint struct {
	generation *kafkago.Generation
	topic      string
	log        *slog.Logger

	mu    sync.Mutex
	dirty map[int]int64
}

const hintInterval = 500 * time.Millisecond

func newHint(g *kafkago.Generation, topic string, log *slog.Logger) *hint {
	return &hint{generation: g, topic: topic, log: log, dirty: map[int]int64{}}
}

func (h *hint) applied(partition int, next int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dirty[partition] = next
}

// keep commits until the generation ends, and then what is left: its connection is
// still open.
func (h *hint) keep(gone context.Context) {
	tick := time.NewTicker(hintInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			h.commit(gone)
		case <-gone.Done():
			h.commit(gone)
			return
		}
	}
}

func (h *hint) commit(ctx context.Context) {
	h.mu.Lock()
	dirty := h.dirty
	h.dirty = map[int]int64{}
	h.mu.Unlock()
	if len(dirty) == 0 {
		return
	}
	if err := h.generation.CommitOffsets(map[string]map[int]int64{h.topic: dirty}); err != nil {
		h.log.DebugContext(ctx, "telling Kafka how far the group is", "error", err)
	}
}
