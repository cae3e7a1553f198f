package simulate

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// Options says what to simulate.
type Options struct {
	Seed      uint64
	Customers int           // how many; the first is the Fourth
	Until     time.Time     // the moment at which the story stops: the present, in a demo
	Span      time.Duration // how far back it goes; 90 days where 0
}

// Operator is a simulated operator.
type Operator struct{ opts Options }

// New is the operator of these options. A negative number of customers or no Until
// is refused.
func New(opts Options) (*Operator, error) {
	if opts.Customers < 0 || opts.Until.IsZero() || opts.Span < 0 {
		return nil, fmt.Errorf("simulate %d customers until %s: customers ≥ 0, a moment and a span ≥ 0 expected", opts.Customers, opts.Until)
	}
	if opts.Span == 0 {
		opts.Span = 90 * 24 * time.Hour
	}
	opts.Until = opts.Until.UTC().Truncate(time.Second)
	return &Operator{opts: opts}, nil
}

// Event is one event as its vendor sends it.
type Event struct {
	Vendor   string // who sends it
	Source   string
	ID       string
	Subject  string
	Type     string
	Time     time.Time
	Sequence int64 // domain.NoSequence where the tool keeps none
	Data     domain.Event
}

// AppendJSON appends the event in CloudEvents' structured form.
func (e *Event) AppendJSON(b []byte) ([]byte, error) {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return b, fmt.Errorf("encode data of %s: %w", e.ID, err)
	}
	b = append(b, `{"specversion":"1.0","id":"`...)
	b = append(b, e.ID...)
	b = append(b, `","source":"`...)
	b = append(b, e.Source...)
	b = append(b, `","type":"`...)
	b = append(b, e.Type...)
	if e.Subject != "" {
		b = append(b, `","subject":"`...)
		b = append(b, e.Subject...)
	}
	b = append(b, `","time":"`...)
	b = e.Time.AppendFormat(b, time.RFC3339Nano)
	b = append(b, '"')
	if e.Sequence != domain.NoSequence {
		b = strconv.AppendInt(append(b, `,"sequence":`...), e.Sequence, 10)
	}
	b = append(append(b, `,"data":`...), data...)
	return append(b, '}'), nil
}

// Lives gives every customer's events, customer after customer, each life in the
// order of time.
func (o *Operator) Lives() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for i := range o.opts.Customers {
			for _, e := range o.life(i) {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// life is the events of customer i, by time.
func (o *Operator) life(i int) []Event {
	l := &life{
		until: o.opts.Until,
		from:  o.opts.Until.Add(-o.opts.Span),
		rng:   rand.New(rand.NewPCG(o.opts.Seed, uint64(i))), //nolint:gosec // a simulation, seeded on purpose
	}
	if i == 0 {
		l.who = fourth()
		l.fourthCall()
	} else {
		l.who = somebody(i, l.rng)
		l.live()
	}
	return l.sorted()
}
