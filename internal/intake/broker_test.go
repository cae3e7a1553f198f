package intake

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
	"github.com/tellonce/tellonce/projections"
)

func TestWhatWasAcceptedIsInTheLog(t *testing.T) {
	d := newDoor(t, Limits{})
	brokers := embeddedtest.Brokers(t)
	client, err := kafka.Connect(kafka.Options{Brokers: brokers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	topic := embeddedtest.Topic(t, brokers, "events", 1)
	writer, err := client.NewWriter(kafka.WriterOptions{Topic: topic})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = writer.Close() })
	d.Intake.log = writer

	first := d.send(t, strings.NewReader("["+event("id", "1", "data", data("customer", map[string]any{"account": "A1"}))+","+event("id", "2")+"]"), map[string]string{"Content-Type": batched})
	second := d.send(t, strings.NewReader(event("id", "3")), map[string]string{"Content-Type": structured})
	for _, got := range []reply{first, second} {
		if got.StatusCode != http.StatusAccepted {
			t.Fatalf("got %s %+v", got.Status, got.problem)
		}
	}
	after, err := projections.ParseAfter(second.receipt.After)
	if err != nil || len(after) != 1 || after[0] != (projections.Position{Partition: 0, Offset: 2}) {
		t.Errorf("after is %v, %v", after, err)
	}
	reader := kafkago.NewReader(kafkago.ReaderConfig{Brokers: brokers, Topic: topic, MaxWait: 100 * time.Millisecond, ReadLagInterval: -1})
	defer func() { _ = reader.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for _, id := range []string{"1", "2", "3"} {
		m, err := reader.ReadMessage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		r, err := domain.DecodeRecord(m.Value)
		if err != nil {
			t.Fatal(err)
		}
		if r.ID != id || string(m.Key) != r.Person.String() {
			t.Errorf("got %s with the key %s, want %s with %s", r.ID, m.Key, id, r.Person)
		}
	}
}

func TestTheLogGoesAndComesBack(t *testing.T) {
	d := newDoor(t, Limits{})
	brokers := embeddedtest.Brokers(t)
	var away atomic.Bool
	client, err := kafka.Connect(kafka.Options{Brokers: brokers, Patience: 500 * time.Millisecond, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if away.Load() {
			return nil, errors.New("connection refused")
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	writer, err := client.NewWriter(kafka.WriterOptions{Topic: embeddedtest.Topic(t, brokers, "away", 1), Patience: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = writer.Close() })
	d.Intake.log, d.opts.AskLog = writer, client.Ping
	post := func() reply {
		return d.send(t, strings.NewReader(event()), map[string]string{"Content-Type": structured})
	}

	away.Store(true)
	if got := post(); got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.problem.Detail, "Kafka") {
		t.Fatalf("got %s %+v", got.Status, got.problem)
	}
	if waits := d.Ready(t.Context()); len(waits) != 1 || !errors.Is(waits[0], ErrLogAway) {
		t.Errorf("ready says %v", waits)
	}
	away.Store(false)
	await(t, func() bool { return post().StatusCode == http.StatusAccepted })
	if waits := d.Ready(t.Context()); len(waits) != 0 {
		t.Errorf("ready says %v", waits)
	}
}
