package intake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/schema/events"
)

// name is an identifier in an event that the ring is asked for.
type name struct {
	pointer string // into data
	id      domain.Identifier
	role    role
	person  domain.PersonID
}

// role is what an identifier is named for.
type role int

const (
	ofCustomer role = iota // may link
	ofAsset                // never links
	ofAgent                // belongs to no customer
)

// issued is a customer id that tellonce issued.
type issued struct {
	pointer string
	person  domain.PersonID
}

// take moves the personal values out of the data, and notes which of them name
// somebody. What has no normal form names nobody and is kept.
func (in *Intake) take(it *item) {
	it.taken = events.Split(it.record.Type, it.data)
	it.detectLanguage()
	for _, pointer := range slices.Sorted(maps.Keys(it.taken[domain.IdentifierCls])) {
		text, _ := it.taken[domain.IdentifierCls][pointer].(string)
		switch kind, role := roleOf(pointer); {
		case kind == issuedKind:
			delete(it.taken[domain.IdentifierCls], pointer)
			in.takeIssued(it, pointer, text)
		case kind != "":
			id, err := domain.Normalise(kind, text, in.opts.Region)
			if err != nil {
				it.warn(WarnIdentifier, "/data"+pointer, "This is not "+expectedOf(err)+": it is kept sealed and names nobody.")
				continue
			}
			it.names = append(it.names, name{pointer: pointer, id: id, role: role})
		}
	}
	vendor := it.record.Vendor()
	for _, pointer := range slices.Sorted(maps.Keys(it.taken[domain.Staff])) {
		if !strings.HasSuffix(pointer, "/agent/id") {
			continue
		}
		text, _ := it.taken[domain.Staff][pointer].(string)
		id, err := domain.AgentIdentifier(vendor, text)
		if err != nil {
			it.warn(WarnIdentifier, "/data"+pointer, "This is not "+expectedOf(err)+": it is kept sealed and names nobody.")
			continue
		}
		it.names = append(it.names, name{pointer: pointer, id: id, role: ofAgent})
	}
}

// issuedKind stands for the ids that tellonce issued among the kinds of a customer.
const issuedKind domain.Kind = "customer"

// roleOf is the kind of identifier that stands at a pointer, "" where none does.
func roleOf(pointer string) (domain.Kind, role) {
	if below, ok := strings.CutPrefix(pointer, "/customer/"); ok {
		member, _, _ := strings.Cut(below, "/")
		switch kind := domain.Kind(member); kind {
		case domain.Account, domain.Line, domain.Email, domain.Phone, domain.Device, issuedKind:
			return kind, ofCustomer
		default:
			return "", ofCustomer
		}
	}
	switch pointer {
	case "/problem/asset/line":
		return domain.Line, ofAsset
	case "/problem/asset/contract":
		return domain.Account, ofAsset
	default:
		return "", ofCustomer
	}
}

func (in *Intake) takeIssued(it *item, pointer, text string) {
	person, err := domain.ParseCustomer(strings.TrimSpace(text))
	if err != nil {
		it.refuse(unknownCustomer(pointer))
		return
	}
	it.issued = append(it.issued, issued{pointer, person})
}

func unknownCustomer(pointer string) *Problem {
	return UnknownCustomer.problem("/data"+pointer, "a customer id as tellonce gave it",
		"Send the customer's id as an answer of tellonce gave it, or leave it out; the operator's own customer number is an account.")
}

// name asks the ring, once for all events, who is named, and places each event: its
// persons, its reference, the reference it continues, and whose life it goes to.
// Events of unknown customers are refused before anybody is named for them.
func (in *Intake) name(ctx context.Context, items []*item) error {
	kinds, err := in.issuedKinds(ctx, items)
	if err != nil {
		return err
	}
	for _, it := range items {
		for _, c := range it.issued {
			if kind := kinds[c.person]; kind == "" || kind == domain.AgentKind {
				it.refuse(unknownCustomer(c.pointer))
			}
		}
	}
	items = slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return !it.pending() })
	if err := in.nameAll(ctx, items); err != nil {
		return err
	}
	for _, it := range items {
		in.place(it, kinds)
	}
	return nil
}

func (in *Intake) nameAll(ctx context.Context, items []*item) error {
	var ids []domain.Identifier
	at := map[domain.Identifier]int{}
	for _, it := range items {
		for _, n := range it.names {
			if _, ok := at[n.id]; !ok {
				at[n.id] = len(ids)
				ids = append(ids, n.id)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	persons, err := in.ring.Name(ctx, ids)
	if err != nil {
		return err
	}
	for _, it := range items {
		for i := range it.names {
			it.names[i].person = persons[at[it.names[i].id]]
		}
	}
	return nil
}

// issuedKinds are the kinds of the persons of issued ids: the ring's, and for a
// reference under which nothing is sealed the engine's.
func (in *Intake) issuedKinds(ctx context.Context, items []*item) (map[domain.PersonID]domain.Kind, error) {
	kinds := map[domain.PersonID]domain.Kind{}
	for _, it := range items {
		for _, c := range it.issued {
			kinds[c.person] = ""
		}
	}
	if len(kinds) == 0 {
		return nil, nil
	}
	persons := slices.Collect(maps.Keys(kinds))
	found, err := in.ring.KindOf(ctx, persons)
	if err != nil {
		return nil, err
	}
	var unsealed []domain.PersonID
	for i, p := range persons {
		if kinds[p] = found[i]; found[i] == "" {
			unsealed = append(unsealed, p)
		}
	}
	if len(unsealed) == 0 {
		return kinds, nil
	}
	rows, err := in.db.Query(ctx, "SELECT person FROM engine.person WHERE person = ANY ($1) AND kind = $2", unsealed, string(domain.Reference))
	if err != nil {
		return nil, fmt.Errorf("look up %d references: %w", len(unsealed), err)
	}
	var person domain.PersonID
	if _, err := pgx.ForEachRow(rows, []any{(*[16]byte)(&person)}, func() error {
		kinds[person] = domain.Reference
		return nil
	}); err != nil {
		return nil, fmt.Errorf("look up %d references: %w", len(unsealed), err)
	}
	return kinds, nil
}

// expectedOf is what was expected of an identifier, in plain words.
func expectedOf(err error) string {
	var unusable *domain.IdentifierError
	if errors.As(err, &unusable) {
		return unusable.Expected
	}
	return "an identifier"
}
