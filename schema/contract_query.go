package schema

import (
	"strings"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
)

var queryObject = object{
	name: "Query",
	doc: "What can be asked. Times are instants in UTC, durations seconds, money {amount, currency}.\n" +
		"Every answer carries extensions.tellonce.asOf {position, recordedTime}: everything that the log had up to `position` is in the answer (a token in the form of Tellonce-After), `recordedTime` is when tellonce first received the newest of it. A request that must see a write sends the header Tellonce-After with the token that the write returned.",
	fields: []field{
		{
			name: "customer", typ: "CustomerResult!", cost: 5, read: readCustomer,
			doc: "The customer that an identifier belongs to today. Errors: FORBIDDEN where the viewer may not read them, INVALID_ARGUMENT where `by` is no identifier.",
			args: []argument{
				{name: "by", typ: "IdentifierInput!", doc: "Exactly one identifier."},
				{name: "ground", typ: "String", doc: "Why the customer is read, such as the call that is on the line. An agent must say it. Today it is noted in the service's log that a ground was given; what it says is kept nowhere."},
			},
		},
		{
			name: "node", typ: "Node", cost: 5, read: readNode,
			doc:  "The customer, problem or event of an id; null where there is none. A customer answers to the id of any of their persons, a problem to that of any event in it.",
			args: []argument{{name: "id", typ: "ID!", doc: "An id as an answer gave it."}},
		},
	},
}

var customerResult = union{
	name: "CustomerResult", members: []string{"Customer", "Candidates", "NotFound"},
	doc: "Who an identifier belongs to: one customer, several, or nobody.",
}

var candidatesObject = object{
	name: "Candidates",
	doc:  "The identifier is shared: it was seen with several customers and belongs to none of them. Ask the caller for an account or a line, and ask again by that.",
	fields: []field{
		{name: "count", typ: "Int!", doc: "With how many customers it was seen.", get: column(func(f *candidates) any { return f.candidates })},
	},
}

var notFoundObject = object{
	name: "NotFound",
	doc:  "No event names this identifier, as far as asOf reaches.",
	fields: []field{
		{name: "message", typ: "String!", doc: "What to do.", get: func(*call) any {
			return "No event names this identifier: check how it is written, or ask by another one."
		}},
	},
}

var identifierInput = input{
	name: "IdentifierInput",
	doc:  "One identifier: exactly one member is given. Values are written as people write them; they are brought to their normal form here as for events.",
	fields: []argument{
		{name: "account", typ: "String", doc: "The operator's customer or contract number."},
		{name: "line", typ: "String", doc: "A line's number or code."},
		{name: "email", typ: "String", doc: "An e-mail address."},
		{name: "phone", typ: "String", doc: "A telephone number, with its country code or as dialled in the operator's country."},
		{name: "device", typ: "String", doc: "A device's serial number, MAC address or IMEI."},
		{name: "customer", typ: "ID", doc: "A customer's id, as an answer gave it."},
		{name: "interaction", typ: "SubjectInput", doc: "An interaction or a ticket, as its tool names it."},
	},
}

var subjectInput = input{
	name: "SubjectInput", doc: "A subject in a vendor's tool: an interaction, a ticket, an appointment.",
	fields: []argument{
		{name: "source", typ: "String!", doc: "The source of its events: /vendors/<vendor>/<system>."},
		{name: "subject", typ: "String!", doc: "Its id there."},
	},
}

// candidates is an identifier that several customers share.
type candidates struct{ found }

func (*candidates) typeName() string { return "Candidates" }

type notFound struct{}

func (notFound) typeName() string { return "NotFound" }

func readCustomer(r *request, _ place, s *selection) (func() (any, error), error) {
	given, err := r.authorise(s.args.text("ground"))
	if err != nil {
		return nil, err
	}
	by, _ := s.args["by"].(map[string]any)
	of, err := r.placeOf(by)
	if err != nil {
		return nil, err
	}
	of.grant = given
	f, parts, err := r.planCustomer(of, s)
	return func() (any, error) {
		switch {
		case *f == nil:
			return notFound{}, nil
		case (*f).shared:
			return &candidates{**f}, nil
		default:
			return &customer{id: (*f).customer, parts: parts}, nil
		}
	}, err
}

// placeOf is where an IdentifierInput leads.
func (r *request) placeOf(by map[string]any) (place, error) {
	if len(by) != 1 {
		return place{}, refuse(CodeInvalidArgument, "by names %d identifiers: name exactly one of account, line, email, phone, device, customer, interaction", len(by))
	}
	for name, value := range by {
		switch name {
		case "customer":
			text, _ := value.(string)
			person, err := domain.ParseCustomer(text)
			if err != nil {
				return place{}, refuse(CodeInvalidArgument, "by.customer is no id of a customer: pass one as an answer gave it")
			}
			return place{person: person}, nil
		case "interaction":
			in, _ := value.(map[string]any)
			source, subject := arguments(in).text("source"), arguments(in).text("subject")
			if source == "" || subject == "" {
				return place{}, refuse(CodeInvalidArgument, "by.interaction needs a source and a subject: pass both as the interaction's events have them")
			}
			return place{person: r.ring.ReferencePerson(source, subject), asked: domain.Reference}, nil
		default:
			text, _ := value.(string)
			normal, err := domain.Normalise(domain.Kind(name), text, r.region)
			if err != nil {
				return place{}, refuse(CodeInvalidArgument, "by.%s: %s", name, strings.TrimPrefix(err.Error(), "normalise "+name+": "))
			}
			return place{hash: r.ring.Hash(normal), asked: normal.Kind}, nil
		}
	}
	return place{}, nil
}

func readNode(r *request, _ place, s *selection) (func() (any, error), error) {
	if r.viewer.Role == access.Agent {
		return nil, refuse(CodeForbidden, "an agent reads a customer on a ground: ask for customer(by: …, ground: …), which takes customer ids too")
	}
	given, err := r.authorise("")
	if err != nil {
		return nil, err
	}
	id := s.args.text("id")
	if person, err := domain.ParseCustomer(id); err == nil {
		f, parts, err := r.planCustomer(place{person: person, grant: given}, s)
		return func() (any, error) {
			if *f == nil || (*f).shared {
				return nil, nil
			}
			return &customer{id: (*f).customer, parts: parts}, nil
		}, err
	}
	if event, err := domain.ParseEvent(id); err == nil {
		return r.readEntry(place{event: event, grant: given})
	}
	if event, err := domain.ParseProblem(id); err == nil {
		return r.readProblem(place{event: event, grant: given}, s)
	}
	return nil, refuse(CodeInvalidArgument, "id is none of ours: pass it as an answer gave it")
}
