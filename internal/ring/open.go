package ring

import (
	"github.com/tellonce/tellonce/domain"
)

// Opener opens the seals of the persons whose rows it was given. It does no I/O and
// is safe for use by many at once. What it opens is as fresh as the rows: a seed
// destroyed before they were read is destroyed for it.
type Opener struct {
	ring *Ring
	rows map[domain.PersonID]Wrapped
}

// Opener opens what is sealed under these persons. Their rows are read by the
// caller's own statement:
//
//	SELECT person, seed, wrap FROM ring.person WHERE person = ANY ($1)
func (r *Ring) Opener(rows []Wrapped) *Opener {
	o := &Opener{ring: r, rows: make(map[domain.PersonID]Wrapped, len(rows))}
	for _, w := range rows {
		o.rows[w.Person] = w
	}
	return o
}

// Open is the plaintext of a seal of the event, a JSON object {JSON pointer into
// data: value}. Its only error is ErrUnopenable, a normal value, with the reason.
func (o *Opener) Open(event *domain.Recorded, s domain.Sealed) ([]byte, error) {
	person, m, ok := readKeyID(s.Key)
	if !ok {
		return nil, errKeyID
	}
	row, ok := o.rows[person]
	if !ok {
		return nil, errNoSeed
	}
	seed, err := o.ring.seedOf(row)
	if err != nil {
		return nil, err
	}
	box, err := newBox(o.ring.monthKey(seed, s.Class, m))
	if err != nil {
		return nil, errSeal
	}
	plain, err := box.Open(nil, nil, s.Sealed, sealContext(event, s.Class))
	if err != nil {
		return nil, errSeal
	}
	return plain, nil
}

// PersonOf is whose key a seal needs; false where its key id is none of ours.
func (o *Opener) PersonOf(s domain.Sealed) (domain.PersonID, bool) { return PersonOf(s) }

// PersonOf is whose key a seal needs; false where its key id is none of ours.
func PersonOf(s domain.Sealed) (domain.PersonID, bool) {
	person, _, ok := readKeyID(s.Key)
	return person, ok
}
