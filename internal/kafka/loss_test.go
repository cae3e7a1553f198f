package kafka_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
)

// franz is another client library, for what ours does not do: delete records,
// transactions.
func franz(t *testing.T, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(embeddedtest.Brokers(t)...)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// deleteBefore drops the records of partition 0 before an offset, as retention does.
func deleteBefore(t *testing.T, topic string, offset int64) {
	t.Helper()
	req := kmsg.NewPtrDeleteRecordsRequest()
	one := kmsg.NewDeleteRecordsRequestTopic()
	one.Topic = topic
	one.Partitions = []kmsg.DeleteRecordsRequestTopicPartition{{Partition: 0, Offset: offset}}
	req.Topics = append(req.Topics, one)
	req.TimeoutMillis = 10_000
	answer, err := req.RequestWith(t.Context(), franz(t))
	if err != nil {
		t.Fatal(err)
	}
	if code := answer.Topics[0].Partitions[0].ErrorCode; code != 0 {
		t.Fatalf("delete records: error code %d", code)
	}
}

func TestRetentionThatOvertookUsHaltsAndNeverSkips(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 20)...)
	deleteBefore(t, topic, 12)
	s := newStore()
	s.next[0] = 7
	err := into(t, c, topic, s).halted(t)
	want := kafka.ErrGap{Topic: topic, Partition: 0, Want: 7, LogStart: 12}
	var got kafka.ErrGap
	if !errors.As(err, &got) || got != want {
		t.Errorf("got %v, want %v", err, want)
	}
	if s.count() != 0 {
		t.Errorf("%d records were delivered from behind the gap", s.count())
	}
}

func TestRetentionUpToTheStoredOffsetIsNoGap(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 20)...)
	deleteBefore(t, topic, 12)
	s := newStore()
	s.next[0] = 12
	r := into(t, c, topic, s)
	eventually(t, "the records that are left", func() bool { return s.count() == 8 })
	r.end(t)
}

func TestOffsetBeyondTheLogsEndHalts(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 20)...)
	s := newStore()
	s.next[0] = 1000
	err := into(t, c, topic, s, func(o *kafka.ConsumerOptions) { o.Beyond = 200 * time.Millisecond }).halted(t)
	want := kafka.ErrBeyond{Topic: topic, Partition: 0, Want: 1000, LogEnd: 20}
	var got kafka.ErrBeyond
	if !errors.As(err, &got) || got != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

// A leader that restarts may find its end again a moment after it answers.
func TestOffsetBeyondTheEndForAMomentIsWaitedFor(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 20)...)
	s := newStore()
	s.next[0] = 25
	asked := make(chan struct{})
	r := into(t, c, topic, s, func(o *kafka.ConsumerOptions) {
		start := o.Start
		o.Start = func(ctx context.Context, partition int) (int64, error) {
			close(asked)
			return start(ctx, partition)
		}
	})
	<-asked
	write(t, c, topic, numbered(20, 30)...)
	eventually(t, "records from the offset on", func() bool { return s.count() == 5 })
	r.end(t)
	s.check(t, numbered(25, 30))
}

func TestTopicMadeAnewHalts(t *testing.T) {
	brokers := embeddedtest.Brokers(t)
	c := connect(t, brokers)
	topic := embeddedtest.Topic(t, brokers, "kafka", 1)
	id, err := c.TopicID(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	remake(t, c, topic)
	s := newStore()
	err = into(t, c, topic, s, func(o *kafka.ConsumerOptions) { o.TopicID = id }).halted(t)
	var other kafka.ErrOtherTopic
	if !errors.As(err, &other) || other.Want != id || other.Got == id {
		t.Errorf("got %v, want ErrOtherTopic", err)
	}
}

func TestTopicMadeAnewWhileItIsReadHalts(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, "a")
	s := newStore()
	r := into(t, c, topic, s, func(o *kafka.ConsumerOptions) {
		o.Watch, o.Beyond = 50*time.Millisecond, 100*time.Millisecond
	})
	eventually(t, "the record", func() bool { return s.count() == 1 })
	remake(t, c, topic)
	err := r.halted(t)
	if !errors.As(err, &kafka.ErrOtherTopic{}) && !errors.As(err, &kafka.ErrNoTopic{}) {
		t.Errorf("got %v, want ErrOtherTopic, or ErrNoTopic where it looked in between", err)
	}
}

// remake deletes a topic and makes another of its name.
func remake(t *testing.T, c *kafka.Client, topic string) {
	t.Helper()
	f := franz(t)
	del := kmsg.NewPtrDeleteTopicsRequest()
	one := kmsg.NewDeleteTopicsRequestTopic()
	one.Topic = &topic
	del.Topics, del.TopicNames, del.TimeoutMillis = append(del.Topics, one), []string{topic}, 10_000
	if _, err := del.RequestWith(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the topic is gone", func() bool {
		_, err := c.TopicID(t.Context(), topic)
		return errors.As(err, &kafka.ErrNoTopic{})
	})
	// The brokers may still be at the deletion.
	eventually(t, "the topic is there again", func() bool {
		return c.EnsureTopics(t.Context(), kafka.Topic{Name: topic, Partitions: 1, Replication: 1}) == nil
	})
}

func TestMissingTopicKeepsAConsumerOutOfTheGroup(t *testing.T) {
	c, topic := place(t, 2)
	write(t, c, topic, numbered(0, 10)...)
	s := newStore()
	r := into(t, c, topic, s)
	eventually(t, "the first consumer's records", func() bool { return s.count() == 10 })
	missing := into(t, c, topic+"-missing", newStore(), func(o *kafka.ConsumerOptions) {
		o.Group, o.Beyond = topic, 200*time.Millisecond
	})
	var none kafka.ErrNoTopic
	if err := missing.halted(t); !errors.As(err, &none) {
		t.Errorf("got %v, want ErrNoTopic", err)
	}
	if _, err := c.TopicID(t.Context(), topic+"-missing"); !errors.As(err, &none) {
		t.Errorf("asking for the topic made it: %v", err)
	}
	if got := r.Stats().Generations; got != 1 {
		t.Errorf("the group was disturbed: %d generations", got)
	}
	r.end(t)
}

func TestAbortedRecordsNeverShow(t *testing.T) {
	c, topic := place(t, 1)
	p := franz(t, kgo.TransactionalID(topic), kgo.DefaultProduceTopic(topic))
	transaction := func(end kgo.TransactionEndTry, values ...string) {
		t.Helper()
		if err := p.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if err := p.ProduceSync(t.Context(), kgo.StringRecord(v)).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.EndTransaction(t.Context(), end); err != nil {
			t.Fatal(err)
		}
	}
	transaction(kgo.TryCommit, "a1", "a2")
	transaction(kgo.TryAbort, "gone1", "gone2", "gone3")
	write(t, c, topic, "b")
	transaction(kgo.TryAbort, "gone4")
	transaction(kgo.TryCommit, "c")
	transaction(kgo.TryAbort, "gone5")

	s := newStore()
	r := into(t, c, topic, s)
	ends, err := c.Ends(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	// The markers count as offsets: the store reaches the very end.
	eventually(t, "the end of the log", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.next[0] == ends[0]
	})
	r.end(t)
	s.check(t, []string{"a1", "a2", "b", "c"})
}

// Started in the middle of a transaction that was aborted, its rest stays hidden.
func TestAbortedRecordsNeverShowFromTheirMiddle(t *testing.T) {
	c, topic := place(t, 1)
	p := franz(t, kgo.TransactionalID(topic), kgo.DefaultProduceTopic(topic))
	if err := p.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{"gone1", "gone2", "gone3"} {
		if err := p.ProduceSync(t.Context(), kgo.StringRecord(v)).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.EndTransaction(t.Context(), kgo.TryAbort); err != nil {
		t.Fatal(err)
	}
	write(t, c, topic, "z")
	s := newStore()
	s.next[0] = 1
	r := into(t, c, topic, s)
	eventually(t, "the record behind", func() bool { return s.count() > 0 })
	r.end(t)
	s.check(t, []string{"z"})
}

func TestNothingPassesAnOpenTransaction(t *testing.T) {
	c, topic := place(t, 2)
	p := franz(t, kgo.TransactionalID(topic), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	// on puts a value on a partition, within the transaction that is open.
	on := func(p *kgo.Client, partition int32, value string) {
		t.Helper()
		if err := p.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Partition: partition, Value: []byte(value)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	plain := franz(t, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	on(plain, 0, "before")
	if err := p.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	on(p, 0, "in it")
	on(plain, 0, "after")
	s := newStore()
	r := into(t, c, topic, s, func(o *kafka.ConsumerOptions) {
		o.MaxWait, o.Stall = 50*time.Millisecond, 100*time.Millisecond
	})
	eventually(t, "what came before", func() bool { return s.has("before") })
	// Many stall times go by, while the other partition flows: an open transaction
	// is no stall, and hides what follows it.
	began := time.Now()
	eventually(t, "ten stall times", func() bool {
		on(plain, 1, "elsewhere")
		return time.Since(began) > time.Second
	})
	eventually(t, "the other partition flows", func() bool { return s.has("elsewhere") })
	if s.has("in it") || s.has("after") {
		t.Error("records behind the beginning of an open transaction were delivered")
	}
	if got := r.Stats().Rebuilds; got != 0 {
		t.Errorf("connections were rebuilt %d times for an open transaction", got)
	}
	if err := p.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the rest", func() bool { return s.has("in it") && s.has("after") })
	r.end(t)
}
