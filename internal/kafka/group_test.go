package kafka_test

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
)

// members of a group as the broker sees it.
func members(t *testing.T, group string) int {
	t.Helper()
	client := &kafkago.Client{Addr: kafkago.TCP(embeddedtest.Brokers(t)...), Timeout: 10 * time.Second}
	answer, err := client.DescribeGroups(t.Context(), &kafkago.DescribeGroupsRequest{GroupIDs: []string{group}})
	if err != nil {
		t.Fatal(err)
	}
	return len(answer.Groups[0].Members)
}

func TestGroupSharesThePartitions(t *testing.T) {
	c, topic := place(t, 4)
	s := newStore()
	first, second := into(t, c, topic, s), into(t, c, topic, s)
	eventually(t, "two partitions each", func() bool {
		return len(first.Stats().Assigned) == 2 && len(second.Stats().Assigned) == 2
	})
	write(t, c, topic, numbered(0, 200)...)
	eventually(t, "all records", func() bool { return s.count() == 200 })
	first.end(t)
	eventually(t, "the other takes over", func() bool { return len(second.Stats().Assigned) == 4 })
	write(t, c, topic, numbered(200, 300)...)
	eventually(t, "the other's records", func() bool { return s.count() == 300 })
	second.end(t)
	s.check(t, numbered(0, 300))
}

// Members come and go while records flow: the store sees each record once, and each
// partition's in order, however stale what a member had read ahead.
func TestRebalancesLoseAndRepeatNothing(t *testing.T) {
	c, topic := place(t, 6)
	const total = 6000
	s := newStore()
	slow := func(o *kafka.ConsumerOptions) {
		o.MaxBatch = 50
		apply := o.Handle
		o.Handle = func(ctx context.Context, b kafka.Batch) error {
			select { // so that a rebalance meets handlers at work
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Millisecond):
			}
			return apply(ctx, b)
		}
	}
	steady := into(t, c, topic, s, slow)
	var writing sync.WaitGroup
	writing.Go(func() {
		for at := 0; at < total; at += 200 {
			write(t, c, topic, numbered(at, at+200)...)
		}
	})
	for range 3 {
		passing := into(t, c, topic, s, slow)
		eventually(t, "the member that passes has joined", func() bool { return len(passing.Stats().Assigned) == 3 })
		passing.end(t)
	}
	writing.Wait()
	eventually(t, "all records", func() bool { return s.count() >= total })
	steady.end(t)
	s.check(t, numbered(0, total))
}

// Consumers are stopped at any moment of their joining, several at once beside one
// that stays, so that joins are cut short by others' joins.
func TestStoppedConsumerLeavesNoGhost(t *testing.T) {
	c, topic := place(t, 2)
	s := newStore()
	for after := range 10 {
		r := into(t, c, topic, s)
		<-time.After(time.Duration(after*after) * time.Millisecond)
		r.end(t)
		if n := members(t, topic); n != 0 {
			t.Fatalf("stopped early: %d members are left", n)
		}
	}
	steady := into(t, c, topic, s)
	eventually(t, "both partitions", func() bool { return len(steady.Stats().Assigned) == 2 })
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 8 {
		var passing sync.WaitGroup
		for range 4 {
			begin, end := random.IntN(150), random.IntN(400)
			passing.Go(func() {
				<-time.After(time.Duration(begin) * time.Millisecond)
				r := into(t, c, topic, s)
				<-time.After(time.Duration(end) * time.Millisecond)
				r.end(t)
			})
		}
		passing.Wait()
		if n := members(t, topic); n != 1 {
			t.Fatalf("round %d: %d members are left, want the one that stays", round, n)
		}
	}
	steady.end(t)
}

// The worst moment to stop: the group is about to say that somebody else joined.
// kafka-go alone then goes away without a word to the group.
func TestConsumerStoppedWhileOthersJoinLeavesNoGhost(t *testing.T) {
	brokers := embeddedtest.Brokers(t)
	topic := embeddedtest.Topic(t, brokers, "kafka", 1)
	syncing := make(chan struct{})
	var spoiled atomic.Bool
	c, err := kafka.Connect(kafka.Options{Brokers: brokers, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &rebalancing{Conn: conn, spoiled: &spoiled, syncing: syncing}, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := into(t, c, topic, newStore())
	<-syncing
	r.end(t)
	if n := members(t, topic); n != 0 {
		t.Errorf("%d members are left", n)
	}
}

// rebalancing is one of several connections on which the first answer to SyncGroup
// is late, and is that the group rebalances.
type rebalancing struct {
	net.Conn

	syncing chan struct{}
	spoiled *atomic.Bool
	spoil   bool
}

func (r *rebalancing) Write(b []byte) (int, error) {
	const syncGroup = 14
	if len(b) > 6 && binary.BigEndian.Uint16(b[4:]) == syncGroup && r.spoiled.CompareAndSwap(false, true) {
		r.spoil = true
	}
	return r.Conn.Write(b)
}

func (r *rebalancing) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	if r.spoil && n >= 10 { // size, correlation id, error code
		r.spoil = false
		close(r.syncing)
		<-time.After(200 * time.Millisecond) // the consumer is being stopped meanwhile
		binary.BigEndian.PutUint16(b[8:], uint16(kafkago.RebalanceInProgress))
	}
	return n, err
}

// A handler that does not heed its context must not hold up the group, and must be
// through before the partition's next handler in this process begins.
func TestSlowHandlerDoesNotHoldTheGroup(t *testing.T) {
	c, topic := place(t, 2)
	write(t, c, topic, numbered(0, 20)...)
	s := newStore()
	stuck, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var running [2]atomic.Int64
	first := into(t, c, topic, s, func(o *kafka.ConsumerOptions) {
		apply := o.Handle
		o.SlowLeave = 300 * time.Millisecond
		o.Handle = func(ctx context.Context, b kafka.Batch) error {
			if n := running[b.Partition].Add(1); n != 1 {
				t.Errorf("%d handlers of partition %d at once", n, b.Partition)
			}
			defer running[b.Partition].Add(-1)
			wait := false
			once.Do(func() { wait = true })
			if wait {
				close(stuck)
				<-release
			}
			return apply(ctx, b)
		}
	})
	<-stuck
	second := into(t, c, topic, s)
	eventually(t, "one partition each although a handler is stuck", func() bool {
		return len(first.Stats().Assigned) == 1 && len(second.Stats().Assigned) == 1
	})
	close(release)
	eventually(t, "all records", func() bool { return s.count() == 20 })
	first.end(t)
	second.end(t)
	s.check(t, numbered(0, 20))
}

func TestStopIsQuickInAnEmptyFetch(t *testing.T) {
	c, topic := place(t, 8)
	r := into(t, c, topic, newStore(), func(o *kafka.ConsumerOptions) { o.MaxWait = time.Minute })
	eventually(t, "all partitions", func() bool { return len(r.Stats().Assigned) == 8 })
	began := time.Now()
	r.end(t)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %s: it waited for the broker's answers", took)
	}
}

func TestKafkaIsToldHowFarTheGroupIs(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 30)...)
	s := newStore()
	r := into(t, c, topic, s)
	eventually(t, "all records", func() bool { return s.count() == 30 })
	r.end(t)
	client := &kafkago.Client{Addr: kafkago.TCP(embeddedtest.Brokers(t)...), Timeout: 10 * time.Second}
	answer, err := client.OffsetFetch(t.Context(), &kafkago.OffsetFetchRequest{GroupID: topic, Topics: map[string][]int{topic: {0}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := answer.Topics[topic][0].CommittedOffset; got != 30 {
		t.Errorf("committed: got %d, want 30", got)
	}
}

func TestPartitionsAddedLaterAreRead(t *testing.T) {
	c, topic := place(t, 1)
	r := into(t, c, topic, newStore(), func(o *kafka.ConsumerOptions) { o.Watch = 50 * time.Millisecond })
	eventually(t, "the partition", func() bool { return len(r.Stats().Assigned) == 1 })
	client := &kafkago.Client{Addr: kafkago.TCP(embeddedtest.Brokers(t)...), Timeout: 10 * time.Second}
	if _, err := client.CreatePartitions(t.Context(), &kafkago.CreatePartitionsRequest{
		Topics: []kafkago.TopicPartitionsConfig{{Name: topic, Count: 3}},
	}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new partitions", func() bool { return slices.Equal(r.Stats().Assigned, []int{0, 1, 2}) })
	r.end(t)
}
