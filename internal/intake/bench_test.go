package intake

import (
	"context"
	"slices"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
	"github.com/tellonce/tellonce/internal/simulate"
)

// simulated are the events of an operator in bodies of 100 events of one vendor.
func simulated(b *testing.B, events int) []simulatedBody {
	operator, err := simulate.New(simulate.Options{Seed: 1, Customers: 1 << 20, Until: clock})
	if err != nil {
		b.Fatal(err)
	}
	filling := map[string]*simulatedBody{}
	var bodies []simulatedBody
	for e := range operator.Lives() {
		if e.Type == "bill.issued.v1" {
			continue
		}
		f := filling[e.Vendor]
		if f == nil {
			f = &simulatedBody{viewer: access.Viewer{Role: "publisher", Vendor: e.Vendor}, json: []byte("[")}
			filling[e.Vendor] = f
		}
		if f.events > 0 {
			f.json = append(f.json, ',')
		}
		if f.json, err = e.AppendJSON(f.json); err != nil {
			b.Fatal(err)
		}
		if f.events++; f.events == 100 {
			f.json = append(f.json, ']')
			bodies = append(bodies, *f)
			delete(filling, e.Vendor)
		}
		if len(bodies)*100 >= events {
			break
		}
	}
	return bodies
}

type simulatedBody struct {
	viewer access.Viewer
	json   []byte
	events int
}

// BenchmarkAccept measures the pipeline, four batches of 100 at a time on a real ring:
// reading, checking, asking what is known, naming, sealing, encoding. The log
// acknowledges at once. One iteration is one event.
func BenchmarkAccept(b *testing.B) {
	r := newRig(b)
	r.log.discard = true
	bodies := simulated(b, 100*((b.N+99)/100))
	size := 0
	for _, body := range bodies {
		size += len(body.json)
	}
	b.ReportAllocs()
	b.ResetTimer()
	acceptAll(b, r.Intake, bodies)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(size)/float64(100*len(bodies)), "B/event")
}

// BenchmarkAcceptToBroker is BenchmarkAccept with the log on the embedded broker. With
// real brokers name them in TELLONCE_TEST_KAFKA_BROKERS.
func BenchmarkAcceptToBroker(b *testing.B) {
	r := newRig(b)
	r.Intake.log = brokerLog(b)
	bodies := simulated(b, 100*((b.N+99)/100))
	b.ReportAllocs()
	b.ResetTimer()
	acceptAll(b, r.Intake, bodies)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkBareWriter writes the records that come of the same events with kafka-go's
// Writer and nothing else, 100 a call, four calls at a time.
func BenchmarkBareWriter(b *testing.B) {
	r := newRig(b)
	acceptAll(b, r.Intake, simulated(b, 100*((b.N+99)/100)))
	brokers := embeddedtest.Brokers(b)
	writer := &kafkago.Writer{
		Addr: kafkago.TCP(brokers...), Topic: embeddedtest.Topic(b, brokers, "bare", 8), RequiredAcks: kafkago.RequireAll,
		Balancer: kafkago.Murmur2Balancer{}, BatchTimeout: time.Millisecond, BatchSize: 1000,
	}
	b.Cleanup(func() { _ = writer.Close() })
	var size int
	messages := make([]kafkago.Message, len(r.log.messages))
	for i, m := range r.log.messages {
		messages[i] = kafkago.Message{Key: m.Key, Value: m.Value}
		size += len(m.Value)
	}
	b.ResetTimer()
	calls, ctx := errgroup.WithContext(context.Background())
	calls.SetLimit(4)
	for batch := range slices.Chunk(messages, 100) {
		calls.Go(func() error { return writer.WriteMessages(ctx, batch...) })
	}
	if err := calls.Wait(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(size)/float64(len(messages)), "B/record")
}

func brokerLog(t testing.TB) *kafka.Writer {
	t.Helper()
	brokers := embeddedtest.Brokers(t)
	client, err := kafka.Connect(kafka.Options{Brokers: brokers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	writer, err := client.NewWriter(kafka.WriterOptions{Topic: embeddedtest.Topic(t, brokers, "events", 8)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = writer.Close() })
	return writer
}

func acceptAll(b *testing.B, in *Intake, bodies []simulatedBody) {
	calls, ctx := errgroup.WithContext(context.Background())
	calls.SetLimit(4)
	for _, body := range bodies {
		calls.Go(func() error {
			batch, err := ReadBatch(body.json)
			if err != nil {
				return err
			}
			answers, _, err := in.Accept(ctx, body.viewer, batch)
			for _, a := range answers {
				if a.Outcome == Refused {
					b.Errorf("%s: %s", a.ID, a.Problem.Detail)
				}
			}
			return err
		})
	}
	if err := calls.Wait(); err != nil {
		b.Fatal(err)
	}
}
