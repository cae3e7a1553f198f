package schema

import (
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// problemsAsked is which problems of a customer are asked for, and what of them.
type problemsAsked struct {
	page
	after          *opening
	status         string          // "" any
	of             *domain.EventID // only the one that this event is in
	words, tickets bool
}

// opening is a problem's place among a customer's: its opening never moves.
type opening struct {
	at    time.Time
	event domain.EventID
}

const problemColumns = `SELECT p.problem, o.event, o.opened, p.touched, p.status, p.reason, p.first_reason, p.asset, p.asset_kind,
  p.contacts, p.last_contact, p.reopenings, p.joined_by, p.words_event`

const ticketsOf = `LEFT JOIN LATERAL (
  SELECT array_agg(t.space ORDER BY t.space, t.number) AS spaces, array_agg(t.number ORDER BY t.space, t.number) AS numbers,
         array_agg(t.status ORDER BY t.space, t.number) AS states, array_agg(t.joined_by ORDER BY t.space, t.number) AS hows
  FROM {problem} w JOIN {ticket} t ON t.customer = w.customer AND t.problem = w.problem
  WHERE w.customer = p.customer AND w.whole = p.problem
) tickets ON true
`

const wordsOf = `LEFT JOIN {timeline} t ON t.identity = p.words_event
LEFT JOIN ring.person a ON a.person = t.person
LEFT JOIN ring.person b ON b.person = t.reference
`

// problemsStatement reads a page of a customer's problems and one more, the last
// opened first. A customer has few: they are put in order as they are.
func (r *request) problemsStatement(of place, ask *problemsAsked, to *[]*problemRow) statement {
	q := newQuery(of.grant)
	q.who(of).write(problemColumns)
	if ask.tickets {
		q.write(", tickets.spaces, tickets.numbers, tickets.states, tickets.hows")
	} else {
		q.write(", NULL::text[], NULL::text[], NULL::text[], NULL::text[]")
	}
	if ask.words {
		q.write(", t.record, t.person, a.seed, a.wrap, t.reference, b.seed, b.wrap")
	} else {
		q.write(", NULL::bytea, NULL::uuid, NULL::bytea, NULL::text, NULL::uuid, NULL::bytea, NULL::text")
	}
	q.template("\nFROM who JOIN {problem} p ON p.customer = who.customer\n" +
		"JOIN {problem_opening} o ON o.customer = p.customer AND o.problem = p.problem\n")
	if ask.tickets {
		q.template(ticketsOf)
	}
	if ask.words {
		q.template(wordsOf)
	}
	q.write("WHERE p.status <> 'joined'")
	if ask.status != "" {
		q.write(" AND p.status = " + q.arg(ask.status, "text"))
	}
	if ask.of != nil {
		q.template(" AND p.problem = (SELECT " + wholeOf + " FROM {problem_event} e WHERE e.customer = who.customer AND e.event = " + q.arg(*ask.of, "uuid") + ")")
	}
	if ask.after != nil {
		q.write(" AND (o.opened, o.event) < (" + q.arg(ask.after.at, "timestamptz") + ", " + q.arg(ask.after.event, "uuid") + ")")
	}
	q.write("\nORDER BY o.opened DESC, o.event DESC LIMIT " + q.arg(ask.size+1, "int4"))
	return q.statement(func(rows pgx.Rows) error { return r.scanProblems(rows, to) })
}

func (r *request) scanProblems(rows pgx.Rows, to *[]*problemRow) error {
	*to = nil
	var p problemRow
	var tickets struct{ spaces, numbers, states, hows []string }
	var seal sealed
	_, err := pgx.ForEachRow(rows, append([]any{
		&p.number, &p.opening, &p.opened, &p.touched, &p.status, &p.reason, &p.firstReason, &p.asset, &p.assetKind,
		&p.contacts, &p.lastContact, &p.reopenings, &p.joinedBy, &p.wordsEvent,
		&tickets.spaces, &tickets.numbers, &tickets.states, &tickets.hows,
	}, seal.columns()...), func() error {
		row := p
		row.tickets = make([]*ticket, len(tickets.spaces))
		for i := range row.tickets {
			row.tickets[i] = &ticket{tickets.spaces[i], tickets.numbers[i], tickets.states[i], tickets.hows[i]}
		}
		if p.wordsEvent != nil {
			seal.keep(r, *p.wordsEvent)
		}
		*to = append(*to, &row)
		return nil
	})
	return err
}

// sealed is the record of an event and the seeds of its person and reference, as
// they stand at the end of a row.
type sealed struct {
	record            []byte
	person, reference *domain.PersonID
	seeds             [2][]byte
	wraps             [2]*string
}

func (s *sealed) columns() []any {
	return []any{&s.record, &s.person, &s.seeds[0], &s.wraps[0], &s.reference, &s.seeds[1], &s.wraps[1]}
}

// keep gives them to the request, to be opened there.
func (s *sealed) keep(r *request, event domain.EventID) {
	if s.record == nil {
		return
	}
	r.opened.add(event, s.record)
	r.opened.addSeed(s.person, s.seeds[0], s.wraps[0])
	r.opened.addSeed(s.reference, s.seeds[1], s.wraps[1])
}

// identifiersQuery reads a customer's identifiers, the strongest first, each with
// the event that its value is sealed in.
func identifiersQuery(of place) *query {
	return newQuery(of.grant).who(of).template(`SELECT m.person, m.kind, i.event, i.at, t.record, s.seed, s.wrap
FROM who JOIN engine.person m ON m.customer = who.customer AND m.kind <> 'reference'
LEFT JOIN {identifier} i ON i.customer = who.customer AND i.identifier = m.person
LEFT JOIN {timeline} t ON t.identity = i.event
LEFT JOIN ring.person s ON s.person = m.person
ORDER BY array_position(ARRAY['account', 'line', 'email', 'phone', 'device'], m.kind), i.at, m.person`)
}
