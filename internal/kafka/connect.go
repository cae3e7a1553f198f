package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Options say how to reach the brokers. A zero takes the default.
type Options struct {
	Brokers  []string      // host:port; some of the cluster's are enough
	ClientID string        // what the brokers' logs call us; tellonce
	Patience time.Duration // for one request, beyond what it asks the broker to wait; 5 s
	Log      *slog.Logger  // says nothing by default
	// Dial opens a connection to a broker; net.Dialer's by default.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Client is the door to one cluster: every writer and consumer is made here, so
// that how connections are made and secured stands in one place. It is safe for
// use by many at once.
type Client struct {
	opts Options
	wire *wire // for questions about topics and offsets
}

// Connect checks the options. It does not connect yet: what is asked first does.
func Connect(opts Options) (*Client, error) {
	if len(opts.Brokers) == 0 {
		return nil, errors.New("connect to Kafka: no brokers given, expected host:port")
	}
	for _, b := range opts.Brokers {
		if _, _, err := net.SplitHostPort(b); err != nil {
			return nil, fmt.Errorf("connect to Kafka: broker %q: expected host:port: %w", b, err)
		}
	}
	if opts.ClientID == "" {
		opts.ClientID = "tellonce"
	}
	if opts.Patience == 0 {
		opts.Patience = 5 * time.Second
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Dial == nil {
		opts.Dial = (&net.Dialer{}).DialContext
	}
	c := &Client{opts: opts}
	c.wire = c.newWire()
	return c, nil
}

// Close ends the client's own connections. Writers and consumers have theirs and
// are closed by themselves.
func (c *Client) Close() { c.wire.close() }

// wire is one user's connections to the cluster, which can be cut all at once.
// kafka-go keeps its sockets to itself, and waits for running requests when it is
// told to end; so the sockets are noted as they are opened.
type wire struct {
	client    *Client
	transport *kafkago.Transport
	dialer    *kafkago.Dialer

	mu      sync.Mutex
	sockets map[*socket]struct{}
	closed  bool
}

// newWire is the one place where connections to brokers are set up, for requests
// and for consumer groups alike: whatever secures them belongs here.
//
// topics, where given, are all that the metadata asked for in the background
// covers.
func (c *Client) newWire(topics ...string) *wire {
	w := &wire{client: c, sockets: map[*socket]struct{}{}}
	w.transport = &kafkago.Transport{
		Dial: w.dial, DialTimeout: c.opts.Patience, ClientID: c.opts.ClientID,
		// How long a moved leader may stay unnoticed.
		MetadataTTL: time.Second, MetadataTopics: topics,
	}
	w.dialer = &kafkago.Dialer{DialFunc: w.dial, Timeout: c.opts.Patience, ClientID: c.opts.ClientID}
	return w
}

func (w *wire) addr() net.Addr { return kafkago.TCP(w.client.opts.Brokers...) }

// api is kafka-go's client on this wire.
func (w *wire) api() *kafkago.Client {
	return &kafkago.Client{Addr: w.addr(), Timeout: w.client.opts.Patience, Transport: w.transport}
}

// cut resets every socket and forgets what was known of the cluster. Requests
// under way fail; the next one dials again.
func (w *wire) cut() {
	w.mu.Lock()
	sockets := w.sockets
	w.sockets = map[*socket]struct{}{}
	w.mu.Unlock()
	w.transport.CloseIdleConnections()
	for s := range sockets {
		_ = s.Conn.Close()
	}
}

// close is cut, and refuses to dial from then on.
func (w *wire) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.cut()
}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := w.client.opts.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	s := &socket{Conn: conn, wire: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, errors.Join(io.ErrClosedPipe, conn.Close())
	}
	w.sockets[s] = struct{}{}
	return s, nil
}

// socket takes itself off the list when it is closed.
type socket struct {
	net.Conn

	wire *wire
}

func (s *socket) Close() error {
	s.wire.mu.Lock()
	delete(s.wire.sockets, s)
	s.wire.mu.Unlock()
	return s.Conn.Close()
}
