package schema

import (
	"strings"
	"time"

	"github.com/tellonce/tellonce/domain"
)

var problemObject = object{
	name: "Problem", interfaces: []string{"Node"},
	doc: "What a customer made contact about, over however many contacts and vendors.",
	fields: []field{
		{name: "id", typ: "ID!", doc: "Opaque: that of the event that opened it. The id of any event in it answers too.", get: column(func(p *problemRow) any { return domain.FormatProblem(p.opening) })},
		{name: "status", typ: "ProblemStatus!", doc: "Whether it is settled.", get: column(func(p *problemRow) any { return strings.ToUpper(p.status) })},
		{name: "reason", typ: "Reason", doc: "The last reason given for it, in the order of life; null where none was.", get: func(c *call) any { return c.reasonOf(func(p *problemRow) *string { return p.reason }) }},
		{name: "firstReason", typ: "Reason", doc: "The first reason given for it.", get: func(c *call) any { return c.reasonOf(func(p *problemRow) *string { return p.firstReason }) }},
		{name: "asset", typ: "Asset", doc: "The line or contract that it is about; null where that is not known.", get: column(func(p *problemRow) any { return p.assetOf() })},
		{name: "openedTime", typ: "DateTime!", doc: "Time of the event that opened it.", get: column(func(p *problemRow) any { return p.opened })},
		{name: "touchedTime", typ: "DateTime!", doc: "Time of its last event.", get: column(func(p *problemRow) any { return p.touched })},
		{name: "contacts", typ: "Int!", doc: "Interactions that named it or belong to it.", get: column(func(p *problemRow) any { return int(p.contacts) })},
		{name: "lastContactTime", typ: "DateTime", doc: "When the last of them came.", get: column(func(p *problemRow) any { return orNone(p.lastContact) })},
		{name: "reopenings", typ: "Int!", doc: "Contacts that came when it was closed.", get: column(func(p *problemRow) any { return int(p.reopenings) })},
		{name: "joinedBy", typ: "JoinedBy!", doc: "By what its events were found to be one problem: the weakest of it.", get: column(func(p *problemRow) any { return p.joinedBy })},
		{name: "tickets", typ: "[Ticket!]!", cost: 2, doc: "Its tickets, by space and number.", get: column(func(p *problemRow) any { return p.tickets })},
		{name: "firstWords", typ: "Text", cost: 1, class: words, doc: "What the customer first said of it, or else what was first written; null where nothing was, or it cannot be shown.", get: func(c *call) any { return c.firstWords() }},
	},
}

var ticketObject = object{
	name: "Ticket", doc: "A ticket of a problem.",
	fields: []field{
		{name: "space", typ: "String!", doc: "The space of numbers: the tool that gave it.", get: column(func(t *ticket) any { return t.space })},
		{name: "number", typ: "String!", doc: "Its number there.", get: column(func(t *ticket) any { return t.number })},
		{name: "status", typ: "String!", doc: "What its last event made it: named (only ever mentioned), open, resolved, closed, merged, deleted.", get: column(func(t *ticket) any { return t.status })},
		{name: "joinedBy", typ: "JoinedBy!", doc: "By what it came to its problem.", get: column(func(t *ticket) any { return t.joinedBy })},
	},
}

var assetObject = object{
	name: "Asset", doc: "The line or contract that a problem is about.",
	fields: []field{
		{name: "kind", typ: "IdentifierKind!", doc: "LINE, or ACCOUNT for a contract.", get: column(func(a *asset) any { return strings.ToUpper(a.kind) })},
		{name: "key", typ: "String!", doc: "Equal for equal assets; says nothing else.", get: column(func(a *asset) any { return a.person.String() })},
	},
}

var reasonObject = object{
	name: "Reason", doc: "Why a customer makes contact: a code of the operator's tree, or a vendor's own as <vendor>:<code>.",
	fields: []field{
		{name: "code", typ: "String!", doc: "Names joined by dots, the broadest first.", get: column(func(code string) any { return code })},
		{name: "label", typ: "String!", args: langArgument, doc: "In words; the code itself where the tree has no words for it.", get: func(c *call) any {
			code, _ := c.row.(string)
			return label(c.codes.Reasons[code].Labels, c.args.text("lang"), code)
		}},
	},
}

var langArgument = []argument{{name: "lang", typ: "String", otherwise: defaultLang, doc: "BCP 47; English where the words are not there in it."}}

// defaultLang is what texts of ours are in where nothing is said.
const defaultLang = "en"

var problemStatuses = enum{name: "ProblemStatus", doc: "Whether a problem is settled.", values: []word{
	{"OPEN", "A ticket of it is open, or nothing said it resolved since its last contact."},
	{"CLOSED", "None of its tickets is open, and its last word but for later contacts was that it is resolved."},
}}

var joinedBys = enum{name: "JoinedBy", doc: "By what an event was found to belong to a problem, the strongest first.", values: []word{
	{"HAND", "Somebody put it there."},
	{"TICKET", "It names a ticket of it."},
	{"ASSET_AND_REASON", "The same line or contract, and a reason akin."},
	{"REASON", "A reason akin, the asset unknown."},
}}

// problemRow is a problem as the fold of problems has it.
type problemRow struct {
	number          int64
	opening         domain.EventID
	opened, touched time.Time
	status          string
	reason          *string
	firstReason     *string
	asset           *domain.PersonID
	assetKind       *string
	contacts        int64
	lastContact     *time.Time
	reopenings      int64
	joinedBy        string
	wordsEvent      *domain.EventID
	tickets         []*ticket
}

func (*problemRow) typeName() string { return "Problem" }

type ticket struct{ space, number, status, joinedBy string }

type asset struct {
	kind   string
	person domain.PersonID
}

func (p *problemRow) assetOf() any {
	if p.asset == nil || p.assetKind == nil {
		return nil
	}
	return &asset{kind: *p.assetKind, person: *p.asset}
}

// reasonOf is a reason of a problem, null where it has none.
func (c *call) reasonOf(get func(*problemRow) *string) any {
	p, ok := c.row.(*problemRow)
	if !ok {
		return nil
	}
	return orNone(get(p))
}

func (c *call) firstWords() any {
	p, ok := c.row.(*problemRow)
	if !ok || p.wordsEvent == nil {
		return nil
	}
	o := c.open(*p.wordsEvent)
	if o == nil {
		return nil
	}
	if texts := o.texts(); len(texts) > 0 {
		return texts[0]
	}
	return nil
}

func readProblems(r *request, of place, s *selection) (func() (any, error), error) {
	p, err := pageOf(s.args)
	if err != nil {
		return nil, err
	}
	ask := problemsAsked{page: p, status: strings.ToLower(s.args.text("status"))}
	if ask.after, err = readOpening(p.after); err != nil {
		return nil, err
	}
	ask.words = s.selects("edges", "node", "firstWords")
	ask.tickets = s.selects("edges", "node", "tickets")
	if ask.words {
		r.needSeeds(of)
	}
	var list []*problemRow
	r.batch.add(r.problemsStatement(of, &ask, &list))
	return func() (any, error) {
		cursor := func(p *problemRow) string { return opening{p.opened, p.opening}.cursor() }
		rows, info := cut(p, list, cursor)
		page := &connection{info: info, edges: make([]any, len(rows))}
		for i, row := range rows {
			page.edges[i] = &edge{cursor: cursor(row), node: row}
		}
		return page, nil
	}, nil
}

// readProblem reads the problem that an event is in.
func (r *request) readProblem(of place, s *selection) (func() (any, error), error) {
	ask := problemsAsked{page: page{size: 1}, of: &of.event, words: s.selectsOn("Problem", "firstWords"), tickets: s.selectsOn("Problem", "tickets")}
	if ask.words {
		r.needSeeds(of)
	}
	var list []*problemRow
	r.batch.add(r.problemsStatement(of, &ask, &list))
	return func() (any, error) {
		if len(list) == 0 {
			return nil, nil
		}
		return list[0], nil
	}, nil
}
