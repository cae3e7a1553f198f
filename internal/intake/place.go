package intake

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tellonce/tellonce/domain"
)

// place writes into the record who is named and whose life it goes to, and puts the
// persons of agents and of the asset where their ids stood.
func (in *Intake) place(it *item, kinds map[domain.PersonID]domain.Kind) {
	r := &it.record
	for _, n := range it.names {
		switch n.role {
		case ofCustomer:
			r.Persons = append(r.Persons, domain.Named{Kind: n.id.Kind, Person: n.person})
		case ofAsset:
			asset := objectAt(it.data, "problem", "asset")
			asset["kind"], asset["person"] = string(n.id.Kind), n.person.String()
		case ofAgent:
			agent := objectAt(it.data, strings.Split(strings.TrimSuffix(n.pointer[1:], "/id"), "/")...)
			agent["person"] = n.person.String()
			if _, stated := agent["employer"]; !stated {
				agent["employer"] = r.Vendor()
			}
		}
	}
	for _, c := range it.issued {
		r.Persons = append(r.Persons, domain.Named{Kind: kinds[c.person], Person: c.person, Issued: true})
	}
	r.Persons = inOrder(r.Persons)
	if asset := objectAt(it.data, "problem", "asset"); asset != nil && len(asset) == 0 {
		delete(objectAt(it.data, "problem"), "asset") // it had no normal form
	}
	r.Reference = in.referenceOf(it)
	if next := objectAt(it.data, "continues"); next != nil && r.Type == "interaction.started.v1" {
		r.Continues = in.ring.ReferencePerson(cmp.Or(textAt(next, "source"), r.Source), textAt(next, "subject"))
	}
	r.Person = in.personOf(r)
}

// referenceOf is the person of the interaction that the event belongs to, else of its
// subject; zero where it has neither.
func (in *Intake) referenceOf(it *item) domain.PersonID {
	r := &it.record
	if i := objectAt(it.data, "interaction"); i != nil {
		return in.ring.ReferencePerson(cmp.Or(textAt(i, "source"), r.Source), textAt(i, "subject"))
	}
	if r.Subject != "" {
		return in.ring.ReferencePerson(r.Source, r.Subject)
	}
	return domain.PersonID{}
}

// personOf is whose life the event goes to. Events of interactions and tickets go to
// their reference, wherever that will belong. Others go to the account they name,
// else the line, else the customer by its id, else the reference, else the strongest
// weak identifier, and one that names nothing to a reference of its own.
func (in *Intake) personOf(r *domain.Recorded) domain.PersonID {
	if needsSubject(r.Type) {
		return r.Reference
	}
	for _, n := range r.Persons {
		if n.Kind.Strong() && !n.Issued {
			return n.Person
		}
	}
	for _, n := range r.Persons {
		if n.Issued {
			return n.Person
		}
	}
	if !r.Reference.IsZero() {
		return r.Reference
	}
	if len(r.Persons) > 0 {
		return r.Persons[0].Person
	}
	return in.ring.EventPerson(r.Source, r.ID)
}

// inOrder sorts persons by strength, then by bytes, each once; who is named by an
// identifier is not named by an issued id as well.
func inOrder(persons []domain.Named) []domain.Named {
	slices.SortFunc(persons, func(a, b domain.Named) int {
		return cmp.Or(cmp.Compare(a.Kind.Rank(), b.Kind.Rank()), a.Person.Compare(b.Person), cmp.Compare(rank(a.Issued), rank(b.Issued)))
	})
	return slices.CompactFunc(persons, func(a, b domain.Named) bool { return a.Person == b.Person })
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// objectAt is the object at a path of members, nil where there is none.
func objectAt(tree map[string]any, path ...string) map[string]any {
	for _, name := range path {
		below, ok := tree[name].(map[string]any)
		if !ok {
			return nil
		}
		tree = below
	}
	return tree
}
