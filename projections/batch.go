package projections

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// batchWork is a batch on its way in, read once however often it starts over.
type batchWork struct {
	place          topicPartition
	expected, next int64 // the checkpoint before and after
	read           *batchRead
	hint           []domain.PersonID // customers that an earlier attempt found it needs
}

// batchRead is what a batch's messages say of each identity, duplicates put together.
type batchRead struct {
	arrivals   map[domain.EventID]*arrival
	identities []domain.EventID // those of arrivals, ascending
	unreadable []unreadable
	recorded   *time.Time // the latest
}

// arrival is what the messages of a batch say of one identity, in itself a verdict.
type arrival struct {
	verdict
	record     *domain.Recorded // of the winner
	statements []Statement      // distinct
}

// unreadable is a message that is no record to this version.
type unreadable struct {
	offset int64
	reason string
	record []byte
}

func readBatch(batch []Message, broken *broken) *batchRead {
	b := &batchRead{arrivals: make(map[domain.EventID]*arrival, len(batch))}
	for i := range batch {
		r, err := readRecord(batch[i].Value)
		if err != nil {
			b.unreadable = append(b.unreadable, unreadable{batch[i].Offset, storable(err.Error()), batch[i].Value})
			continue
		}
		if b.recorded == nil || r.RecordedTime.After(*b.recorded) {
			b.recorded = &r.RecordedTime
		}
		b.take(&r, broken)
	}
	b.identities = make([]domain.EventID, 0, len(b.arrivals))
	for identity := range b.arrivals {
		b.identities = append(b.identities, identity)
	}
	slices.SortFunc(b.identities, domain.EventID.Compare)
	return b
}

func (b *batchRead) take(r *domain.Recorded, broken *broken) {
	identity, w := r.Identity(), wordingOf(r)
	a := b.at(identity)
	if a.take(&w, broken) {
		a.record = r
	}
	if s := (Statement{w.revision, w.digest}); !slices.Contains(a.statements, s) {
		a.statements = append(a.statements, s)
	}
	if target, revision, ok := retractionOf(r); ok {
		b.at(target).retract(revision, identity)
	}
}

func (b *batchRead) at(identity domain.EventID) *arrival {
	a := b.arrivals[identity]
	if a == nil {
		a = &arrival{verdict: newVerdict()}
		b.arrivals[identity] = a
	}
	return a
}

var errUnstorable = errors.New("it holds what the database cannot store")

// readRecord reads a record that the database can store. What it cannot, intake
// refuses: U+0000, a revision beyond 31 bits.
func readRecord(value []byte) (domain.Recorded, error) {
	r, err := domain.DecodeRecord(value)
	if err != nil {
		return r, err
	}
	retracts := 0
	if e, ok := r.Event.(*domain.EventRetracted); ok && e.Revision != nil {
		retracts = *e.Revision
	}
	if bytes.Contains(value, []byte(`\u0000`)) || min(r.Revision, retracts) < 0 || max(r.Revision, retracts) > math.MaxInt32 {
		return r, errUnstorable
	}
	return r, nil
}

func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "�")
}
