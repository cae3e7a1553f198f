package projections

import (
	"cmp"
	"slices"

	"github.com/tellonce/tellonce/domain"
)

// Fact is what a standing event says of who belongs to whom. Belonging is a function
// of the set of facts.
type Fact struct {
	Life      domain.LifeKey
	Person    domain.Named    // whose life it goes to
	Strong    []domain.Named  // accounts and lines named, the strongest first, then by bytes
	Weak      []domain.Named  // e-mails, phones and devices named, likewise
	Issued    *domain.Named   // the strongest named by an id that tellonce issued; it never links
	Reference domain.PersonID // its interaction or subject; zero where it has none
	Continues domain.PersonID // the reference that its interaction continues; zero where none
}

// FactOf is the fact of an event. An event that is about belonging itself
// (identity.*) names whom it concerns and has seen nobody together; how links by
// hand enter is decided where they are folded.
func FactOf(r *domain.Recorded) Fact {
	f := Fact{Life: r.Life(), Person: domain.Named{Kind: domain.Reference, Person: r.Person}, Reference: r.Reference, Continues: r.Continues}
	named := slices.Clone(r.Persons)
	slices.SortFunc(named, func(a, b domain.Named) int {
		return cmp.Or(cmp.Compare(a.Kind.Rank(), b.Kind.Rank()), a.Person.Compare(b.Person))
	})
	for _, n := range slices.Compact(named) {
		if n.Person == r.Person {
			f.Person.Kind = n.Kind
		}
		switch {
		case n.Issued:
			// A call that stands for its customer cannot say whose it is.
			if f.Issued == nil && n.Person != r.Reference && n.Kind.Rank() <= domain.Reference.Rank() {
				f.Issued = &n
			}
		case n.Kind.Strong():
			f.Strong = append(f.Strong, n)
		case n.Kind.Weak():
			f.Weak = append(f.Weak, n)
		}
	}
	if f.Continues == f.Reference {
		f.Continues = domain.PersonID{}
	}
	if domain.Group(r.Type) == "identity" {
		f.Strong, f.Weak, f.Issued, f.Continues = nil, nil, nil, domain.PersonID{}
	}
	return f
}

// owner is whom the event says its interaction belongs to: the strongest it names,
// else the one named by an id that tellonce issued.
func (f *Fact) owner() (domain.Named, bool) {
	switch {
	case len(f.Strong) > 0:
		return f.Strong[0], true
	case f.Issued != nil:
		return *f.Issued, true
	}
	return domain.Named{}, false
}

// speaksOfReference reports whether the fact bears on where its reference belongs.
func (f *Fact) speaksOfReference() bool {
	if f.Reference.IsZero() {
		return false
	}
	return len(f.Strong) > 0 || len(f.Weak) > 0 || f.Issued != nil || !f.Continues.IsZero()
}

// pair is a link's two persons: of two strong ones the smaller first, else the
// weaker first.
type pair struct{ a, b domain.PersonID }

// pairs calls yield for every link of the event: its strong persons to the first of
// them, and each weak one to the first strong and to every stronger weak one. The
// first is enough, for the strong of one event are one customer.
func (f *Fact) pairs(yield func(p pair, together bool)) {
	for i := 1; i < len(f.Strong); i++ {
		a, b := f.Strong[0].Person, f.Strong[i].Person
		if b.Compare(a) < 0 {
			a, b = b, a
		}
		yield(pair{a, b}, true)
	}
	for i, w := range f.Weak {
		if len(f.Strong) > 0 {
			yield(pair{w.Person, f.Strong[0].Person}, false)
		}
		for _, stronger := range f.Weak[:i] {
			if stronger.Kind != w.Kind {
				yield(pair{w.Person, stronger.Person}, false)
			}
		}
	}
}
