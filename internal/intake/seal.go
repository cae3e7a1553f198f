package intake

import (
	"context"
	"slices"
	"strings"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/ring"
)

// group is the personal values of one class of an event that are sealed under one
// person.
type group struct {
	person domain.PersonID
	kind   domain.Kind
	class  domain.Class
	values map[string]any // by JSON pointer into data
}

// sealOrder is the order of the classes in a record.
var sealOrder = []domain.Class{domain.Words, domain.IdentifierCls, domain.Place, domain.Bank, domain.Staff}

// seal seals what was taken from all events, in one call of the ring. An identifier
// is sealed under its own person, an agent's id and name under the agent's, and all
// else under the strongest identifier that the event names, else under its reference.
func (in *Intake) seal(ctx context.Context, items []*item) error {
	sealings := make([]ring.Sealing, 0, len(items))
	sealed := make([]*item, 0, len(items))
	room := make([]byte, 0, 256*len(items))
	for _, it := range items {
		it.gather()
		if len(it.groups) == 0 {
			continue
		}
		s := ring.Sealing{Event: &it.record, Plains: make([]ring.Plain, len(it.groups))}
		for i, g := range it.groups {
			from := len(room)
			room = appendObject(room, g.values)
			s.Plains[i] = ring.Plain{Person: g.person, Kind: g.kind, Class: g.class, JSON: room[from:]}
		}
		sealings, sealed = append(sealings, s), append(sealed, it)
	}
	if len(sealings) == 0 {
		return nil
	}
	all, err := in.ring.SealAll(ctx, sealings)
	if err != nil {
		return err
	}
	for i, it := range sealed {
		it.record.Personal = all[i]
		if len(all[i]) < len(it.groups) {
			it.warn(WarnUnsealable, "/data", "Taken without part of what is personal: the keys of a person it names are destroyed.")
		}
	}
	return nil
}

// gather puts what was taken into the groups it is sealed in, in the order of class,
// then of person.
func (it *item) gather() {
	strongest, kind := keyHolder(&it.record)
	for _, class := range sealOrder {
		from := len(it.groups)
		for pointer, value := range it.taken[class] {
			person, kind := strongest, kind
			if n := it.owner(class, pointer); n != nil {
				person, kind = n.person, n.id.Kind
			}
			it.put(from, group{person: person, kind: kind, class: class}, pointer, value)
		}
		slices.SortFunc(it.groups[from:], func(a, b group) int { return a.person.Compare(b.person) })
	}
}

func (it *item) put(from int, g group, pointer string, value any) {
	for i := from; i < len(it.groups); i++ {
		if it.groups[i].person == g.person {
			it.groups[i].values[pointer] = value
			return
		}
	}
	g.values = map[string]any{pointer: value}
	it.groups = append(it.groups, g)
}

// owner is whom a value itself names, nil where nobody: an identifier, or the id or
// name of an agent.
func (it *item) owner(class domain.Class, pointer string) *name {
	for i := range it.names {
		n := &it.names[i]
		switch {
		case class == domain.IdentifierCls && n.pointer == pointer:
			return n
		case class == domain.Staff && n.role == ofAgent && strings.HasPrefix(pointer, strings.TrimSuffix(n.pointer, "id")):
			return n
		}
	}
	return nil
}

// keyHolder is under whom an event's personal values are sealed that name nobody
// themselves: the strongest identifier that it names (strong, else weak), else its
// reference, else the one it goes to. An id that tellonce issued counts as what it
// names, so that erasing that customer reaches the event.
func keyHolder(r *domain.Recorded) (domain.PersonID, domain.Kind) {
	switch {
	case len(r.Persons) > 0:
		return r.Persons[0].Person, r.Persons[0].Kind
	case !r.Reference.IsZero():
		return r.Reference, domain.Reference
	default:
		return r.Person, domain.Reference
	}
}
