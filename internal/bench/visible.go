package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"
)

const (
	rate     = 500 // events/s
	duration = 8 * time.Second
)

// warmUp is how many calls go before those that are paced, eight at once, so that
// connections are open and the consumer group has met.
const warmUp = 400

// paced calls do at the rate, whether the earlier calls are back or not, and
// measures each from the moment at which it was due. The first second does not count.
func paced(ctx context.Context, do func(ctx context.Context, n int) error) (*hdrhistogram.Histogram, error) {
	first, warm := errgroup.WithContext(ctx)
	first.SetLimit(8)
	for n := range warmUp {
		first.Go(func() error { return do(warm, n) })
	}
	if err := first.Wait(); err != nil {
		return nil, fmt.Errorf("warm up: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	histogram := hdrhistogram.New(1, 60_000_000, 3)
	var mu sync.Mutex
	var calls sync.WaitGroup
	start := time.Now()
	for n := range int(duration/time.Second) * rate {
		due := start.Add(time.Duration(n) * time.Second / rate)
		timer := time.NewTimer(time.Until(due))
		select {
		case <-ctx.Done():
			timer.Stop()
			calls.Wait()
			return nil, context.Cause(ctx)
		case <-timer.C:
		}
		calls.Go(func() {
			if err := do(ctx, warmUp+n); err != nil {
				cancel(fmt.Errorf("call %d: %w", n, err))
				return
			}
			if n >= rate {
				mu.Lock()
				_ = histogram.RecordValue(time.Since(due).Microseconds())
				mu.Unlock()
			}
		})
	}
	calls.Wait()
	return histogram, context.Cause(ctx)
}

// visible publishes one event a request and reads its customer back with the token
// of the write.
func visible(ctx context.Context, b *bench) (round, error) {
	s, err := b.serve(ctx, "intake,project,api")
	if err != nil {
		return round{}, err
	}
	defer func() { _ = s.stop(ctx) }()
	ours, err := s.publishAndRead(ctx)
	if err != nil {
		return round{}, err
	}
	peer, err := produceAndFetch(ctx, s)
	if err != nil {
		return round{}, err
	}
	p99, limit := ours.ValueAtQuantile(99), peer.ValueAtQuantile(99)
	return round{float64(p99) / float64(limit), fmt.Sprintf("p50 %s p99 %s; peer p50 %s p99 %s", ms(ours.ValueAtQuantile(50)), ms(p99), ms(peer.ValueAtQuantile(50)), ms(limit))}, nil
}

func ms(micros int64) string { return fmt.Sprintf("%.1f ms", float64(micros)/1000) }

func (s *serving) publishAndRead(ctx context.Context) (*hdrhistogram.Histogram, error) {
	publisher, err := s.token(ctx, "publisher", "acme")
	if err != nil {
		return nil, err
	}
	reader, err := s.token(ctx, "quality", "")
	if err != nil {
		return nil, err
	}
	begun := time.Now().UTC()
	return paced(ctx, func(ctx context.Context, n int) error {
		account := fmt.Sprintf("V%05d", n%2000)
		event := fmt.Sprintf(`{"specversion":"1.0","id":"v%d","source":"/vendors/acme/crm","subject":"i%d","type":"step.tried.v1","time":%q,"data":{"customer":{"account":%q},"step":"box.reboot","outcome":"failed","by":"customer","note":"la box a été redémarrée","lang":"fr","problem":{"reason":"internet.unstable.drops"}}}`,
			n, n, begun.Add(time.Duration(n)*time.Millisecond).Format(time.RFC3339Nano), account)
		header, _, err := post(ctx, s.url+"/v1/events", publisher, "application/cloudevents+json", "", []byte(event), 202)
		if err != nil {
			return err
		}
		query := fmt.Sprintf(`{"query":"query Visible($account: String!) { customer(by: {account: $account}) { ... on Customer { timeline(first: 1) { edges { node { id time } } } } } }","variables":{"account":%q}}`, account)
		_, answer, err := post(ctx, s.url+"/graphql", reader, "application/json", header.Get("Tellonce-After"), []byte(query), 200)
		if err != nil {
			return err
		}
		if !strings.Contains(string(answer), `"time"`) {
			return fmt.Errorf("the event is not there: %.300s", answer)
		}
		return nil
	})
}

// produceAndFetch is the peer: a message produced with kafka-go and fetched again,
// then one row committed.
func produceAndFetch(ctx context.Context, s *serving) (*hdrhistogram.Histogram, error) {
	topic := s.topic + ".peer"
	brokers := strings.Split(s.b.brokers, ",")
	if err := createTopic(ctx, brokers, topic); err != nil {
		return nil, err
	}
	pool, err := pgxpool.New(ctx, s.database)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, "CREATE TABLE public.peer (n int PRIMARY KEY)"); err != nil {
		return nil, err
	}
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, Topic: topic, Partition: 0, MinBytes: 1, MaxBytes: 4 << 20, MaxWait: 500 * time.Millisecond, ReadLagInterval: -1})
	defer reader.Close()
	writer := &kafka.Writer{Addr: kafka.TCP(brokers...), Topic: topic, RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond}
	defer writer.Close()

	total := warmUp + int(duration/time.Second)*rate
	arrived := make([]chan struct{}, total)
	for i := range arrived {
		arrived[i] = make(chan struct{})
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for {
			m, err := reader.ReadMessage(reading)
			if err != nil {
				return
			}
			var n int
			if _, err := fmt.Sscanf(string(m.Value), "%d", &n); err == nil && n < total {
				close(arrived[n])
			}
		}
	}()
	padding := strings.Repeat(" ", 600)
	return paced(ctx, func(ctx context.Context, n int) error {
		if err := writer.WriteMessages(ctx, kafka.Message{Value: fmt.Appendf(nil, "%d%s", n, padding)}); err != nil {
			return err
		}
		select {
		case <-arrived[n]:
		case <-ctx.Done():
			return ctx.Err()
		}
		_, err := pool.Exec(ctx, "INSERT INTO public.peer VALUES ($1)", n)
		return err
	})
}

func createTopic(ctx context.Context, brokers []string, topic string) error {
	admin := &kafka.Client{Addr: kafka.TCP(brokers...)}
	res, err := admin.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{Topic: topic, NumPartitions: 1, ReplicationFactor: 1}}})
	if err != nil {
		return fmt.Errorf("create topic: %w", err)
	}
	return res.Errors[topic]
}

// memory is what serve takes under the load of visible.
func memory(ctx context.Context, b *bench) (round, error) {
	s, err := b.serve(ctx, "intake,project,api")
	if err != nil {
		return round{}, err
	}
	defer func() { _ = s.stop(ctx) }()
	if _, err := s.publishAndRead(ctx); err != nil {
		return round{}, err
	}
	mib, err := s.peakMemory()
	return round{mib, fmt.Sprintf("%.0f MiB resident at most", mib)}, err
}
