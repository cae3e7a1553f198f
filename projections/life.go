package projections

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/tellonce/tellonce/domain"
)

// lifeBytes is a place in a life in bytes that compare as the life order does.
// Texts hold no U+0000, which intake refuses.
type lifeBytes []byte

func lifeOf(r *domain.Recorded) lifeBytes {
	b := make(lifeBytes, 0, 18+len(r.Source)+len(r.Subject)+len(r.ID))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Time.UnixMicro())^1<<63)
	b = append(append(b, r.Source...), 0)
	b = append(append(b, r.Subject...), 0)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Sequence)^1<<63)
	return append(b, r.ID...)
}

func (l lifeBytes) after(m lifeBytes) bool { return bytes.Compare(l, m) > 0 }

// lived is an event and its place in life.
type lived struct {
	*domain.Recorded
	life lifeBytes
}

func inLifeOrder(events []lived) {
	slices.SortFunc(events, func(a, b lived) int { return bytes.Compare(a.life, b.life) })
}
