package projections

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// change is an identity whose standing copy is another than before.
type change struct {
	identity domain.EventID
	old, new *standingEvent // nil: none stood, none stands
}

// standingEvent is a copy that stands or stood.
type standingEvent struct {
	lived
	fact Fact
}

func standingEventOf(r *domain.Recorded) *standingEvent {
	return &standingEvent{lived: lived{r, lifeOf(r)}, fact: FactOf(r)}
}

// member is a row of engine.person.
type member struct {
	customer    domain.PersonID
	shared      bool
	first, last *time.Time
	leansOn     domain.PersonID // zero: null
	fallsBackOn domain.PersonID
	naming      []byte
}

func (m *member) equal(o *member) bool {
	return m.customer == o.customer && m.shared == o.shared && sameTime(m.first, o.first) && sameTime(m.last, o.last) &&
		m.leansOn == o.leansOn && m.fallsBackOn == o.fallsBackOn && bytes.Equal(m.naming, o.naming)
}

func sameTime(t, u *time.Time) bool {
	return t == u || t != nil && u != nil && t.Equal(*u)
}

// node is a person in a plan: as it is stored, and as it will be.
type node struct {
	person domain.PersonID
	kind   domain.Kind
	stored *member // nil: it is not there yet
	member
	root     domain.PersonID
	names    *naming // of a reference; nil where it was not needed
	moved    bool    // whom it leans on changed, or why
	recount  bool    // an event was taken out of its timeline
	expanded bool    // whoever depends on it was looked up
}

// group is a row of engine.customer.
type group struct {
	customer, root domain.PersonID
	last           lifeBytes
	changed        int64 // transaction that last wrote it
}

// linkChange is a link that events of this batch say or no longer say.
type linkChange struct {
	together      bool
	stored, delta int
}

func (l *linkChange) appears() bool { return l.stored == 0 && l.delta > 0 }
func (l *linkChange) vanishes() bool {
	return l.stored > 0 && l.stored+l.delta == 0
}

// plan is what a batch's changes do to belonging, worked out from what the database
// holds and not yet written. It reads, it does not lock: locks is what must be
// locked, unchanged since it was read, before the plan may be written.
type plan struct {
	tx      transaction
	sql     *statements
	changes []change
	ours    map[domain.PersonID]*node // persons that this transaction made, as it made them

	nodes  map[domain.PersonID]*node
	looked map[domain.PersonID]struct{} // for whom the database was asked
	groups map[domain.PersonID]*group   // by customer, as first read
	kinds  map[domain.PersonID]domain.Kind
	links  map[pair]*linkChange
	refs   map[domain.PersonID]*spokenOf
	locks  map[domain.PersonID]struct{}
	loose  map[domain.PersonID]struct{} // persons that perhaps nothing needs any more
	// doubt is what cannot be. Where nothing is locked yet, two reads may have had
	// a commit of another batch between them; behind the locks it is an error.
	doubt error

	weak     map[domain.PersonID]*node           // weak persons to place again
	named    map[domain.PersonID]domain.PersonID // customer of each root that has won or lost somebody
	renamed  map[domain.PersonID]domain.PersonID // customer → the same customer's new id
	vanished map[domain.PersonID]struct{}        // customers that are no more
}

// spokenOf is a reference of which events of this batch speak.
type spokenOf struct {
	taken []*standingEvent
	lost  bool // an event that spoke of it stands no longer
}

func (r *run) newPlan(ctx context.Context) (*plan, error) {
	p := &plan{
		tx: r.tx, sql: r.sql, changes: r.changes, ours: r.ours,
		nodes: map[domain.PersonID]*node{}, looked: map[domain.PersonID]struct{}{}, groups: map[domain.PersonID]*group{}, kinds: map[domain.PersonID]domain.Kind{},
		links: map[pair]*linkChange{}, refs: map[domain.PersonID]*spokenOf{},
		locks: map[domain.PersonID]struct{}{}, loose: map[domain.PersonID]struct{}{},
		weak: map[domain.PersonID]*node{}, named: map[domain.PersonID]domain.PersonID{},
		renamed: map[domain.PersonID]domain.PersonID{}, vanished: map[domain.PersonID]struct{}{},
	}
	p.collect()
	for _, stage := range []func(context.Context) error{
		p.loadCollected, p.nameReferences, p.countLinks, p.settleStrong, p.settleWeak, p.settleReferences, p.nameCustomers,
	} {
		if err := stage(ctx); err != nil {
			return nil, fmt.Errorf("plan belonging: %w", err)
		}
	}
	return p, nil
}

// collect reads the facts that come and go.
func (p *plan) collect() {
	for i := range p.changes {
		c := &p.changes[i]
		if c.old != nil {
			p.collectFact(c.old, -1)
		}
		if c.new != nil {
			p.collectFact(c.new, 1)
		}
	}
}

func (p *plan) collectFact(e *standingEvent, sign int) {
	f := &e.fact
	p.kinds[f.Person.Person] = f.Person.Kind
	for _, named := range slices.Concat(f.Strong, f.Weak) {
		p.kinds[named.Person] = named.Kind
	}
	if f.Issued != nil {
		p.kinds[f.Issued.Person] = f.Issued.Kind
	}
	f.pairs(func(l pair, together bool) { p.link(l, together, sign) })
	if !f.speaksOfReference() {
		return
	}
	p.kinds[f.Reference] = domain.Reference
	if !f.Continues.IsZero() {
		p.kinds[f.Continues] = domain.Reference
	}
	spoken := p.refs[f.Reference]
	if spoken == nil {
		spoken = &spokenOf{}
		p.refs[f.Reference] = spoken
	}
	if sign > 0 {
		spoken.taken = append(spoken.taken, e)
	} else {
		spoken.lost = true
	}
}

func (p *plan) link(l pair, together bool, delta int) {
	change := p.links[l]
	if change == nil {
		change = &linkChange{together: together}
		p.links[l] = change
	}
	change.delta += delta
}

// loadCollected loads whoever the facts name, and puts the events into their
// persons' timelines.
func (p *plan) loadCollected(ctx context.Context) error {
	if err := p.loadPersons(ctx, sortedKeys(p.kinds)); err != nil {
		return err
	}
	for i := range p.changes {
		c := &p.changes[i]
		if c.old != nil {
			n := p.nodes[c.old.Person]
			if n == nil {
				p.doubts("take event %s out of the timeline: its person %s is not there", c.identity, c.old.Person)
				n = p.need(c.old.Person)
			}
			n.recount = true
			p.loose[n.person] = struct{}{}
			p.lock(n)
		}
		if c.new != nil {
			n := p.need(c.new.Person)
			n.first, n.last = earlier(n.first, c.new.Time), later(n.last, c.new.Time)
			p.lock(n)
		}
	}
	return nil
}

// need is the node of the person, made where it is not there.
func (p *plan) need(person domain.PersonID) *node {
	n := p.nodes[person]
	if n == nil {
		n = &node{person: person, kind: p.kinds[person], root: person}
		p.nodes[person] = n
		if n.kind.Weak() {
			p.weak[person] = n
		}
	}
	return n
}

func (p *plan) doubts(format string, args ...any) {
	if p.doubt == nil {
		p.doubt = fmt.Errorf("plan belonging: "+format, args...)
	}
}

// lock asks for the lock of the customer that the person belongs to now. Who is not
// there yet is locked by making it.
func (p *plan) lock(n *node) {
	if n.stored != nil {
		p.locks[n.stored.customer] = struct{}{}
	}
}

// storedRoot is the root of the person's customer as it is stored.
func (p *plan) storedRoot(n *node) domain.PersonID { return p.groups[n.stored.customer].root }

// unsettled reports whether who depends on the stored person must be looked at.
func (p *plan) unsettled(n *node) bool {
	return n.stored != nil && (n.root != p.storedRoot(n) || n.shared != n.stored.shared)
}

func earlier(t *time.Time, u time.Time) *time.Time {
	if t == nil || u.Before(*t) {
		return &u
	}
	return t
}

func later(t *time.Time, u time.Time) *time.Time {
	if t == nil || u.After(*t) {
		return &u
	}
	return t
}

// sortedKeys are a map's persons in the order of their bytes.
func sortedKeys[V any](m map[domain.PersonID]V) []domain.PersonID {
	keys := make([]domain.PersonID, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, domain.PersonID.Compare)
	return keys
}
