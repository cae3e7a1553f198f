package domain

import (
	"cmp"
	"strings"
	"time"
)

// NoSequence is the sequence of an event whose tool keeps no counter: it comes
// before 0.
const NoSequence int64 = -1

// LifeKey places an event in a customer's life: by time, source, subject,
// sequence, id, texts by bytes. Partition, offset and recorded time never do.
// Two standing events of equal LifeKey are the same event.
type LifeKey struct {
	Time     time.Time // UTC, whole microseconds
	Source   string
	Subject  string
	Sequence int64 // NoSequence where absent
	ID       string
}

// Compare is the life order: negative where k comes before l.
func (k LifeKey) Compare(l LifeKey) int {
	if c := k.Time.Compare(l.Time); c != 0 {
		return c
	}
	if c := strings.Compare(k.Source, l.Source); c != 0 {
		return c
	}
	if c := strings.Compare(k.Subject, l.Subject); c != 0 {
		return c
	}
	if c := cmp.Compare(k.Sequence, l.Sequence); c != 0 {
		return c
	}
	return strings.Compare(k.ID, l.ID)
}
