package kafka_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"testing"

	"github.com/segmentio/kafka-go/compress"
	"github.com/segmentio/kafka-go/protocol"
	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/internal/kafka"
)

// encoded is one record batch as another library writes it, first offset base.
func encoded(t testing.TB, base int64, kind compress.Compression, values ...string) []byte {
	t.Helper()
	var records []protocol.Record
	for _, v := range values {
		records = append(records, protocol.Record{Key: protocol.NewBytes([]byte("k" + v)), Value: protocol.NewBytes([]byte(v)), Headers: []protocol.Header{{Key: "h", Value: []byte(v)}}})
	}
	set := protocol.RecordSet{Version: 2, Attributes: protocol.Attributes(kind), Records: protocol.NewRecordReader(records...)}
	var b bytes.Buffer
	if _, err := set.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	out := b.Bytes()[4:] // its size
	binary.BigEndian.PutUint64(out, uint64(base))
	return out
}

// resealed has the sum of its changed bytes.
func resealed(batch []byte) []byte {
	binary.BigEndian.PutUint32(batch[17:], crc32.Checksum(batch[21:], crc32.MakeTable(crc32.Castagnoli)))
	return batch
}

const everything = int64(1) << 60

func TestRecordsOfEachCompressionAreRead(t *testing.T) {
	for _, kind := range []compress.Compression{compress.None, compress.Gzip, compress.Snappy, compress.Lz4, compress.Zstd} {
		set := append(encoded(t, 10, kind, "a", "b"), encoded(t, 12, kind, "c")...)
		got, next, err := kafka.ReadRecords(set, 11, everything)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if len(got) != 2 || got[0].Offset != 11 || string(got[0].Value) != "b" || string(got[0].Key) != "kb" || string(got[0].Headers[0].Value) != "b" || string(got[1].Value) != "c" || next != 13 {
			t.Errorf("%s: got %+v, next %d", kind, got, next)
		}
	}
}

func TestBatchThatIsCutOffComesAgain(t *testing.T) {
	whole, part := encoded(t, 0, compress.None, "a"), encoded(t, 1, compress.None, "b")
	for cut := range part {
		got, next, err := kafka.ReadRecords(append(bytes.Clone(whole), part[:cut]...), 0, everything)
		if err != nil || len(got) != 1 || next != 1 {
			t.Fatalf("cut at %d: %d records, next %d, %v; want 1, 1 and nothing", cut, len(got), next, err)
		}
	}
}

func TestDamagedBatchIsNoRecord(t *testing.T) {
	good := encoded(t, 0, compress.None, "a", "b")
	for at := 17; at < len(good); at++ { // the sum covers what is behind it
		bad := bytes.Clone(good)
		bad[at] ^= 1
		if got, _, err := kafka.ReadRecords(bad, 0, everything); err == nil {
			t.Fatalf("byte %d changed: read as %+v", at, got)
		}
	}
}

func TestRecordsFromTheStableOffsetOnAreHeldBack(t *testing.T) {
	got, next, err := kafka.ReadRecords(encoded(t, 0, compress.None, "a", "b", "c"), 0, 2)
	if err != nil || len(got) != 2 || next != 2 {
		t.Errorf("got %d records, next %d, %v; want 2, 2 and nothing", len(got), next, err)
	}
}

func TestBatchEmptiedByCompactionIsPassed(t *testing.T) {
	empty := encoded(t, 5, compress.None, "a", "b", "c")[:61]
	binary.BigEndian.PutUint32(empty[8:], 61-12)
	binary.BigEndian.PutUint32(empty[57:], 0)
	got, next, err := kafka.ReadRecords(resealed(empty), 5, everything)
	if err != nil || len(got) != 0 || next != 8 {
		t.Errorf("got %d records, next %d, %v; want 0, 8 and nothing", len(got), next, err)
	}
}

// However a log is cut into batches and answers, reading on from next gives every
// record once.
func TestReadingOnFromNextGivesEachRecordOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var set []byte
		var want []string
		base := int64(0)
		for range rapid.IntRange(1, 5).Draw(r, "batches") {
			n := rapid.IntRange(1, 4).Draw(r, "records")
			var values []string
			for i := range n {
				values = append(values, fmt.Sprint(base+int64(i)))
			}
			kind := rapid.SampledFrom([]compress.Compression{compress.None, compress.Lz4}).Draw(r, "compression")
			set = append(set, encoded(t, base, kind, values...)...)
			want = append(want, values...)
			base += int64(n) + int64(rapid.IntRange(0, 2).Draw(r, "hole"))
		}
		var got []string
		for next := int64(0); len(got) < len(want); {
			records, to, err := kafka.ReadRecords(set[:rapid.IntRange(0, len(set)).Draw(r, "answer")], next, everything)
			if err != nil {
				r.Fatal(err)
			}
			if len(records) == 0 && to == next { // the answer was cut off in its first batch
				if records, to, err = kafka.ReadRecords(set, next, everything); err != nil {
					r.Fatal(err)
				}
			}
			for _, one := range records {
				got = append(got, string(one.Value))
			}
			next = to
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			r.Fatalf("got %v, want %v", got, want)
		}
	})
}

func FuzzReadRecords(f *testing.F) {
	f.Add(encoded(f, 3, compress.None, "a", "b"))
	f.Add(encoded(f, 3, compress.Zstd, "a", "b"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, set []byte) {
		for _, s := range [][]byte{set, resealedIfBatch(set)} {
			records, next, err := kafka.ReadRecords(s, 3, everything)
			if next < 3 {
				t.Errorf("next went back to %d", next)
			}
			for _, r := range records {
				if err == nil && (r.Offset < 3 || r.Offset >= next) {
					t.Errorf("offset %d is outside of 3 to %d", r.Offset, next)
				}
			}
		}
	})
}

// resealedIfBatch lets the fuzzer come past the sum.
func resealedIfBatch(set []byte) []byte {
	if len(set) < 61 {
		return set
	}
	set = bytes.Clone(set)
	binary.BigEndian.PutUint32(set[8:], uint32(len(set)-12))
	set[16] = 2
	return resealed(set)
}

func FuzzReadFetched(f *testing.F) {
	f.Add(make([]byte, 100))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if _, next, _ := kafka.ReadFetched(answer, 0); next < 0 {
			t.Errorf("next is %d", next)
		}
	})
}

func FuzzReadDescribed(f *testing.F) {
	f.Add(make([]byte, 60), "t")
	f.Fuzz(func(t *testing.T, answer []byte, topic string) {
		if n, err := kafka.ReadDescribed(answer, topic); err != nil && n != 0 {
			t.Errorf("%d partitions beside %v", n, err)
		}
	})
}
