package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"github.com/segmentio/kafka-go/compress"
)

// Header is a record's header.
type Header struct {
	Key   string
	Value []byte
}

// Record is what the log keeps. Its bytes are shared with its neighbours' and must
// not be changed; keeping one of them keeps some of theirs in memory.
type Record struct {
	Key       []byte // nil where there is none
	Value     []byte // nil where there is none
	Headers   []Header
	Partition int
	Offset    int64
	Time      time.Time // the producer's or the broker's, by the topic's settings
}

// aborted is a transaction that was taken back: the producer's records from first
// on, up to its next abort marker, do not count.
type aborted struct {
	producer int64
	first    int64
}

const (
	batchHead       = 61 // bytes before the first record
	transactional   = 1 << 4
	control         = 1 << 5
	compression     = 1<<3 - 1
	decompressLimit = 256 << 20 // bytes of one batch, against a bomb
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// readRecords reads the batches of a fetch answer from offset from on, up to but
// not including stable, without control markers and without what was aborted.
// next is the offset to fetch next: from where there was nothing. The last batch
// may be cut off by the size that was asked for; it comes again.
//
// Offsets have holes where markers, aborted records and compacted ones were.
func readRecords(set []byte, partition int, from, stable int64, taken []aborted) (records []Record, next int64, err error) {
	next = from
	dropped := map[int64]bool{} // producers with an aborted transaction open here
	for len(set) >= 12 && next < stable {
		size := int(int32(binary.BigEndian.Uint32(set[8:])))
		if size < batchHead-12 {
			return records, next, fmt.Errorf("read record batch: %w: it has %d bytes", errMalformed, size)
		}
		if size > len(set)-12 {
			return records, next, nil
		}
		b, err := readBatch(set[:12+size])
		if err != nil {
			return records, next, err
		}
		set = set[12+size:]
		if b.last < from {
			continue
		}
		// A transaction counts as aborted from its first record on, which may lie
		// in an earlier batch than any of this answer.
		for _, a := range taken {
			if a.first <= b.last && a.producer == b.producer && !b.control() {
				dropped[a.producer] = true
			}
		}
		switch {
		case b.control():
			if b.abortMarker() {
				delete(dropped, b.producer)
				taken = withoutFirst(taken, b.producer)
			}
		case b.transactional() && dropped[b.producer]:
		default:
			if records, err = b.appendTo(records, partition, from, stable); err != nil {
				return records, next, err
			}
		}
		next = min(b.last+1, stable)
	}
	return records, next, nil
}

// withoutFirst takes the producer's earliest aborted transaction off the list: its
// marker was seen, and what the producer writes after it counts again.
func withoutFirst(taken []aborted, producer int64) []aborted {
	at := -1
	for i, a := range taken {
		if a.producer == producer && (at < 0 || a.first < taken[at].first) {
			at = i
		}
	}
	if at < 0 {
		return taken
	}
	return append(append([]aborted(nil), taken[:at]...), taken[at+1:]...)
}

// batch is the unit in which the log keeps records, format 2.
type batch struct {
	base, last int64 // offsets
	attributes int16
	firstTime  int64 // milliseconds since 1970
	maxTime    int64
	producer   int64
	count      int
	records    []byte
}

func (b batch) control() bool       { return b.attributes&control != 0 }
func (b batch) transactional() bool { return b.attributes&transactional != 0 }

// readBatch reads the head and checks the sum. raw is one whole batch.
func readBatch(raw []byte) (batch, error) {
	c := cursor{b: raw}
	b := batch{base: c.int64()}
	c.int32() // size
	c.int32() // leader epoch
	if magic := c.int8(); magic != 2 {
		return batch{}, fmt.Errorf("read record batch at %d: format %d, only 2 is known", b.base, magic)
	}
	sum := uint32(c.int32())
	if got := crc32.Checksum(c.b, castagnoli); got != sum {
		return batch{}, fmt.Errorf("read record batch at %d: %w: its sum is %08x, and %08x stands in it", b.base, errMalformed, got, sum)
	}
	b.attributes = c.int16()
	b.last = b.base + int64(c.int32())
	b.firstTime = c.int64()
	b.maxTime = c.int64()
	b.producer = c.int64()
	c.int16() // producer epoch
	c.int32() // sequence
	b.count = int(c.int32())
	b.records = c.b
	if c.err != nil || b.last < b.base || b.count < 0 {
		return batch{}, fmt.Errorf("read record batch at %d: %w", b.base, errMalformed)
	}
	return b, nil
}

// abortMarker reads a control batch's one record: its key is a version and a type,
// of which 0 is abort.
func (b batch) abortMarker() bool {
	records, err := b.appendTo(nil, 0, 0, b.last+1)
	return err == nil && len(records) == 1 && len(records[0].Key) >= 4 && binary.BigEndian.Uint16(records[0].Key[2:]) == 0
}

func (b batch) appendTo(records []Record, partition int, from, stable int64) ([]Record, error) {
	raw, err := b.decompressed()
	if err != nil {
		return records, fmt.Errorf("read record batch at %d: %w", b.base, err)
	}
	const logAppendTime = 1 << 3
	c := cursor{b: raw}
	for range b.count {
		size := c.varint()
		if size < 0 || size > int64(len(c.b)) {
			c.fail()
			break
		}
		one := cursor{b: c.take(int(size))}
		one.int8() // attributes
		at := b.firstTime + one.varint()
		if b.attributes&logAppendTime != 0 {
			at = b.maxTime
		}
		r := Record{Partition: partition, Offset: b.base + one.varint(), Time: time.UnixMilli(at).UTC()}
		r.Key, r.Value = one.bytes(), one.bytes()
		if r.Headers = one.headers(); one.err != nil || r.Offset < b.base || r.Offset > b.last {
			c.fail()
			break
		}
		if r.Offset >= from && r.Offset < stable {
			records = append(records, r)
		}
	}
	if c.err != nil {
		return records, fmt.Errorf("read record batch at %d: %w", b.base, c.err)
	}
	return records, nil
}

func (b batch) decompressed() ([]byte, error) {
	kind := compress.Compression(b.attributes & compression)
	if kind == compress.None {
		return b.records, nil
	}
	codec := kind.Codec()
	if codec == nil {
		return nil, fmt.Errorf("unknown compression %d", kind)
	}
	r := codec.NewReader(bytes.NewReader(b.records))
	raw, err := io.ReadAll(io.LimitReader(r, decompressLimit+1))
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("decompress (%s): %w", codec.Name(), err)
	}
	if len(raw) > decompressLimit {
		return nil, fmt.Errorf("decompress (%s): more than %d bytes", codec.Name(), decompressLimit)
	}
	return raw, nil
}

// bytes has a length before it; −1 is null.
func (c *cursor) bytes() []byte {
	n := c.varint()
	if n < 0 || c.err != nil {
		return nil
	}
	if n > int64(len(c.b)) {
		c.fail()
		return nil
	}
	return c.take(int(n))
}

func (c *cursor) headers() []Header {
	n := c.varint()
	if n <= 0 || c.err != nil {
		return nil
	}
	if n > int64(len(c.b)) {
		c.fail()
		return nil
	}
	headers := make([]Header, 0, n)
	for range n {
		headers = append(headers, Header{Key: string(c.bytes()), Value: c.bytes()})
	}
	return headers
}
