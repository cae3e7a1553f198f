package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"golang.org/x/sync/semaphore"
)

// Message is what is written.
type Message struct {
	Key     []byte // decides the partition; without one, any
	Value   []byte
	Headers []Header
}

// size in bytes, as limits count it.
func (m Message) size() int {
	n := len(m.Key) + len(m.Value)
	for _, h := range m.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return n
}

// Position is where a message lies in the log.
type Position struct {
	Partition int
	Offset    int64
}

// unwritten is the position of a message that nobody acknowledged.
var unwritten = Position{Partition: -1, Offset: -1}

// WriterOptions of a Writer. A zero takes the default.
type WriterOptions struct {
	Topic string
	// Linger is how long a message may wait for others to travel with, 1 to 10 ms;
	// 1 ms. It is added to every acknowledgement.
	Linger time.Duration
	// Patience is how long a call waits for its acknowledgements before the log
	// counts as away; 8 s.
	Patience time.Duration
	// InFlight bounds the bytes that wait for an acknowledgement, over all calls:
	// while the log is away, callers wait and not memory fills; 64 MiB.
	InFlight int
}

// MaxMessage is the largest message that a Writer takes, in bytes of key, value and
// headers: what brokers accept by default, less what surrounds it.
const MaxMessage = 1_000_000

// Writer appends to one topic. Every acknowledgement is of all in-sync replicas.
// It is safe for use by many at once, and the more there are, the better it
// batches.
type Writer struct {
	opts     WriterOptions
	wire     *wire
	kafka    *kafkago.Writer
	inFlight *semaphore.Weighted // bytes
}

// NewWriter makes the one kind of writer that loses nothing. kafka-go's own
// defaults do not wait for any acknowledgement, spread a key over all partitions
// and hold each message back for a second.
func (c *Client) NewWriter(opts WriterOptions) (*Writer, error) {
	if opts.Topic == "" {
		return nil, errors.New("make writer: no topic given")
	}
	if opts.Linger == 0 {
		opts.Linger = time.Millisecond
	}
	if opts.Linger < time.Millisecond || opts.Linger > 10*time.Millisecond {
		return nil, fmt.Errorf("make writer: linger %s: expected 1 to 10 ms", opts.Linger)
	}
	if opts.Patience == 0 {
		opts.Patience = 8 * time.Second
	}
	if opts.InFlight == 0 {
		opts.InFlight = 64 << 20
	}
	wire := c.newWire(opts.Topic)
	w := &Writer{opts: opts, wire: wire, inFlight: semaphore.NewWeighted(int64(opts.InFlight))}
	w.kafka = &kafkago.Writer{
		Addr: wire.addr(), Topic: opts.Topic, Transport: wire.transport,
		RequiredAcks: kafkago.RequireAll,
		Balancer:     byKey{},
		BatchTimeout: opts.Linger,
		BatchSize:    1000,
		BatchBytes:   MaxMessage + 4<<10,
		// kafka-go tries again by itself only while nobody waits any more; how long
		// a call tries is decided in Write.
		MaxAttempts:     2,
		WriteBackoffMin: 20 * time.Millisecond,
		WriteBackoffMax: 250 * time.Millisecond,
		ReadTimeout:     opts.Patience / 2,
		WriteTimeout:    opts.Patience / 2,
		Completion:      completed,
	}
	return w, nil
}

// slot is one message's place in its call; it travels with the message as
// WriterData and is filled before the call returns.
type slot struct {
	call *call
	at   int
	last bool
}

// call is one attempt at writing some messages.
type call struct {
	positions []Position
	// queued says that every message has its partition, after which kafka-go queues
	// all of them, always, and completes each exactly once.
	queued  bool
	waiting atomic.Int64 // messages not completed yet
	release func()       // gives the bytes in flight back
}

// byKey is the Java client's partitioner, so that every producer of the topic, in
// any language, puts a key on the same partition. An empty key is no key: hashed,
// it would make one partition hot.
type byKey struct{ kafkago.Murmur2Balancer }

func (b byKey) Balance(m kafkago.Message, partitions ...int) int {
	if s, ok := m.WriterData.(slot); ok && s.last {
		s.call.queued = true
	}
	return b.Murmur2Balancer.Balance(m, partitions...)
}

// completed runs before the call that waits for these messages goes on.
func completed(messages []kafkago.Message, err error) {
	for i := range messages {
		m := &messages[i]
		s, ok := m.WriterData.(slot)
		if !ok {
			continue
		}
		if err == nil {
			s.call.positions[s.at] = Position{Partition: m.Partition, Offset: m.Offset}
		}
		if s.call.waiting.Add(-1) == 0 {
			s.call.release()
		}
	}
}

// Write returns once every message is acknowledged, with the position of each, in
// the order given. It tries again what a broker could not take, until Patience is
// over or ctx ends, so that a message may be in the log twice.
//
// The error is ErrTooLarge, with nothing written, or ErrAway; with ErrAway the
// positions tell which messages are known to be written all the same, the others'
// are −1.
func (w *Writer) Write(ctx context.Context, messages []Message) ([]Position, error) {
	positions := make([]Position, len(messages))
	todo := make([]int, len(messages))
	for i, m := range messages {
		if size := m.size(); size > MaxMessage {
			return nil, ErrTooLarge{Index: i, Size: size, Limit: MaxMessage}
		}
		positions[i], todo[i] = unwritten, i
	}
	ctx, cancel := context.WithTimeoutCause(ctx, w.opts.Patience, fmt.Errorf("no acknowledgement within %s", w.opts.Patience))
	defer cancel()
	for wait := 20 * time.Millisecond; len(todo) > 0; wait = min(2*wait, time.Second) {
		err := w.attempt(ctx, messages, todo, positions)
		todo = missing(positions, todo)
		if len(todo) == 0 {
			break
		}
		if err == nil {
			err = errors.New("acknowledged without a position")
		}
		if ctx.Err() != nil || hopeless(err) {
			return positions, away(ctx, err)
		}
		select {
		case <-ctx.Done():
			return positions, away(ctx, err)
		case <-time.After(wait):
		}
	}
	return positions, nil
}

// attempt writes the messages of todo once and fills the positions of those that
// were acknowledged.
func (w *Writer) attempt(ctx context.Context, messages []Message, todo []int, positions []Position) error {
	c := &call{positions: make([]Position, len(todo))}
	out := make([]kafkago.Message, len(todo))
	bytes := 0
	for i, at := range todo {
		m := messages[at]
		out[i] = kafkago.Message{Value: m.Value, WriterData: slot{call: c, at: i, last: i == len(todo)-1}}
		if len(m.Key) > 0 {
			out[i].Key = m.Key
		}
		for _, h := range m.Headers {
			out[i].Headers = append(out[i].Headers, kafkago.Header{Key: h.Key, Value: h.Value})
		}
		c.positions[i] = unwritten
		bytes += m.size()
	}
	weight := int64(min(bytes, w.opts.InFlight))
	if err := w.inFlight.Acquire(ctx, weight); err != nil {
		return fmt.Errorf("wait for earlier messages to be acknowledged: %w", err)
	}
	c.release = func() { w.inFlight.Release(weight) }
	c.waiting.Store(int64(len(out)))
	err := w.kafka.WriteMessages(ctx, out...)
	if !c.queued {
		c.release()
		return err
	}
	// When ctx ended first, completions still come and fill the call's positions:
	// those must not be looked at.
	if err != nil && c.waiting.Load() > 0 {
		return err
	}
	for i, at := range todo {
		positions[at] = c.positions[i]
	}
	return firstCause(err)
}

// Close waits for what is being written and ends the connections.
func (w *Writer) Close() error {
	err := w.kafka.Close()
	w.wire.close()
	if err != nil {
		return fmt.Errorf("close writer of %s: %w", w.opts.Topic, err)
	}
	return nil
}

func missing(positions []Position, todo []int) []int {
	left := todo[:0]
	for _, at := range todo {
		if positions[at] == unwritten {
			left = append(left, at)
		}
	}
	return left
}

// away says why: what the broker said last, and that time was up if it was.
func away(ctx context.Context, err error) ErrAway {
	switch cause := context.Cause(ctx); {
	case cause == nil:
		return ErrAway{Cause: err}
	case errors.Is(err, ctx.Err()):
		return ErrAway{Cause: cause}
	default:
		return ErrAway{Cause: fmt.Errorf("%w: %w", cause, err)}
	}
}

// firstCause is one of the errors that a call's batches met.
func firstCause(err error) error {
	var all kafkago.WriteErrors
	if errors.As(err, &all) {
		for _, one := range all {
			if one != nil {
				return one
			}
		}
	}
	return err
}

// hopeless says that trying again meets the same answer: the writer is closed, or
// the broker does not let us.
func hopeless(err error) bool {
	for _, final := range []error{
		io.ErrClosedPipe, kafkago.TopicAuthorizationFailed, kafkago.ClusterAuthorizationFailed,
		kafkago.SASLAuthenticationFailed, kafkago.InvalidTopic, kafkago.MessageSizeTooLarge, kafkago.InvalidRecord,
	} {
		if errors.Is(err, final) {
			return true
		}
	}
	return false
}
