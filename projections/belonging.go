package projections

import (
	"slices"

	"github.com/tellonce/tellonce/domain"
)

// Place is where a person belongs.
type Place struct {
	Customer domain.PersonID
	Shared   bool // a weak person that was seen with several customers
}

// Belonging says where every person belongs that a set of standing facts, one an
// event, needs: whose life an event goes to, who is linked, references that name
// somebody, and whom these lean on. It is the law in its plainest form, all at once
// and in memory; the engine does the same step by step (plan.go), and is held to
// it by tests.
func Belonging(facts []Fact) map[domain.PersonID]Place {
	b := belonging{kinds: map[domain.PersonID]domain.Kind{}, seenWith: map[domain.PersonID][]domain.PersonID{}, root: map[domain.PersonID]domain.PersonID{}, shared: map[domain.PersonID]bool{}}
	b.read(facts)
	b.joinStrong()
	for _, kind := range []domain.Kind{domain.Email, domain.Phone, domain.Device} {
		b.placeWeak(kind)
	}
	b.placeReferences()
	return b.places()
}

type belonging struct {
	kinds      map[domain.PersonID]domain.Kind // of everybody needed
	together   []pair
	seenWith   map[domain.PersonID][]domain.PersonID // weak → stronger
	references map[domain.PersonID]*naming
	root       map[domain.PersonID]domain.PersonID
	shared     map[domain.PersonID]bool
}

// read takes the facts in life order, so that of each reference the last word is
// simply the last.
func (b *belonging) read(facts []Fact) {
	facts = slices.Clone(facts)
	slices.SortFunc(facts, func(f, g Fact) int { return f.Life.Compare(g.Life) })
	b.references = map[domain.PersonID]*naming{}
	link := func(p pair, together bool) {
		if together {
			b.together = append(b.together, p)
		} else {
			b.seenWith[p.a] = append(b.seenWith[p.a], p.b)
		}
	}
	for i := range facts {
		f := &facts[i]
		b.kinds[f.Person.Person] = f.Person.Kind
		f.pairs(func(p pair, together bool) {
			b.kinds[p.a], b.kinds[p.b] = kindIn(f, p.a), kindIn(f, p.b)
			link(p, together)
		})
		if f.speaksOfReference() {
			b.kinds[f.Reference] = domain.Reference
			n := b.references[f.Reference]
			if n == nil {
				n = &naming{}
				b.references[f.Reference] = n
			}
			// The n-th place in life is enough of an order here.
			n.take(f, lifeBytes{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})
		}
	}
	for _, n := range b.references {
		for _, named := range n.needed() {
			b.kinds[named.Person] = named.Kind
		}
		n.pairs(link)
	}
}

func kindIn(f *Fact, p domain.PersonID) domain.Kind {
	for _, n := range slices.Concat(f.Strong, f.Weak) {
		if n.Person == p {
			return n.Kind
		}
	}
	return domain.Reference
}

// needed is whom the naming needs to be there: those it leans or falls back on, and
// those it links.
func (n *naming) needed() []domain.Named {
	var needed []domain.Named
	leansOn, fallsBackOn := n.leansOn()
	for _, named := range []domain.Named{leansOn, fallsBackOn} {
		if !named.Person.IsZero() {
			needed = append(needed, named)
		}
	}
	n.pairs(func(p pair, _ bool) {
		for _, w := range n.weak {
			if w.Person == p.a {
				needed = append(needed, w.Named)
			}
		}
	})
	return needed
}

// joinStrong gives strong persons that stand together the smallest of them as root.
func (b *belonging) joinStrong() {
	for p, kind := range b.kinds {
		if kind.Strong() {
			b.root[p] = p
		}
	}
	for changed := true; changed; {
		changed = false
		for _, p := range b.together {
			low, high := b.root[p.a], b.root[p.b]
			if low == high {
				continue
			}
			if high.Compare(low) < 0 {
				low, high = high, low
			}
			b.root[p.a], b.root[p.b], changed = low, low, true
		}
	}
}

// placeWeak places the weak of one kind, after the stronger: with the one customer
// of those they were seen with; a shared one among these lends nothing.
func (b *belonging) placeWeak(kind domain.Kind) {
	for w, k := range b.kinds {
		if k != kind {
			continue
		}
		customers := map[domain.PersonID]bool{}
		for _, stronger := range b.seenWith[w] {
			if !b.shared[stronger] {
				customers[b.root[stronger]] = true
			}
		}
		b.root[w], b.shared[w] = w, len(customers) > 1
		if len(customers) == 1 {
			for c := range customers {
				b.root[w] = c
			}
		}
	}
}

// placeReferences follows each reference to whom it leans on.
func (b *belonging) placeReferences() {
	for r, kind := range b.kinds {
		if kind == domain.Reference {
			b.root[r] = b.follow(r)
		}
	}
}

func (b *belonging) follow(start domain.PersonID) domain.PersonID {
	at := start
	for {
		n := b.references[at]
		if n == nil {
			return at
		}
		leansOn, fallsBackOn := n.leansOn()
		byOwner := n.owner != nil
		if b.circles(at) {
			leansOn, byOwner = fallsBackOn, false
		}
		if leansOn.Person.IsZero() || !byOwner && b.shared[leansOn.Person] {
			return at
		}
		if leansOn.Kind != domain.Reference {
			return b.root[leansOn.Person]
		}
		at = leansOn.Person
	}
}

// circles reports whether who follows r comes back to r.
func (b *belonging) circles(r domain.PersonID) bool {
	at := r
	for range len(b.references) + 1 {
		n := b.references[at]
		if n == nil {
			return false
		}
		leansOn, _ := n.leansOn()
		if leansOn.Kind != domain.Reference || leansOn.Person.IsZero() {
			return false
		}
		if at = leansOn.Person; at == r {
			return true
		}
	}
	return false
}

// places names each root's customer: the smallest strong person, which the root of
// strong ones is, else the smallest of all.
func (b *belonging) places() map[domain.PersonID]Place {
	smallest := map[domain.PersonID]domain.PersonID{}
	for p, root := range b.root {
		if known, ok := smallest[root]; !ok || p.Compare(known) < 0 {
			smallest[root] = p
		}
		if b.kinds[root].Strong() {
			smallest[root] = root
		}
	}
	places := make(map[domain.PersonID]Place, len(b.root))
	for p, root := range b.root {
		places[p] = Place{Customer: smallest[root], Shared: b.shared[p]}
	}
	return places
}
