package kafka_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
)

// network is between a client and its brokers. Frozen, the connections that are
// open then go silent for good: what is sent vanishes, and nothing comes back, not
// even an end.
type network struct {
	mu    sync.Mutex
	conns []*wire
}

type wire struct {
	net.Conn

	frozen chan struct{}
	once   sync.Once
}

func (n *network) dial(ctx context.Context, kind, address string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, kind, address)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: c, frozen: make(chan struct{})}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conns = append(n.conns, w)
	return w, nil
}

func (n *network) freeze() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, w := range n.conns {
		w.once.Do(func() { close(w.frozen) })
	}
	n.conns = nil
}

// Read gives nothing once frozen, until a deadline or a close ends it.
func (w *wire) Read(b []byte) (int, error) {
	for {
		n, err := w.Conn.Read(b)
		select {
		case <-w.frozen:
			if err != nil {
				return 0, err
			}
		default:
			return n, err
		}
	}
}

func (w *wire) Write(b []byte) (int, error) {
	select {
	case <-w.frozen:
		return len(b), nil
	default:
		return w.Conn.Write(b)
	}
}

func TestSilentConnectionsAreMadeAnewAndCounted(t *testing.T) {
	brokers := embeddedtest.Brokers(t)
	topic := embeddedtest.Topic(t, brokers, "kafka", 1)
	var n network
	c, err := kafka.Connect(kafka.Options{Brokers: brokers, Dial: n.dial, Patience: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := newStore()
	r := into(t, c, topic, s, func(o *kafka.ConsumerOptions) {
		o.MaxWait, o.Stall = 100*time.Millisecond, 200*time.Millisecond
	})
	sane := connect(t, brokers)
	write(t, sane, topic, "a")
	eventually(t, "the first record", func() bool { return s.count() == 1 })
	n.freeze()
	write(t, sane, topic, "b")
	eventually(t, "the record behind the silence", func() bool { return s.count() == 2 })
	if r.Stats().Rebuilds == 0 {
		t.Error("no rebuild was counted")
	}
	r.end(t)
	s.check(t, []string{"a", "b"})
}

// restartable is a broker of the test's own: the embedded one, and in the full run
// a real one too.
type restartable struct {
	address string
	stop    func() error
	start   func() error
	topic   string
}

func restartables(t *testing.T) map[string]func(*testing.T) restartable {
	all := map[string]func(*testing.T) restartable{"embedded": embeddedBroker}
	if !testing.Short() {
		all["real, stopped"] = func(t *testing.T) restartable { return realBroker(t, (*embedded.Kafka).Stop) }
		all["real, killed"] = func(t *testing.T) restartable { return realBroker(t, (*embedded.Kafka).Kill) }
	}
	return all
}

func embeddedBroker(t *testing.T) restartable {
	t.Helper()
	dir := embeddedtest.Folder(t)
	var b *embedded.Broker
	r := restartable{}
	r.start = func() (err error) {
		b, err = embedded.StartBroker(context.Background(), embedded.BrokerOptions{Dir: dir, Log: slog.New(slog.DiscardHandler)})
		return err
	}
	r.stop = func() error { b.Stop(); return nil }
	if err := r.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Stop() })
	r.address = b.Address()
	r.topic = embeddedtest.Topic(t, []string{r.address}, "kafka", 2)
	return r
}

func realBroker(t *testing.T, stop func(*embedded.Kafka) error) restartable {
	t.Helper()
	k, err := embedded.StartKafka(t.Context(), embedded.KafkaOptions{Dir: embeddedtest.Folder(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Stop(); err != nil {
			t.Errorf("stop broker: %v", err)
		}
	})
	return restartable{
		address: k.Address(),
		stop:    func() error { return stop(k) },
		start:   func() error { return k.Restart(t.Context()) },
		topic:   embeddedtest.Topic(t, []string{k.Address()}, "kafka", 2),
	}
}

// The writer's pooled connections and the consumer's long fetches meet a broker
// that dies and comes back.
func TestBrokerThatComesBackIsWrittenAndReadAgain(t *testing.T) {
	for name, begin := range restartables(t) {
		t.Run(name, func(t *testing.T) {
			b := begin(t)
			c := connect(t, []string{b.address})
			w := newWriter(t, c, kafka.WriterOptions{Topic: b.topic, Patience: time.Second})
			put := func(v string) error {
				_, err := w.Write(t.Context(), []kafka.Message{{Key: []byte(v), Value: []byte(v)}})
				return err
			}
			s := newStore()
			r := into(t, c, b.topic, s)
			if err := put("before"); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the record before", func() bool { return s.count() == 1 })
			if err := b.stop(); err != nil {
				t.Fatal(err)
			}
			var away kafka.ErrAway
			if err := put("lost"); !errors.As(err, &away) {
				t.Errorf("while the broker is dead: got %v, want ErrAway", err)
			}
			if err := b.start(); err != nil {
				t.Fatal(err)
			}
			eventually(t, "a record is acknowledged again", func() bool { return put("after") == nil })
			eventually(t, "it is read", func() bool { return s.has("after") })
			r.end(t)
			if !s.has("before") {
				t.Error("the record before is gone")
			}
		})
	}
}

func (s *store) has(value string) bool {
	for _, v := range s.values() {
		if v == value {
			return true
		}
	}
	return false
}

func TestConsumerWaitsForBrokersThatAreNotThereYet(t *testing.T) {
	b := embeddedBroker(t)
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	s := newStore()
	r := into(t, connect(t, []string{b.address}), b.topic, s)
	if err := b.start(); err != nil {
		t.Fatal(err)
	}
	write(t, connect(t, []string{b.address}), b.topic, "a")
	eventually(t, "the record", func() bool { return s.count() == 1 })
	r.end(t)
}

func TestStopIsBoundedWhileTheBrokerIsDead(t *testing.T) {
	b := embeddedBroker(t)
	c, err := kafka.Connect(kafka.Options{Brokers: []string{b.address}, Patience: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := into(t, c, b.topic, newStore())
	eventually(t, "both partitions", func() bool { return len(r.Stats().Assigned) == 2 })
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	r.end(t)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("stopping took %s", took)
	}
	if err := b.start(); err != nil {
		t.Fatal(err)
	}
}
