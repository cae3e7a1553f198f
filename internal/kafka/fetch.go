package kafka

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// fetched is one answer of a partition's leader.
type fetched struct {
	records []Record
	next    int64 // the offset to fetch next
	start   int64 // of the log
	stable  int64 // up to here all transactions have ended; nothing from here on is in records
	end     int64 // of the log: the offset that the next record gets
	size    int   // bytes
}

// fetchLimits are of one fetch.
type fetchLimits struct {
	wait  time.Duration // for the first byte
	bytes int           // about; a larger batch comes whole
}

// fetch reads from an offset on. It asks the leader itself and not kafka-go's
// Reader, because only the whole answer tells a gap from a hole: the Reader skips
// what retention took without a word, retries for ever beyond the log's end,
// passes on what was aborted, and can go silent after a broker's restart.
//
// An offset that the log does not have is kafkago.OffsetOutOfRange.
func (w *wire) fetch(ctx context.Context, topic string, partition int, offset int64, limits fetchLimits) (fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, limits.wait+w.client.opts.Patience)
	defer cancel()
	e := fetchRequest(topic, partition, offset, limits)
	e.route = leaderOf(topic, partition)
	answer, err := w.ask(ctx, e)
	if err != nil {
		return fetched{}, fmt.Errorf("fetch %s/%d from %d: %w", topic, partition, offset, err)
	}
	f, err := readFetched(answer, partition, offset)
	if err != nil {
		return f, fmt.Errorf("fetch %s/%d from %d: %w", topic, partition, offset, err)
	}
	return f, nil
}

// fetchRequest is Fetch, version 11: the last one without topic ids and tagged
// fields, spoken by brokers from 2.3 to 4.x. It reads committed records only and
// wants the list of what was aborted.
func fetchRequest(topic string, partition int, offset int64, limits fetchLimits) exchange {
	const none = -1
	var b []byte
	u32, u64 := binary.BigEndian.AppendUint32, binary.BigEndian.AppendUint64
	negative := uint32(1<<32 + none)
	b = u32(b, negative) // we are no replica
	b = u32(b, uint32(limits.wait.Milliseconds()))
	b = u32(b, 1) // at least one byte
	b = u32(b, uint32(limits.bytes))
	b = append(b, 1)     // committed only
	b = u32(b, 0)        // no session
	b = u32(b, negative) // which has no epoch
	b = u32(b, 1)        // one topic
	b = appendString(b, topic)
	b = u32(b, 1) // one partition
	b = u32(b, uint32(partition))
	b = u32(b, negative) // whatever epoch the leader has
	b = u64(b, uint64(offset))
	b = u64(b, ^uint64(0)) // log start, for replicas
	b = u32(b, uint32(limits.bytes))
	b = u32(b, 0)           // nothing forgotten
	b = appendString(b, "") // no rack
	return exchange{api: 1, version: 11, body: b}
}

func readFetched(answer []byte, partition int, offset int64) (fetched, error) {
	c := cursor{b: answer}
	c.int32() // throttled
	if code := c.int16(); code != 0 && c.err == nil {
		return fetched{}, kafkago.Error(code)
	}
	c.int32() // session
	if c.length(1) != 1 {
		c.fail()
	}
	c.string()
	if c.length(1) != 1 {
		c.fail()
	}
	if got := c.int32(); c.err == nil && int(got) != partition {
		c.fail()
	}
	code := c.int16()
	f := fetched{next: offset}
	f.end, f.stable, f.start = c.int64(), c.int64(), c.int64()
	var taken []aborted
	for range c.length(16) {
		taken = append(taken, aborted{producer: c.int64(), first: c.int64()})
	}
	c.int32() // preferred replica
	size := c.int32()
	if c.err != nil {
		return fetched{}, c.err
	}
	if code != 0 {
		return f, kafkago.Error(code)
	}
	if size <= 0 {
		return f, nil
	}
	set := c.take(int(size))
	if c.err != nil {
		return fetched{}, c.err
	}
	f.size = len(set)
	var err error
	f.records, f.next, err = readRecords(set, partition, offset, f.stable, taken)
	if err != nil && f.next > offset {
		return f, nil // what is whole first; the next fetch begins with what is not
	}
	return f, err
}

func leaderOf(topic string, partition int) func(protocol.Cluster) (protocol.Broker, error) {
	return func(c protocol.Cluster) (protocol.Broker, error) {
		t, ok := c.Topics[topic]
		if !ok {
			return protocol.Broker{}, kafkago.UnknownTopicOrPartition
		}
		p, ok := t.Partitions[int32(partition)]
		if !ok {
			return protocol.Broker{}, kafkago.UnknownTopicOrPartition
		}
		b, ok := c.Brokers[p.Leader]
		if !ok {
			return protocol.Broker{}, kafkago.LeaderNotAvailable
		}
		return b, nil
	}
}
