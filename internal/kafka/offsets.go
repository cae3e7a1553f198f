package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// Ends are the log's ends by partition number: the offset that the next record
// gets. ErrNoTopic where the topic does not exist.
func (c *Client) Ends(ctx context.Context, topic string) ([]int64, error) {
	return c.wire.offsets(ctx, topic, kafkago.LastOffset)
}

// Starts are the first offsets that the log still has, by partition number.
func (c *Client) Starts(ctx context.Context, topic string) ([]int64, error) {
	return c.wire.offsets(ctx, topic, kafkago.FirstOffset)
}

func (w *wire) offsets(ctx context.Context, topic string, which int64) ([]int64, error) {
	d, err := w.describe(ctx, topic)
	if err != nil {
		return nil, err
	}
	partitions := make([]int, len(d.partitions))
	for i := range partitions {
		partitions[i] = i
	}
	return w.offsetsOf(ctx, topic, partitions, which)
}

// offsetsOf asks for some partitions; the answer is in the order of the question. It
// asks again, within Patience, while kafka-go has not heard of the topic yet or of
// its leaders.
func (w *wire) offsetsOf(ctx context.Context, topic string, partitions []int, which int64) ([]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, w.client.opts.Patience)
	defer cancel()
	for {
		offsets, err := w.listOffsets(ctx, topic, partitions, which)
		if err == nil || !passes(err) || pause(ctx, 50*time.Millisecond) != nil {
			return offsets, err
		}
	}
}

// passes says that metadata which is not up to date yet explains an error.
func passes(err error) bool {
	for _, e := range []error{
		protocol.ErrNoTopic, protocol.ErrNoPartition, protocol.ErrNoLeader,
		kafkago.UnknownTopicOrPartition, kafkago.LeaderNotAvailable, kafkago.NotLeaderForPartition,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func (w *wire) listOffsets(ctx context.Context, topic string, partitions []int, which int64) ([]int64, error) {
	asked := make([]kafkago.OffsetRequest, len(partitions))
	for i, p := range partitions {
		asked[i] = kafkago.OffsetRequest{Partition: p, Timestamp: which}
	}
	answer, err := w.api().ListOffsets(ctx, &kafkago.ListOffsetsRequest{Topics: map[string][]kafkago.OffsetRequest{topic: asked}})
	if err != nil {
		return nil, fmt.Errorf("list offsets of %s: %w", topic, err)
	}
	found := map[int]int64{}
	for _, p := range answer.Topics[topic] {
		if p.Error != nil {
			return nil, fmt.Errorf("list offsets of %s/%d: %w", topic, p.Partition, p.Error)
		}
		found[p.Partition] = p.LastOffset
		if which == kafkago.FirstOffset {
			found[p.Partition] = p.FirstOffset
		}
	}
	out := make([]int64, len(partitions))
	for i, p := range partitions {
		at, ok := found[p]
		if !ok {
			return nil, fmt.Errorf("list offsets of %s/%d: no answer", topic, p)
		}
		out[i] = at
	}
	return out, nil
}
