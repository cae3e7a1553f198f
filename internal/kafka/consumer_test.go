package kafka_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/tellonce/tellonce/internal/kafka"
)

func TestEverythingIsDeliveredOnceAndInOrder(t *testing.T) {
	c, topic := place(t, 4)
	write(t, c, topic, numbered(0, 3000)...)
	s := newStore()
	r := into(t, c, topic, s)
	eventually(t, "what was there before", func() bool { return s.count() == 3000 })
	write(t, c, topic, numbered(3000, 3500)...)
	eventually(t, "what came live", func() bool { return s.count() == 3500 })
	r.end(t)
	s.check(t, numbered(0, 3500))
}

func TestRecordCarriesKeyValueHeadersAndTime(t *testing.T) {
	c, topic := place(t, 1)
	w := newWriter(t, c, kafka.WriterOptions{Topic: topic})
	if _, err := w.Write(t.Context(), []kafka.Message{
		{Key: []byte("k"), Value: []byte("v"), Headers: []kafka.Header{{Key: "h", Value: []byte("1")}}},
		{Value: []byte{}},
	}); err != nil {
		t.Fatal(err)
	}
	s := newStore()
	r := into(t, c, topic, s)
	eventually(t, "both records", func() bool { return s.count() == 2 })
	r.end(t)
	got := s.applied[0]
	if string(got[0].Key) != "k" || string(got[0].Value) != "v" || len(got[0].Headers) != 1 || string(got[0].Headers[0].Value) != "1" || got[0].Time.IsZero() {
		t.Errorf("first: got %+v", got[0])
	}
	if got[1].Key != nil || got[1].Value == nil || len(got[1].Value) != 0 {
		t.Errorf("second: got %+v, want no key and an empty value", got[1])
	}
}

func TestBatchesGrowWithTheLagUpToTheirLimit(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 12_000)...)
	s := newStore()
	first := make(chan struct{})
	r := into(t, c, topic, s, func(o *kafka.ConsumerOptions) {
		apply := o.Handle
		o.Handle = func(ctx context.Context, b kafka.Batch) error {
			<-first // while a handler works, the log is read ahead
			return apply(ctx, b)
		}
	})
	close(first)
	eventually(t, "all records", func() bool { return s.count() == 12_000 })
	r.end(t)
	s.check(t, numbered(0, 12_000))
	if most := slices.Max(s.batches); most != 5000 {
		t.Errorf("largest batch of %v has %d records, want 5000", s.batches, most)
	}
}

func TestStoredOffsetDecidesAndNotTheGroups(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 100)...)
	all := newStore()
	r := into(t, c, topic, all)
	eventually(t, "all records", func() bool { return all.count() == 100 })
	r.end(t) // the group has committed 100

	s := newStore()
	s.next[0] = 40
	r = into(t, c, topic, s)
	eventually(t, "records from the stored offset on", func() bool { return s.count() == 60 })
	r.end(t)
	s.check(t, numbered(40, 100))
}

func TestHandlersErrorBringsTheBatchAgain(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 50)...)
	s := newStore()
	var failures atomic.Int64
	r := into(t, c, topic, s, func(o *kafka.ConsumerOptions) {
		apply := o.Handle
		o.MaxBatch = 10
		o.Handle = func(ctx context.Context, b kafka.Batch) error {
			if b.Next >= 30 && failures.Add(1) <= 3 {
				return errors.New("the database is away")
			}
			return apply(ctx, b)
		}
	})
	eventually(t, "all records", func() bool { return s.count() == 50 })
	if got := r.Stats().Redeliveries; got != 3 {
		t.Errorf("redeliveries: got %d, want 3", got)
	}
	r.end(t)
	s.check(t, numbered(0, 50))
}

func TestMovedOffsetIsAskedForAgain(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 20)...)
	s := newStore()
	r := into(t, c, topic, s)
	eventually(t, "all records", func() bool { return s.count() == 20 })
	s.mu.Lock()
	s.next[0] = 25 // another consumer went on meanwhile
	s.mu.Unlock()
	write(t, c, topic, numbered(20, 30)...)
	eventually(t, "records behind the moved offset", func() bool { return s.count() == 25 })
	r.end(t)
	s.check(t, append(numbered(0, 20), numbered(25, 30)...))
}

func TestStartsErrorIsAskedAgain(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, "a")
	s := newStore()
	var asked atomic.Int64
	r := into(t, c, topic, s, func(o *kafka.ConsumerOptions) {
		start := o.Start
		o.Start = func(ctx context.Context, partition int) (int64, error) {
			if asked.Add(1) <= 2 {
				return 0, errors.New("the database is away")
			}
			return start(ctx, partition)
		}
	})
	eventually(t, "the record", func() bool { return s.count() == 1 })
	r.end(t)
}

func TestEndComesWithTheBatch(t *testing.T) {
	c, topic := place(t, 1)
	write(t, c, topic, numbered(0, 10)...)
	var last atomic.Value
	r := consume(t, c, kafka.ConsumerOptions{
		Group: topic, Topic: topic, MaxBatch: 4,
		Start:  func(context.Context, int) (int64, error) { return 0, nil },
		Handle: func(_ context.Context, b kafka.Batch) error { last.Store(b); return nil },
	})
	eventually(t, "the last batch", func() bool { b, ok := last.Load().(kafka.Batch); return ok && b.Next == 10 })
	if b, _ := last.Load().(kafka.Batch); b.End != 10 || len(b.Records) != 2 {
		t.Errorf("got %d records, end %d, want 2 and 10", len(b.Records), b.End)
	}
	r.end(t)
}
