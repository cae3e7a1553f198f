package kafka

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// exchange is a request that kafka-go does not know in the form we need it. It
// travels over kafka-go's connections all the same, secured and pooled by them:
// kafka-go hands it the connection, and it writes and reads its own bytes.
type exchange struct {
	api     int16
	version int16
	// flexible says that the header has the tagged fields of newer versions.
	flexible bool
	body     []byte
	// route names the broker that must answer; nil for any.
	route func(protocol.Cluster) (protocol.Broker, error)

	client string
}

// answerLimit bounds an answer's size, so that a broken length cannot take all
// memory. A fetch asks for far less; one record batch may exceed what it asked.
const answerLimit = 256 << 20

// ask sends the request and returns the answer behind its header.
func (w *wire) ask(ctx context.Context, e exchange) (answerBytes, error) {
	e.client = w.client.opts.ClientID
	var req kafkago.Request = &e
	if e.route != nil {
		req = &routed{&e}
	}
	got, err := w.transport.RoundTrip(ctx, w.addr(), req)
	if err != nil {
		return nil, err
	}
	b, ok := got.(answerBytes)
	if !ok {
		return nil, fmt.Errorf("ask broker (api %d): unexpected answer %T", e.api, got)
	}
	return b, nil
}

// routed is an exchange that only one broker can answer. kafka-go looks for the
// method, so that it must be absent where any broker will do.
type routed struct{ *exchange }

func (r *routed) Broker(c protocol.Cluster) (protocol.Broker, error) { return r.route(c) }

// answerBytes is an answer without its header.
type answerBytes []byte

func (answerBytes) ApiKey() protocol.ApiKey { return 0 } // the library's spelling

func (e *exchange) ApiKey() protocol.ApiKey { return protocol.ApiKey(e.api) } // the library's spelling

// Required makes kafka-go leave the bytes to RawExchange, always.
func (e *exchange) Required(map[protocol.ApiKey]int16) bool { return true }

// RawExchange writes one framed request and reads one framed answer. A connection
// carries one exchange at a time, so any correlation id will do.
func (e *exchange) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	const correlation = 1
	frame := make([]byte, 4, 64+len(e.body))
	frame = binary.BigEndian.AppendUint16(frame, uint16(e.api))
	frame = binary.BigEndian.AppendUint16(frame, uint16(e.version))
	frame = binary.BigEndian.AppendUint32(frame, correlation)
	frame = appendString(frame, e.client)
	if e.flexible {
		frame = append(frame, 0) // no tagged fields
	}
	frame = append(frame, e.body...)
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	if _, err := rw.Write(frame); err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	var size [4]byte
	if _, err := io.ReadFull(rw, size[:]); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	n := binary.BigEndian.Uint32(size[:])
	if n < 4 || n > answerLimit {
		return nil, fmt.Errorf("read answer: %w: it has %d bytes", errMalformed, n)
	}
	answer := make([]byte, n)
	if _, err := io.ReadFull(rw, answer); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	c := cursor{b: answer}
	if id := c.int32(); id != correlation {
		return nil, fmt.Errorf("read answer: %w: it is to request %d", errMalformed, id)
	}
	if e.flexible {
		c.tags()
	}
	return answerBytes(c.b), c.err
}

var errMalformed = errors.New("malformed bytes from the broker")

// cursor reads Kafka's primitives from bytes. After the first error every read
// gives zero; the caller looks at err once.
type cursor struct {
	b   []byte
	err error
}

func (c *cursor) take(n int) []byte {
	if c.err != nil || n < 0 || n > len(c.b) {
		c.fail()
		return nil
	}
	out := c.b[:n:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) fail() {
	if c.err == nil {
		c.err = errMalformed
	}
	c.b = nil
}

func (c *cursor) int8() int8 {
	b := c.take(1)
	if b == nil {
		return 0
	}
	return int8(b[0])
}

func (c *cursor) int16() int16 {
	b := c.take(2)
	if b == nil {
		return 0
	}
	return int16(binary.BigEndian.Uint16(b))
}

func (c *cursor) int32() int32 {
	b := c.take(4)
	if b == nil {
		return 0
	}
	return int32(binary.BigEndian.Uint32(b))
}

func (c *cursor) int64() int64 {
	b := c.take(8)
	if b == nil {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}

func (c *cursor) uvarint() int {
	n, size := binary.Uvarint(c.b)
	if size <= 0 || n > answerLimit {
		c.fail()
		return 0
	}
	c.b = c.b[size:]
	return int(n)
}

// varint is zigzag coded, as records have it.
func (c *cursor) varint() int64 {
	n, size := binary.Varint(c.b)
	if size <= 0 {
		c.fail()
		return 0
	}
	c.b = c.b[size:]
	return n
}

// string is a string of the older versions; null reads as empty.
func (c *cursor) string() string {
	n := c.int16()
	if n < 0 {
		return ""
	}
	return string(c.take(int(n)))
}

// compactString is a string of the newer versions; null reads as empty.
func (c *cursor) compactString() string {
	n := c.uvarint()
	if n == 0 {
		return ""
	}
	return string(c.take(n - 1))
}

// length of an array of the older versions, each element at least min bytes long;
// null reads as none.
func (c *cursor) length(min int) int {
	n := int(c.int32())
	if n < 0 {
		return 0
	}
	if n > len(c.b)/min {
		c.fail()
		return 0
	}
	return n
}

// compactLength is length for the newer versions.
func (c *cursor) compactLength(min int) int {
	n := c.uvarint() - 1
	if n < 0 {
		return 0
	}
	if n > len(c.b)/min {
		c.fail()
		return 0
	}
	return n
}

// tags skips tagged fields.
func (c *cursor) tags() {
	for range c.uvarint() {
		if c.err != nil {
			return
		}
		c.uvarint()
		c.take(c.uvarint())
	}
}

func appendString(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
	return append(b, s...)
}

func appendCompactString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)+1))
	return append(b, s...)
}
