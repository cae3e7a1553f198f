package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
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
