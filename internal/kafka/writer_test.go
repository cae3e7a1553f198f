package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tellonce/tellonce/internal/kafka"
)

func TestPositionsAreWhereTheMessagesLie(t *testing.T) {
	c, topic := place(t, 4)
	w := newWriter(t, c, kafka.WriterOptions{Topic: topic})
	var mu sync.Mutex
	lies := map[kafka.Position]string{}
	var callers sync.WaitGroup
	for caller := range 20 {
		callers.Go(func() {
			for round := range 5 {
				var messages []kafka.Message
				for i := range 20 {
					v := fmt.Sprintf("%d-%d-%d", caller, round, i)
					messages = append(messages, kafka.Message{Key: []byte(v), Value: []byte(v)})
				}
				at, err := w.Write(t.Context(), messages)
				if err != nil {
					t.Errorf("write: %v", err)
					return
				}
				mu.Lock()
				for i, p := range at {
					lies[p] = string(messages[i].Value)
				}
				mu.Unlock()
			}
		})
	}
	callers.Wait()
	s := newStore()
	r := into(t, c, topic, s)
	eventually(t, "all records", func() bool { return s.count() == 2000 })
	r.end(t)
	for partition, records := range s.applied {
		for _, got := range records {
			if want := lies[kafka.Position{Partition: partition, Offset: got.Offset}]; want != string(got.Value) {
				t.Fatalf("partition %d, offset %d: %s lies there, the writer said %s", partition, got.Offset, got.Value, want)
			}
		}
	}
}

// The sums are those of Kafka's own test of its partitioner.
func TestKeyGoesWhereTheJavaClientPutsIt(t *testing.T) {
	const partitions = 8
	c, topic := place(t, partitions)
	w := newWriter(t, c, kafka.WriterOptions{Topic: topic})
	for key, sum := range map[string]int32{
		"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536, "a-little-bit-longer-string": -1486304829,
		"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971, "abc": 479470107,
	} {
		at, err := w.Write(t.Context(), []kafka.Message{{Key: []byte(key), Value: []byte("v")}})
		if err != nil {
			t.Fatal(err)
		}
		if want := int(sum&0x7fffffff) % partitions; at[0].Partition != want {
			t.Errorf("%s: partition %d, want %d", key, at[0].Partition, want)
		}
	}
}

func TestMessagesWithoutAKeyMakeNoPartitionHot(t *testing.T) {
	c, topic := place(t, 4)
	w := newWriter(t, c, kafka.WriterOptions{Topic: topic})
	for name, key := range map[string][]byte{"none": nil, "empty": {}} {
		messages := make([]kafka.Message, 400)
		for i := range messages {
			messages[i] = kafka.Message{Key: key, Value: []byte("v")}
		}
		at, err := w.Write(t.Context(), messages)
		if err != nil {
			t.Fatal(err)
		}
		var counts [4]int
		for _, p := range at {
			counts[p.Partition]++
		}
		if slices.Max(counts[:]) > 200 {
			t.Errorf("key %s: spread as %v", name, counts)
		}
	}
}

// kafka-go's default holds a lonely message back for a second.
func TestLonelyMessageIsNotHeldBack(t *testing.T) {
	c, topic := place(t, 1)
	w := newWriter(t, c, kafka.WriterOptions{Topic: topic})
	if _, err := w.Write(t.Context(), []kafka.Message{{Value: []byte("warm")}}); err != nil {
		t.Fatal(err)
	}
	fastest := time.Hour
	for range 5 {
		began := time.Now()
		if _, err := w.Write(t.Context(), []kafka.Message{{Value: []byte("v")}}); err != nil {
			t.Fatal(err)
		}
		fastest = min(fastest, time.Since(began))
	}
	if fastest > 500*time.Millisecond {
		t.Errorf("the fastest of five took %s", fastest)
	}
}

func TestLingerIsBounded(t *testing.T) {
	c := connect(t, []string{"127.0.0.1:1"})
	for linger, good := range map[time.Duration]bool{0: true, time.Millisecond: true, 10 * time.Millisecond: true, time.Second: false, time.Microsecond: false} {
		w, err := c.NewWriter(kafka.WriterOptions{Topic: "t", Linger: linger})
		if (err == nil) != good {
			t.Errorf("%s: got %v", linger, err)
		}
		if err == nil {
			_ = w.Close()
		}
	}
}

func TestWriterWaitsForEveryReplica(t *testing.T) {
	w := newWriter(t, connect(t, []string{"127.0.0.1:1"}), kafka.WriterOptions{Topic: "t"})
	if got := kafka.Acks(w); got != "all" {
		t.Errorf("acknowledgements: got %s, want all", got)
	}
}

func TestTooLargeWritesNothing(t *testing.T) {
	c, topic := place(t, 1)
	w := newWriter(t, c, kafka.WriterOptions{Topic: topic})
	largest, over := make([]byte, kafka.MaxMessage), make([]byte, kafka.MaxMessage+1)
	_, err := w.Write(t.Context(), []kafka.Message{{Value: []byte("a")}, {Value: over}})
	want := kafka.ErrTooLarge{Index: 1, Size: kafka.MaxMessage + 1, Limit: kafka.MaxMessage}
	var got kafka.ErrTooLarge
	if !errors.As(err, &got) || got != want {
		t.Errorf("got %v, want %v", err, want)
	}
	at, err := w.Write(t.Context(), []kafka.Message{{Value: largest}})
	if err != nil {
		t.Fatalf("the largest that is allowed: %v", err)
	}
	if at[0].Offset != 0 {
		t.Errorf("the first message lies at %d: something was written before", at[0].Offset)
	}
}

// silent listens, and never says a word.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
		}
	}()
	return l.Addr().String()
}

func TestBrokerThatIsNotThereIsNoticedInBoundedTime(t *testing.T) {
	for name, address := range map[string]string{"refuses": "127.0.0.1:1", "silent": silent(t)} {
		c, err := kafka.Connect(kafka.Options{Brokers: []string{address}, Patience: 300 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		w := newWriter(t, c, kafka.WriterOptions{Topic: "t", Patience: 400 * time.Millisecond})
		began := time.Now()
		at, err := w.Write(t.Context(), []kafka.Message{{Value: []byte("a")}})
		var away kafka.ErrAway
		if !errors.As(err, &away) {
			t.Errorf("%s: got %v, want ErrAway", name, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: noticed after %s", name, took)
		}
		if len(at) != 1 || at[0].Offset != -1 {
			t.Errorf("%s: position %v of a message that nobody acknowledged", name, at)
		}
		c.Close()
	}
}

func TestBrokerThatGoesSilentIsNoticedInBoundedTime(t *testing.T) {
	healthy, topic := place(t, 2)
	var n network
	c, err := kafka.Connect(kafka.Options{Brokers: brokersOf(t), Dial: n.dial, Patience: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	w := newWriter(t, c, kafka.WriterOptions{Topic: topic, Patience: time.Second})
	if _, err := w.Write(t.Context(), []kafka.Message{{Value: []byte("a")}}); err != nil {
		t.Fatal(err)
	}
	n.freeze()
	// What is tried again goes out on fresh connections: the call succeeds.
	if _, err := w.Write(t.Context(), []kafka.Message{{Key: []byte("b"), Value: []byte("b")}}); err != nil {
		t.Errorf("after a silence of the connection: %v", err)
	}
	s := newStore()
	r := into(t, healthy, topic, s)
	eventually(t, "the message", func() bool { return s.has("b") })
	r.end(t)
}

func TestMissingTopicIsAway(t *testing.T) {
	c, topic := place(t, 1)
	w := newWriter(t, c, kafka.WriterOptions{Topic: topic + "-missing", Patience: 300 * time.Millisecond})
	_, err := w.Write(t.Context(), []kafka.Message{{Value: []byte("a")}})
	var away kafka.ErrAway
	if !errors.As(err, &away) {
		t.Errorf("got %v, want ErrAway", err)
	}
}

func TestCallersWaitAndNotMemoryFills(t *testing.T) {
	c, err := kafka.Connect(kafka.Options{Brokers: []string{silent(t)}, Patience: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	w := newWriter(t, c, kafka.WriterOptions{Topic: "t", Patience: 500 * time.Millisecond, InFlight: 100})
	var callers sync.WaitGroup
	for range 10 {
		callers.Go(func() {
			var away kafka.ErrAway
			if _, err := w.Write(t.Context(), []kafka.Message{{Value: make([]byte, 80)}}); !errors.As(err, &away) {
				t.Errorf("got %v, want ErrAway", err)
			}
		})
	}
	callers.Wait()
	if !kafka.Idle(w) {
		t.Error("bytes still count as in flight")
	}
}

func TestCanceledCallReturnsAtOnce(t *testing.T) {
	c, err := kafka.Connect(kafka.Options{Brokers: []string{silent(t)}, Patience: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	w := newWriter(t, c, kafka.WriterOptions{Topic: "t", Patience: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Write(ctx, []kafka.Message{{Value: []byte("a")}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want canceled", err)
	}
}
