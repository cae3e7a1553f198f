package kafka

import kafkago "github.com/segmentio/kafka-go"

// Acks is what acknowledgement a writer asks for.
func Acks(w *Writer) string {
	if w.kafka.RequiredAcks == kafkago.RequireAll {
		return "all"
	}
	return w.kafka.RequiredAcks.String()
}

// Idle says whether nothing counts as in flight.
func Idle(w *Writer) bool {
	all := int64(w.opts.InFlight)
	if !w.inFlight.TryAcquire(all) {
		return false
	}
	w.inFlight.Release(all)
	return true
}

// ReadRecords decodes a record set as a fetch does.
func ReadRecords(set []byte, from, stable int64) ([]Record, int64, error) {
	return readRecords(set, 0, from, stable, nil)
}

// ReadFetched decodes a whole answer to a fetch.
func ReadFetched(answer []byte, from int64) ([]Record, int64, error) {
	f, err := readFetched(answer, 0, from)
	return f.records, f.next, err
}

// ReadDescribed decodes a description of a topic.
func ReadDescribed(answer []byte, topic string) (partitions int, err error) {
	d, err := readDescribed(answer, topic)
	return len(d.partitions), err
}
