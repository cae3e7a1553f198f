package projections

import (
	"context"
	"fmt"

	"github.com/tellonce/tellonce/domain"
)

// settleStrong joins the strong persons that stand together: those of every customer
// of which a strong link appears or vanishes.
func (p *plan) settleStrong(ctx context.Context) error {
	touched := map[domain.PersonID]struct{}{} // customers
	persons := map[domain.PersonID]*node{}
	for l, change := range p.links {
		if !change.together || !change.appears() && !change.vanishes() {
			continue
		}
		for _, end := range []domain.PersonID{l.a, l.b} {
			n := p.nodes[end]
			persons[end] = n
			if n.stored != nil {
				touched[n.stored.customer] = struct{}{}
			}
		}
	}
	if len(persons) == 0 {
		return nil
	}
	loaded, err := p.loadStrongOf(ctx, sortedKeys(touched))
	if err != nil {
		return err
	}
	for _, n := range loaded {
		persons[n.person] = n
	}
	together := map[domain.PersonID][]domain.PersonID{}
	join := func(l pair) {
		together[l.a], together[l.b] = append(together[l.a], l.b), append(together[l.b], l.a)
	}
	if err := p.loadTogether(ctx, sortedKeys(persons), func(l pair, _ int) {
		if change := p.links[l]; change == nil || !change.vanishes() {
			join(l)
		}
	}); err != nil {
		return err
	}
	for l, change := range p.links {
		if change.together && change.appears() {
			join(l)
		}
	}
	reached := map[domain.PersonID]bool{}
	for _, smallest := range sortedKeys(persons) {
		p.spread(smallest, smallest, persons, together, reached)
	}
	return nil
}

// spread gives root to whoever can be reached from person over links. Called for
// the persons in ascending order, it reaches all of a customer from its smallest.
func (p *plan) spread(person, root domain.PersonID, persons map[domain.PersonID]*node, together map[domain.PersonID][]domain.PersonID, reached map[domain.PersonID]bool) {
	queue := []domain.PersonID{person}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		n := persons[at]
		if n == nil || reached[at] {
			continue
		}
		reached[at] = true
		n.root = root
		p.lock(n)
		queue = append(queue, together[at]...)
	}
}

// settleWeak places weak persons, the strongest kind first: those whose links
// changed, and those that were seen with somebody who moved or became shared, or no
// longer is.
func (p *plan) settleWeak(ctx context.Context) error {
	for _, kind := range []domain.Kind{domain.Email, domain.Phone, domain.Device} {
		if err := p.gatherSeenWithMoved(ctx); err != nil {
			return err
		}
		place := map[domain.PersonID]*node{}
		for person, n := range p.weak {
			if n.kind == kind {
				place[person] = n
			}
		}
		if err := p.placeWeak(ctx, place); err != nil {
			return err
		}
	}
	return nil
}

// gatherSeenWithMoved adds to the weak persons to place those who depend on persons
// settled otherwise than stored.
func (p *plan) gatherSeenWithMoved(ctx context.Context) error {
	var moved []domain.PersonID
	for person, n := range p.nodes {
		if !n.expanded && p.unsettled(n) && n.kind.Rank() < domain.Device.Rank() {
			n.expanded = true
			moved = append(moved, person)
		}
	}
	loaded, err := p.loadWeakSeenWith(ctx, moved)
	if err != nil {
		return err
	}
	for _, n := range loaded {
		p.weak[n.person] = n
	}
	return nil
}

// placeWeak gives each weak person the one customer of the stronger persons that it
// was seen with; seen with several it is shared, and its own root as with none.
func (p *plan) placeWeak(ctx context.Context, place map[domain.PersonID]*node) error {
	seen := map[domain.PersonID]map[domain.PersonID]struct{}{} // weak → roots
	with := func(weak, root domain.PersonID) {
		if seen[weak] == nil {
			seen[weak] = map[domain.PersonID]struct{}{}
		}
		seen[weak][root] = struct{}{}
	}
	withNode := func(l pair) {
		if place[l.a] != nil && !p.nodes[l.b].shared {
			with(l.a, p.nodes[l.b].root)
		}
	}
	for l, change := range p.links {
		if !change.together && change.appears() {
			withNode(l)
		}
	}
	var stored []domain.PersonID
	for person, n := range place {
		p.lock(n)
		if n.stored != nil {
			stored = append(stored, person)
		}
	}
	if len(stored) > 0 {
		// Who is in the plan may be another than stored; of the others the
		// database knows best.
		inPlan := p.storedStronger()
		if err := p.loadSeenWith(ctx, stored, inPlan, func(l pair, _ int) {
			if change := p.links[l]; change == nil || !change.vanishes() {
				withNode(l)
			}
		}); err != nil {
			return err
		}
		if err := p.loadNeighbours(ctx, stored, inPlan, func(weak domain.PersonID, g group) {
			if p.groups[g.customer] == nil {
				p.groups[g.customer] = &g
			}
			with(weak, p.groups[g.customer].root)
		}); err != nil {
			return err
		}
	}
	for person, n := range place {
		n.root, n.shared = person, len(seen[person]) > 1
		if len(seen[person]) == 1 {
			for root := range seen[person] {
				n.root = root
			}
		}
	}
	return nil
}

// storedStronger are the persons of the plan that lend: all but the weakest kinds.
func (p *plan) storedStronger() []domain.PersonID {
	var stronger []domain.PersonID
	for person, n := range p.nodes {
		if n.stored != nil && n.kind.Rank() < domain.Device.Rank() {
			stronger = append(stronger, person)
		}
	}
	return stronger
}

// settleReferences follows references to whom they lean on: those whose pointer
// changed, and whoever leans, over any number of others, on somebody who moved.
func (p *plan) settleReferences(ctx context.Context) error {
	place := map[domain.PersonID]*node{}
	var moved []domain.PersonID
	for person, n := range p.nodes {
		if n.moved {
			place[person] = n
		}
		if n.stored != nil && (n.moved || p.unsettled(n)) {
			moved = append(moved, person)
		}
	}
	for len(moved) > 0 {
		leaning, err := p.loadLeaningOn(ctx, moved)
		if err != nil {
			return err
		}
		moved = moved[:0]
		for _, n := range leaning {
			if place[n.person] == nil {
				place[n.person] = n
				moved = append(moved, n.person)
			}
		}
	}
	var targets []domain.PersonID
	for _, n := range place {
		targets = append(targets, n.leansOn, n.fallsBackOn)
	}
	if err := p.loadPersons(ctx, targets); err != nil {
		return err
	}
	f := follower{p: p, place: place, done: map[domain.PersonID]bool{}}
	for _, person := range sortedKeys(place) {
		p.lock(place[person])
		if err := f.follow(person); err != nil {
			return err
		}
	}
	return nil
}

// follower settles references that lean on each other.
type follower struct {
	p     *plan
	place map[domain.PersonID]*node
	done  map[domain.PersonID]bool
}

// follow walks from a reference over those it leans on until one is settled, and
// settles all it passed, the last first. Where it comes upon its own trail, those
// between go round in a circle, and each falls back.
func (f *follower) follow(start domain.PersonID) error {
	var trail []*node
	on := map[domain.PersonID]int{}
	circle := len(f.place) + 1
	for at := start; ; {
		n := f.place[at]
		if n == nil || f.done[at] {
			break
		}
		if first, met := on[at]; met {
			circle = first
			break
		}
		on[at] = len(trail)
		trail = append(trail, n)
		if n.leansOn.IsZero() {
			break
		}
		at = n.leansOn
	}
	for i := len(trail) - 1; i >= 0; i-- {
		f.done[trail[i].person] = true
		if err := f.settle(trail[i], i >= circle); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) settle(n *node, inCircle bool) error {
	n.root = n.person
	if n.names == nil && n.stored != nil {
		var err error
		if n.names, err = parseNaming(n.stored.naming); err != nil {
			return fmt.Errorf("read naming of reference %s: %w", n.person, err)
		}
	}
	leansOn, byOwner := n.leansOn, n.names != nil && n.names.owner != nil
	if inCircle {
		leansOn, byOwner = n.fallsBackOn, false
	}
	if leansOn.IsZero() {
		return nil
	}
	target := f.p.nodes[leansOn]
	if target == nil {
		f.p.doubts("follow reference %s: %s, whom it leans on, is not there", n.person, leansOn)
		return nil
	}
	if target.kind.Weak() && target.shared && !byOwner {
		return nil
	}
	n.root = target.root
	f.p.lock(target)
	return nil
}
