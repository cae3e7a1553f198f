package schema

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/ring"
)

var customerObject = object{
	name: "Customer", interfaces: []string{"Node"},
	doc: "A customer of the operator: everything that the identifiers known as theirs were named in, at any vendor.",
	fields: []field{
		{name: "id", typ: "ID!", doc: "Opaque. It may change when two customers turn out to be one; the old one keeps answering.", get: column(func(c *customer) any { return domain.FormatCustomer(c.id) })},
		{name: "identifiers", typ: "[Identifier!]!", cost: 20, read: readIdentifiers, doc: "Their identifiers, the strongest kind first."},
		{
			name: "brief", typ: "Brief!", cost: 100, read: readBrief,
			doc:  "What an agent reads when the call comes in.",
			args: []argument{{name: "lang", typ: "String", otherwise: defaultLang, doc: "BCP 47: the language of its sentences and labels; English where they are not there in it."}},
		},
		{
			name: "problems", typ: "ProblemConnection!", cost: 2, page: true, read: readProblems,
			doc: "What they made contact about, the last opened first.",
			args: []argument{
				{name: "status", typ: "ProblemStatus", doc: "Only problems of this status."},
				{name: "first", typ: "Int", doc: "How many from the start, or after `after`: 0 to 500; 20 where absent."},
				{name: "after", typ: "String", doc: "Only problems after the one of this cursor."},
			},
		},
		{
			name: "timeline", typ: "TimelineConnection!", cost: 2, page: true, read: readTimeline,
			doc: "Every event that stands, the newest first. Pages are found by their cursor at any depth, and what arrives in between is neither shown twice nor makes anything missed. From the end (`last`) the same entries come in the same order.",
			args: append([]argument{
				{name: "filter", typ: "TimelineFilter", doc: "Only events that fulfil all of it."},
			}, pageArguments...),
		},
	},
}

var identifierObject = object{
	name: "Identifier", doc: "An identifier of a customer.",
	fields: []field{
		{name: "kind", typ: "IdentifierKind!", doc: "What it is.", get: column(func(i *identifierRow) any { return strings.ToUpper(i.kind) })},
		{name: "value", typ: "String", class: identifier, doc: "As it was first written to us; null where it cannot be shown, for the reason in `personal`.", get: func(c *call) any { return c.identifierValue() }},
		{name: "personal", typ: "PersonalStatus!", doc: "Whether `value` could be shown.", get: func(c *call) any { return c.identifierStatus() }},
		{name: "firstSeen", typ: "DateTime", doc: "Time of the event that `value` is from.", get: column(func(i *identifierRow) any { return orNone(i.at) })},
	},
}

var identifierKinds = enum{name: "IdentifierKind", doc: "The kinds of identifiers, the strongest first. Accounts and lines named together are one customer; the others belong to whom they were seen with.", values: []word{
	{"ACCOUNT", "A customer or contract number."},
	{"LINE", "A line."},
	{"EMAIL", "An e-mail address."},
	{"PHONE", "A telephone number."},
	{"DEVICE", "A piece of equipment."},
}}

// customer is a customer and the rows of the fields selected of it.
type customer struct {
	id    domain.PersonID
	parts partRows
}

func (*customer) typeName() string { return "Customer" }

func (c *customer) part(name string) any { return c.parts.part(name) }

// part is the row of the field of that name in the answer, or the error it ended with.
func (p partRows) part(name string) any {
	make, ok := p[name]
	if !ok {
		return nil
	}
	row, err := make()
	if err != nil {
		return err
	}
	return row
}

// planCustomer adds to the batch what is selected of the customer of a place.
func (r *request) planCustomer(of place, s *selection) (**found, partRows, error) {
	var f *found
	r.batch.add(findStatement(of, &f))
	parts, err := r.planParts(of, s.of("Customer"))
	return &f, parts, err
}

func (r *request) planParts(of place, selected []*selection) (partRows, error) {
	parts := partRows{}
	for _, one := range selected {
		if one.field.read == nil {
			continue
		}
		row, err := one.field.read(r, of, one)
		if err != nil {
			return nil, err
		}
		parts[one.name] = row
	}
	return parts, nil
}

// identifierRow is an identifier and the event that its value is sealed in.
type identifierRow struct {
	person domain.PersonID
	kind   string
	event  *domain.EventID
	at     *time.Time
}

func readIdentifiers(r *request, of place, _ *selection) (func() (any, error), error) {
	var list []any
	r.batch.add(identifiersQuery(of).statement(func(rows pgx.Rows) error {
		list = []any{}
		var one identifierRow
		var record, seed []byte
		var wrap *string
		_, err := pgx.ForEachRow(rows, []any{&one.person, &one.kind, &one.event, &one.at, &record, &seed, &wrap}, func() error {
			row := one
			if one.event != nil {
				r.opened.add(*one.event, record)
			}
			r.opened.addSeed(&row.person, seed, wrap)
			list = append(list, &row)
			return nil
		})
		return err
	}))
	return func() (any, error) { return list, nil }, nil
}

// identifierValue is the identifier as it was first written; nil where it cannot be
// shown. An event seals each of its identifiers under the identifier's own person.
func (c *call) identifierValue() any {
	value, _ := c.openIdentifier()
	return orNull(value)
}

func (c *call) identifierStatus() any {
	_, status := c.openIdentifier()
	return status
}

func (c *call) openIdentifier() (string, string) {
	row, ok := c.row.(*identifierRow)
	if !ok || row.event == nil {
		return "", nonePersonal
	}
	o := c.open(*row.event)
	if o == nil || o.unread != nil {
		return "", unopenable
	}
	if !mayOpen(c.viewer, domain.IdentifierCls) {
		return "", withheld
	}
	for _, s := range o.event.Personal {
		if person, ok := ring.PersonOf(s); !ok || person != row.person || s.Class != domain.IdentifierCls {
			continue
		}
		values, err := c.openOne(&o.event, s)
		if err != nil {
			return "", unopenable
		}
		for pointer, value := range values {
			text, isText := value.(string)
			if isText && (pointer == "/customer/"+row.kind || strings.HasPrefix(pointer, "/customer/"+row.kind+"/")) {
				return text, openPersonal
			}
		}
	}
	return "", nonePersonal
}
