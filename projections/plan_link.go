package projections

import (
	"context"
	"fmt"
	"slices"

	"github.com/tellonce/tellonce/domain"
)

// nameReferences works out what the references that events of this batch speak of
// are named now, and which links follow from it.
func (p *plan) nameReferences(ctx context.Context) error {
	again, err := p.readAgain(ctx)
	if err != nil {
		return err
	}
	var targets []domain.Named
	for _, reference := range sortedKeys(p.refs) {
		spoken := p.refs[reference]
		names, owned := &naming{}, false
		n := p.nodes[reference]
		if n != nil && n.stored != nil {
			if names, err = parseNaming(n.stored.naming); err != nil {
				return fmt.Errorf("read naming of reference %s: %w", reference, err)
			}
			owned = names.owner != nil
			names.pairs(func(l pair, together bool) { p.link(l, together, -1) })
			if spoken.lost {
				names = &naming{}
			}
			p.lock(n)
		}
		for _, e := range slices.Concat(again[reference], spoken.taken) {
			names.take(&e.fact, e.life)
		}
		names.pairs(func(l pair, together bool) { p.link(l, together, 1) })
		for i := range names.weak {
			p.kinds[names.weak[i].Person] = names.weak[i].Kind
		}
		if n == nil {
			if names.empty() {
				continue
			}
			n = p.need(reference)
		}
		leansOn, fallsBackOn := names.leansOn()
		n.names, n.naming = names, names.bytes()
		// To belong with a shared telephone it takes an owner's word; to lean on one
		// it does not. So the same person may be another reason.
		n.moved = n.stored == nil || n.leansOn != leansOn.Person || n.fallsBackOn != fallsBackOn.Person || owned != (names.owner != nil)
		n.leansOn, n.fallsBackOn = leansOn.Person, fallsBackOn.Person
		if names.empty() {
			p.loose[reference] = struct{}{}
		}
		targets = append(targets, leansOn, fallsBackOn)
	}
	return p.needTargets(ctx, targets)
}

// readAgain reads from the timeline, by reference, the events that go on standing of
// those references of which one stands no longer.
func (p *plan) readAgain(ctx context.Context) (map[domain.PersonID][]*standingEvent, error) {
	var lost []domain.PersonID
	for reference, spoken := range p.refs {
		if spoken.lost {
			lost = append(lost, reference)
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	leaving := map[domain.EventID]bool{}
	for i := range p.changes {
		leaving[p.changes[i].identity] = true
	}
	again := map[domain.PersonID][]*standingEvent{}
	err := readTimeline(ctx, p.tx, p.sql.timelineOfReferences, lost, func(_ domain.PersonID, e lived) error {
		if !leaving[e.Identity()] {
			again[e.Reference] = append(again[e.Reference], &standingEvent{e, FactOf(e.Recorded)})
		}
		return nil
	})
	return again, err
}

// needTargets loads whom links name, and sees to it that those whom references lean
// on have nodes. It asks for the locks of those whom a reference has begun or ceased
// to lean on: who moves any of these looks up, under the same lock, who leans on it.
func (p *plan) needTargets(ctx context.Context, targets []domain.Named) error {
	var persons []domain.PersonID
	for _, t := range targets {
		if !t.Person.IsZero() {
			p.kinds[t.Person] = t.Kind
			persons = append(persons, t.Person)
		}
	}
	for reference := range p.refs {
		if n := p.nodes[reference]; n != nil && n.moved && n.stored != nil {
			persons = append(persons, n.stored.leansOn, n.stored.fallsBackOn)
		}
	}
	for l := range p.links {
		persons = append(persons, l.a, l.b)
	}
	if err := p.loadPersons(ctx, persons); err != nil {
		return err
	}
	for reference := range p.refs {
		n := p.nodes[reference]
		if n == nil || !n.moved {
			continue
		}
		for _, t := range []domain.PersonID{n.leansOn, n.fallsBackOn} {
			if !t.IsZero() {
				p.lock(p.need(t))
			}
		}
		if n.stored == nil {
			continue
		}
		for _, t := range []domain.PersonID{n.stored.leansOn, n.stored.fallsBackOn} {
			if old := p.nodes[t]; old != nil {
				p.lock(old)
				p.loose[t] = struct{}{}
			}
		}
	}
	return nil
}

// countLinks learns which links appear and which vanish. The customer of the
// stronger person guards a link's count, those of both its existence: so many
// batches may count sightings of one telephone without waiting for each other.
func (p *plan) countLinks(ctx context.Context) error {
	var stored []pair
	for l, change := range p.links {
		if change.delta == 0 {
			delete(p.links, l)
		} else if p.isStored(l.a) && p.isStored(l.b) {
			stored = append(stored, l)
		}
	}
	if err := p.loadLinks(ctx, stored, func(l pair, n int) { p.links[l].stored = n }); err != nil {
		return err
	}
	for l, change := range p.links {
		if change.stored+change.delta < 0 {
			p.doubts("count link %s–%s: %d events less than none", l.a, l.b, -change.stored-change.delta)
		}
		a, b := p.need(l.a), p.need(l.b)
		p.lock(b)
		if !change.appears() && !change.vanishes() {
			continue
		}
		p.lock(a)
		if change.vanishes() {
			p.loose[l.a], p.loose[l.b] = struct{}{}, struct{}{}
		}
		if !change.together {
			p.weak[l.a] = a
		}
	}
	return nil
}

func (p *plan) isStored(person domain.PersonID) bool {
	n := p.nodes[person]
	return n != nil && n.stored != nil
}
