package embedded_test

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
)

// What the embedded broker acknowledged is there after a kill −9 in the middle of
// writing, twice over.
func TestAcknowledgedRecordsSurviveKillNineWhileTheyAreWritten(t *testing.T) {
	const topic, enough = "durable", 2000
	dir := embeddedtest.Folder(t)
	acknowledged := map[kafka.Position]string{}
	for round := range 2 {
		first := groundProcess(t, dir)
		r, err := embedded.Attach(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		writeUntilKilled(t, r.Brokers, topic, fmt.Sprint("round ", round), acknowledged, enough*(round+1), func() {
			if err := first.Process.Signal(syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		})
		_ = first.Wait()
	}
	g := open(t, dir)
	held := everything(t, g.Brokers(), topic)
	lost := 0
	for at, want := range acknowledged {
		if held[at] != want {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("lost %d of %d acknowledged records", lost, len(acknowledged))
	}
}

// writeUntilKilled writes from several callers, calls kill once enough is
// acknowledged, with more under way, and returns when all callers have failed.
func writeUntilKilled(t *testing.T, brokers []string, topic, prefix string, acknowledged map[kafka.Position]string, enough int, kill func()) {
	t.Helper()
	c, err := kafka.Connect(kafka.Options{Brokers: brokers})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.EnsureTopics(t.Context(), kafka.KeptForever(topic, 4, 1)); err != nil {
		t.Fatal(err)
	}
	w, err := c.NewWriter(kafka.WriterOptions{Topic: topic, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	var mu sync.Mutex
	var once sync.Once
	var callers sync.WaitGroup
	for caller := range 4 {
		callers.Go(func() {
			for call := 0; ; call++ {
				var messages []kafka.Message
				for i := range 20 {
					v := fmt.Sprintf("%s, %d-%d-%d", prefix, caller, call, i)
					messages = append(messages, kafka.Message{Key: []byte(v), Value: []byte(v)})
				}
				at, err := w.Write(t.Context(), messages)
				mu.Lock()
				for i, p := range at {
					if p.Offset < 0 {
						continue
					}
					if earlier, taken := acknowledged[p]; taken {
						t.Errorf("%v was acknowledged for %s, and now for %s", p, earlier, messages[i].Value)
					}
					acknowledged[p] = string(messages[i].Value)
				}
				n := len(acknowledged)
				mu.Unlock()
				if err != nil {
					return
				}
				if n >= enough {
					once.Do(kill)
				}
			}
		})
	}
	callers.Wait()
}

// everything that a topic holds.
func everything(t *testing.T, brokers []string, topic string) map[kafka.Position]string {
	t.Helper()
	c, err := kafka.Connect(kafka.Options{Brokers: brokers})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ends, err := c.Ends(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	held := map[kafka.Position]string{}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	left := len(ends)
	var mu sync.Mutex
	consumer, err := c.NewConsumer(kafka.ConsumerOptions{
		Group: "everything", Topic: topic,
		Start: func(_ context.Context, partition int) (int64, error) { return 0, nil },
		Handle: func(_ context.Context, b kafka.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			for _, r := range b.Records {
				held[kafka.Position{Partition: b.Partition, Offset: r.Offset}] = string(r.Value)
			}
			if b.Next == ends[b.Partition] {
				if left--; left == 0 {
					cancel()
				}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := consumer.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if left > 0 {
		t.Fatalf("%d partitions were not read to their end", left)
	}
	return held
}
