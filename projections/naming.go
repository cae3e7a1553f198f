package projections

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/tellonce/tellonce/domain"
)

// naming is what the standing events of one reference name: the derived state from
// which its belonging follows. It is the same in whatever order facts are taken;
// nothing can be taken out of it, so that where an event no longer stands it is made
// again from those of the timeline that do.
type naming struct {
	owner     *mention  // of the last event in life that names a strong or an issued person
	continues *mention  // of the last event in life that says so
	weak      []mention // by person; each with the last event that names it
}

// mention is a person as an event names it, and that event's place in life.
type mention struct {
	domain.Named
	life lifeBytes
}

// take takes a fact of the reference.
func (n *naming) take(f *Fact, life lifeBytes) {
	if owner, ok := f.owner(); ok && (n.owner == nil || life.after(n.owner.life)) {
		n.owner = &mention{owner, life}
	}
	if !f.Continues.IsZero() && (n.continues == nil || life.after(n.continues.life)) {
		n.continues = &mention{domain.Named{Kind: domain.Reference, Person: f.Continues}, life}
	}
	for _, w := range f.Weak {
		i, found := slices.BinarySearchFunc(n.weak, w.Person, func(s mention, p domain.PersonID) int { return s.Person.Compare(p) })
		switch {
		case !found:
			n.weak = slices.Insert(n.weak, i, mention{w, life})
		case life.after(n.weak[i].life):
			n.weak[i].life = life
		}
	}
}

// leansOn is the person that the reference belongs with if that one belongs
// anywhere; fallsBackOn its weak identifier, where leansOn is another reference and
// may prove to go round in a circle. Zero where there is none.
func (n *naming) leansOn() (leansOn, fallsBackOn domain.Named) {
	weak := n.strongestWeak()
	switch {
	case n.owner != nil:
		leansOn = n.owner.Named
	case n.continues != nil:
		leansOn = n.continues.Named
	default:
		return weak, domain.Named{}
	}
	if leansOn.Kind == domain.Reference {
		fallsBackOn = weak
	}
	return leansOn, fallsBackOn
}

// strongestWeak is the weak person of the strongest kind, of several the one named
// last in life, of several in one event the smallest.
func (n *naming) strongestWeak() domain.Named {
	var best *mention
	for i := range n.weak {
		s := &n.weak[i]
		if best == nil || s.Kind.Rank() < best.Kind.Rank() || s.Kind == best.Kind && s.life.after(best.life) {
			best = s
		}
	}
	if best == nil {
		return domain.Named{}
	}
	return best.Named
}

// pairs calls yield for the links that the naming makes: its weak persons were seen
// with the strong one that it belongs to by its own naming.
func (n *naming) pairs(yield func(p pair, together bool)) {
	if n == nil || n.owner == nil || n.owner.Issued || !n.owner.Kind.Strong() {
		return
	}
	for _, w := range n.weak {
		yield(pair{w.Person, n.owner.Person}, false)
	}
}

func (n *naming) empty() bool {
	return n == nil || n.owner == nil && n.continues == nil && len(n.weak) == 0
}

var errNaming = errors.New("not the naming of a reference")

const issuedFlag = 0x80

// bytes writes a naming; nil where it is empty. Owner, then continues (kind 0xff
// where absent), then the weak ones.
func (n *naming) bytes() []byte {
	if n.empty() {
		return nil
	}
	b := appendMention(nil, n.owner)
	b = appendMention(b, n.continues)
	for i := range n.weak {
		b = appendMention(b, &n.weak[i])
	}
	return b
}

func appendMention(b []byte, m *mention) []byte {
	if m == nil {
		return append(b, 0xff)
	}
	head := byte(m.Kind.Rank())
	if m.Issued {
		head |= issuedFlag
	}
	b = append(append(b, head), m.Person[:]...)
	b = binary.AppendUvarint(b, uint64(len(m.life)))
	return append(b, m.life...)
}

// parseNaming reads what bytes wrote; nil is the empty naming.
func parseNaming(b []byte) (*naming, error) {
	n := &naming{}
	if b == nil {
		return n, nil
	}
	var err error
	if n.owner, b, err = parseMention(b); err != nil {
		return nil, err
	}
	if n.continues, b, err = parseMention(b); err != nil {
		return nil, err
	}
	for len(b) > 0 {
		var m *mention
		if m, b, err = parseMention(b); err != nil || m == nil {
			return nil, errNaming
		}
		n.weak = append(n.weak, *m)
	}
	return n, nil
}

var kindsByRank = []domain.Kind{domain.Account, domain.Line, domain.Email, domain.Phone, domain.Device, domain.Reference}

func parseMention(b []byte) (*mention, []byte, error) {
	if len(b) == 0 {
		return nil, nil, errNaming
	}
	if b[0] == 0xff {
		return nil, b[1:], nil
	}
	rank := int(b[0] &^ issuedFlag)
	if len(b) < 18 || rank >= len(kindsByRank) {
		return nil, nil, errNaming
	}
	m := &mention{Named: domain.Named{Kind: kindsByRank[rank], Person: domain.PersonID(b[1:17]), Issued: b[0]&issuedFlag != 0}}
	size, used := binary.Uvarint(b[17:])
	rest := b[17:]
	if used <= 0 || uint64(len(rest)-used) < size {
		return nil, nil, errNaming
	}
	m.life = bytes.Clone(rest[used : used+int(size)])
	return m, rest[used+int(size):], nil
}
