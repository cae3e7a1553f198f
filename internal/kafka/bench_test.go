package kafka_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"

	"github.com/tellonce/tellonce/internal/kafka"
)

const recordSize = 600

func messages(n int) []kafka.Message {
	out := make([]kafka.Message, n)
	for i := range out {
		value := make([]byte, recordSize)
		_, _ = rand.Read(value) // never fails
		out[i] = kafka.Message{Key: fmt.Append(nil, i), Value: value}
	}
	return out
}

// BenchmarkWrite is publishing in calls of 1,000 records of 600 bytes, 4 callers at
// once, 8 partitions.
func BenchmarkWrite(b *testing.B) {
	c, topic := place(b, 8)
	w := newWriter(b, c, kafka.WriterOptions{Topic: topic})
	call := messages(1000)
	b.SetBytes(4000 * recordSize)
	for b.Loop() {
		var callers sync.WaitGroup
		for range 4 {
			callers.Go(func() {
				if _, err := w.Write(b.Context(), call); err != nil {
					b.Error(err)
				}
			})
		}
		callers.Wait()
	}
	b.ReportMetric(float64(b.N)*4000/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkWriteOne is one record a call, one caller: the time to its
// acknowledgement.
func BenchmarkWriteOne(b *testing.B) {
	c, topic := place(b, 8)
	w := newWriter(b, c, kafka.WriterOptions{Topic: topic})
	call := messages(1)
	for b.Loop() {
		if _, err := w.Write(b.Context(), call); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead is consuming a log of 200,000 records of 600 bytes on 8 partitions,
// in batches, by one consumer.
func BenchmarkRead(b *testing.B) {
	c, topic := place(b, 8)
	w := newWriter(b, c, kafka.WriterOptions{Topic: topic})
	const total = 200_000
	for range total / 4000 {
		if _, err := w.Write(b.Context(), messages(4000)); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(total * recordSize)
	for b.Loop() {
		read(b, c, topic, total)
	}
	b.ReportMetric(float64(b.N)*total/b.Elapsed().Seconds(), "records/s")
}

func read(b *testing.B, c *kafka.Client, topic string, total int) {
	b.Helper()
	var mu sync.Mutex
	n, all := 0, make(chan struct{})
	r := consume(b, c, kafka.ConsumerOptions{
		Group: topic, Topic: topic,
		Start: func(context.Context, int) (int64, error) { return 0, nil },
		Handle: func(_ context.Context, batch kafka.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			if n += len(batch.Records); n == total {
				close(all)
			}
			return nil
		},
	})
	<-all
	b.StopTimer()
	r.stop()
	<-r.done
	b.StartTimer()
}

// BenchmarkPublishToDelivered is one record from Write to the handler, through the
// group's consumer.
func BenchmarkPublishToDelivered(b *testing.B) {
	c, topic := place(b, 8)
	w := newWriter(b, c, kafka.WriterOptions{Topic: topic})
	delivered := make(chan struct{}, 1000)
	r := consume(b, c, kafka.ConsumerOptions{
		Group: topic, Topic: topic,
		Start: func(context.Context, int) (int64, error) { return 0, nil },
		Handle: func(_ context.Context, batch kafka.Batch) error {
			for range batch.Records {
				delivered <- struct{}{}
			}
			return nil
		},
	})
	call := messages(1)
	for b.Loop() {
		if _, err := w.Write(b.Context(), call); err != nil {
			b.Fatal(err)
		}
		<-delivered
	}
	b.StopTimer()
	r.stop()
}
