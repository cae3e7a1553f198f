package schema

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/projections"
)

// All SQL on customers is built here and in the other files named sql_*, from a
// grant: nothing of a customer is read without one. Each statement of a batch starts
// from the identifier again, so that none waits for another's answer.

// query is the text and the arguments of one statement.
type query struct {
	parts []func(generations) string
	args  []any
}

func newQuery(g grant) *query {
	q := &query{}
	if !g.given {
		// Behind every way here stands authorise; this is the second lock.
		q.write("SELECT WHERE false -- ")
	}
	return q
}

func (q *query) write(text string) *query {
	q.parts = append(q.parts, func(generations) string { return text })
	return q
}

// arg is the place of an argument of that type in the text.
func (q *query) arg(v any, pgType string) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d::%s", len(q.args), pgType)
}

// table writes the name of a read model's table in the generation that serves.
func (q *query) table(name string) *query {
	q.parts = append(q.parts, func(g generations) string { return g.table(projections.Of(name), name) })
	return q
}

// template writes text in which {name} is a read model's table.
func (q *query) template(text string) *query {
	for {
		before, rest, ok := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return q.write(text)
		}
		q.write(before).table(name)
		text = after
	}
}

func (q *query) statement(read func(pgx.Rows) error) statement {
	return statement{args: q.args, read: read, text: func(g generations) string {
		var b strings.Builder
		for _, part := range q.parts {
			b.WriteString(part(g))
		}
		return b.String()
	}}
}

// start is the person that a place names.
func (q *query) start(p place) string {
	switch {
	case p.hash != nil:
		return "(SELECT person FROM ring.person WHERE hash = " + q.arg(p.hash, "bytea") + ")"
	case !p.event.IsZero():
		return "(SELECT person FROM {timeline} WHERE identity = " + q.arg(p.event, "uuid") + ")"
	default:
		return q.arg(p.person, "uuid")
	}
}

// who opens a statement with the customer that a place belongs to today. Asked for
// by a shared person there is none; an event of one is its own.
func (q *query) who(p place) *query {
	shared := " AND NOT p.shared"
	if !p.event.IsZero() {
		shared = ""
	}
	return q.template("WITH RECURSIVE who AS MATERIALIZED (SELECT p.customer FROM engine.person p WHERE p.person = " +
		q.start(p) + shared + " ORDER BY p.since DESC LIMIT 1)\n")
}

// found is what is known of a person: the customer, or that several share it.
type found struct {
	customer   domain.PersonID
	shared     bool
	candidates int
}

// findStatement finds the customer of a place.
func findStatement(p place, to **found) statement {
	q := newQuery(p.grant)
	q.template(`SELECT p.customer, p.shared, CASE WHEN p.shared THEN
  (SELECT count(DISTINCT c.customer) FROM engine.link l JOIN engine.person c ON c.person = l.b
   WHERE l.a = p.person AND NOT l.together AND NOT c.shared) ELSE 0 END::int4
FROM engine.person p WHERE p.person = ` + q.start(p) + ` ORDER BY p.since DESC LIMIT 1`)
	return q.statement(func(rows pgx.Rows) error {
		*to = nil
		var f found
		_, err := pgx.ForEachRow(rows, []any{&f.customer, &f.shared, &f.candidates}, func() error {
			one := f
			*to = &one
			return nil
		})
		return err
	})
}

// seedsStatement reads the wrapped seeds of a customer's identifiers.
func (r *request) seedsStatement(p place) statement {
	q := newQuery(p.grant)
	q.who(p).write(`SELECT s.person, s.seed, s.wrap FROM who
JOIN engine.person m ON m.customer = who.customer AND m.kind <> 'reference'
JOIN ring.person s ON s.person = m.person`)
	return q.statement(func(rows pgx.Rows) error {
		var person domain.PersonID
		var seed []byte
		var wrap *string
		_, err := pgx.ForEachRow(rows, []any{&person, &seed, &wrap}, func() error {
			r.opened.addSeed(&person, seed, wrap)
			return nil
		})
		return err
	})
}
