package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"github.com/tellonce/tellonce/internal/simulate"
)

const (
	intakeEvents = 60_000
	batchSize    = 100
	inFlight     = 4
)

// body is one request of 100 events of one vendor.
type body struct {
	vendor string
	json   []byte
}

// intake posts simulated events in batches of 100, four requests in flight, to a
// service with the role of intake alone; the peer writes the records that came of
// them, 100 a call, four calls in flight.
func intake(ctx context.Context, b *bench) (round, error) {
	bodies, err := simulated()
	if err != nil {
		return round{}, err
	}
	s, err := b.serve(ctx, "intake")
	if err != nil {
		return round{}, err
	}
	defer func() { _ = s.stop(ctx) }()
	for _, vendor := range simulate.Vendors() {
		if _, err := s.token(ctx, "publisher", vendor); err != nil {
			return round{}, err
		}
	}
	warm := len(bodies) / 6
	send := func(bodies []body) (float64, error) {
		return inParallel(ctx, len(bodies), func(ctx context.Context, i int) error {
			token := s.tokens["publisher"+bodies[i].vendor]
			_, _, err := post(ctx, s.url+"/v1/events", token, "application/cloudevents-batch+json", "", bodies[i].json, 202)
			return err
		})
	}
	if _, err := send(bodies[:warm]); err != nil {
		return round{}, err
	}
	ours, err := send(bodies[warm:])
	if err != nil {
		return round{}, err
	}
	peer, size, err := bareWriter(ctx, s, (len(bodies)-warm)*batchSize)
	if err != nil {
		return round{}, err
	}
	return round{ours / peer, fmt.Sprintf("%.0f events/s; bare writer %.0f/s of %d B", ours, peer, size)}, nil
}

// simulated is the events of an operator in requests of one vendor each.
func simulated() ([]body, error) {
	operator, err := simulate.New(simulate.Options{Seed: 1, Customers: 1 << 20, Until: time.Now()})
	if err != nil {
		return nil, err
	}
	var bodies []body
	filling := map[string][]byte{}
	count := map[string]int{}
	for e := range operator.Lives() {
		if strings.HasPrefix(e.Type, "bill.") {
			continue // only sources that the operator names may send bills
		}
		if filling[e.Vendor], err = e.AppendJSON(append(filling[e.Vendor], separator(count[e.Vendor])...)); err != nil {
			return nil, err
		}
		if count[e.Vendor]++; count[e.Vendor] == batchSize {
			bodies = append(bodies, body{e.Vendor, append(filling[e.Vendor], ']')})
			filling[e.Vendor], count[e.Vendor] = nil, 0
		}
		if len(bodies) == intakeEvents/batchSize {
			break
		}
	}
	return bodies, nil
}

func separator(n int) string {
	if n == 0 {
		return "["
	}
	return ","
}

// inParallel does n calls of 100 events each, inFlight at once, and is the events a second.
func inParallel(ctx context.Context, n int, do func(context.Context, int) error) (float64, error) {
	start := time.Now()
	calls, ctx := errgroup.WithContext(ctx)
	calls.SetLimit(inFlight)
	for i := range n {
		calls.Go(func() error { return do(ctx, i) })
	}
	if err := calls.Wait(); err != nil {
		return 0, err
	}
	return float64(n*batchSize) / time.Since(start).Seconds(), nil
}

// bareWriter writes the same records again with kafka-go's Writer and nothing else.
func bareWriter(ctx context.Context, s *serving, n int) (perSecond float64, size int, err error) {
	brokers := strings.Split(s.b.brokers, ",")
	records, err := readBack(ctx, brokers, s.topic, n)
	if err != nil {
		return 0, 0, err
	}
	topic := s.topic + ".peer"
	admin := &kafka.Client{Addr: kafka.TCP(brokers...)}
	if _, err := admin.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{Topic: topic, NumPartitions: 8, ReplicationFactor: 1}}}); err != nil {
		return 0, 0, err
	}
	writer := &kafka.Writer{Addr: kafka.TCP(brokers...), Topic: topic, RequiredAcks: kafka.RequireAll, Balancer: kafka.Murmur2Balancer{}, BatchTimeout: time.Millisecond, BatchSize: 1000}
	defer writer.Close()
	for _, m := range records {
		size += len(m.Value)
	}
	calls := len(records) / batchSize
	perSecond, err = inParallel(ctx, calls, func(ctx context.Context, i int) error {
		return writer.WriteMessages(ctx, records[i*batchSize:(i+1)*batchSize]...)
	})
	return perSecond, size / max(len(records), 1), err
}

// readBack reads n records of the topic, whichever partition they lie on.
func readBack(ctx context.Context, brokers []string, topic string, n int) ([]kafka.Message, error) {
	partitions, err := kafka.DefaultDialer.LookupPartitions(ctx, "tcp", brokers[0], topic)
	if err != nil {
		return nil, fmt.Errorf("look partitions up: %w", err)
	}
	var mu sync.Mutex
	var records []kafka.Message
	group, ctx := errgroup.WithContext(ctx)
	for _, p := range partitions {
		group.Go(func() error {
			conn, err := kafka.DialLeader(ctx, "tcp", brokers[0], topic, p.ID)
			if err != nil {
				return err
			}
			first, last, err := conn.ReadOffsets()
			_ = conn.Close()
			if err != nil || first == last {
				return err
			}
			reader := kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, Topic: topic, Partition: p.ID, MaxBytes: 4 << 20, MaxWait: 500 * time.Millisecond, ReadLagInterval: -1})
			defer reader.Close()
			for {
				m, err := reader.ReadMessage(ctx)
				if err != nil {
					return err
				}
				mu.Lock()
				records = append(records, kafka.Message{Key: m.Key, Value: m.Value})
				mu.Unlock()
				if m.Offset >= last-1 {
					return nil
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return records[:min(n, len(records))], nil
}
