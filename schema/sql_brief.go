package schema

import (
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/projections"
)

// What a brief shows at most, of a life however long.
const (
	briefProblems = 10  // the open ones first, of each the last touched
	briefContacts = 30  // of those problems
	briefLatest   = 5   // contacts of any problem or none
	briefWords    = 100 // on steps, on promises, and resets
	briefAnswers  = 20
)

// briefRows is what a brief is composed of.
type briefRows struct {
	projections.BriefRows
	named []domain.EventID // the events that may have the holder's name
}

// chosen opens a statement with the problems that a brief shows, by all their
// numbers: those of the problems joined into them too.
func (q *query) chosen(of place) *query {
	return q.who(of).template(`, shown AS MATERIALIZED (
  SELECT p.problem FROM {problem} p JOIN who USING (customer) WHERE p.status <> 'joined'
  ORDER BY p.status = 'open' DESC, p.touched DESC, p.problem DESC LIMIT ` + q.arg(briefProblems, "int4") + `
), chosen AS MATERIALIZED (
  SELECT p.customer, p.problem FROM {problem} p JOIN who USING (customer) WHERE p.whole IN (SELECT problem FROM shown)
)
`)
}

// rowsInto is a statement whose rows are collected as structs, column by field.
func rowsInto[R any](q *query, to *[]R) statement {
	return q.statement(func(rows pgx.Rows) error {
		var err error
		*to, err = pgx.CollectRows(rows, pgx.RowToStructByPos[R])
		return err
	})
}

// numberOf is the number of the problem that a row x of the fold is in: by itself
// or, where it was in none at its place, by what its interaction named first.
const numberOf = `coalesce(x.problem, (SELECT f.problem FROM {first_named} f WHERE f.customer = x.customer AND f.interaction = x.interaction))`

// mentioned are the interactions that have events in chosen problems.
const mentioned = `, mentioned AS (
  SELECT x.interaction, x.problem, x.at FROM chosen JOIN {problem_event} x USING (customer, problem) WHERE x.interaction IS NOT NULL
  UNION ALL
  SELECT x.interaction, f.problem, x.at FROM chosen JOIN {first_named} f USING (customer, problem)
  JOIN {problem_event} x ON x.customer = f.customer AND x.interaction = f.interaction AND x.problem IS NULL
)
`

const contactColumns = `SELECT x.interaction, x.word, x.event, x.person, x.at, x.vendor, x.site, x.channel, x.direction, x.queue,
  x.number_dialled, x.calling_network, x.ivr_wait, x.queue_wait, x.ring_wait, x.talk, x.hold, x.wrap, x.ended_as,
  x.disposition, x.reason, x.resolution, x.said_by, x.level, x.party`

// planBrief adds what a brief is composed of to the batch.
func (r *request) planBrief(of place) *briefRows {
	b := &briefRows{}
	r.needSeeds(of)
	r.batch.add(r.briefProblems(of, b))
	chosen := func() *query { return newQuery(of.grant).chosen(of) }
	asked := func() *query { return newQuery(of.grant).who(of) }
	q := chosen()
	r.batch.add(rowsInto(q.template(`SELECT x.space, x.number, x.problem, x.status, x.touched, x.joined_by
FROM {ticket} x JOIN chosen USING (customer, problem) ORDER BY x.space, x.number`), &b.Tickets))
	r.batch.add(r.briefMentions(of, b))
	q = chosen()
	r.batch.add(rowsInto(q.template(mentioned+contactColumns+`
FROM {contact} x JOIN who USING (customer)
WHERE x.interaction IN (SELECT interaction FROM mentioned GROUP BY interaction ORDER BY max(at) DESC LIMIT `+q.arg(briefContacts, "int4")+`)
   OR x.interaction IN (SELECT y.interaction FROM {contact} y JOIN who USING (customer) GROUP BY y.interaction ORDER BY max(y.at) DESC LIMIT `+q.arg(briefLatest, "int4")+`)`), &b.Contacts))
	q = chosen()
	r.batch.add(rowsInto(q.template(`SELECT x.step, x.word, x.event, x.person, x.at, x.problem, x.interaction, x.code, x.outcome, x.by
FROM {step} x JOIN who USING (customer) WHERE `+numberOf+` IN (SELECT problem FROM chosen) ORDER BY x.at DESC LIMIT `+q.arg(briefWords, "int4")), &b.Steps))
	q = asked()
	r.batch.add(rowsInto(q.template(`SELECT x.event, x.at, x.problem, x.interaction, x.what
FROM {reset} x JOIN who USING (customer) ORDER BY x.at DESC LIMIT `+q.arg(briefWords, "int4")), &b.Resets))
	q = chosen()
	r.batch.add(rowsInto(q.template(`SELECT x.vendor, x.promise, x.word, x.event, x.person, x.at, x.problem, x.interaction, x.what, x.amount, x.currency,
  x.due, x.made_by, x.owed_by, x.proof, x.has_words
FROM {promise} x JOIN who USING (customer)
WHERE `+numberOf+` IS NULL OR `+numberOf+` IN (SELECT problem FROM chosen) ORDER BY x.at DESC LIMIT `+q.arg(briefWords, "int4")), &b.Promises))
	r.batch.add(r.briefAnswers(of, b))
	r.batch.add(r.briefNames(of, b))
	return b
}

const sealedColumns = `t.record, t.person, a.seed, a.wrap, t.reference, b.seed, b.wrap`

func (r *request) briefProblems(of place, b *briefRows) statement {
	q := newQuery(of.grant).chosen(of).template(`SELECT p.problem, p.whole, p.status, p.reason, p.first_reason, p.asset, p.asset_kind, p.touched, p.contacts,
  p.last_contact, p.reopenings, p.joined_by, p.words_person, p.words_event,
  o.event, o.person, o.opened, (SELECT count(*) FROM {problem} o WHERE o.customer = p.customer AND o.status = 'open'), ` + sealedColumns + `
FROM chosen JOIN {problem} p USING (customer, problem) JOIN {problem_opening} o USING (customer, problem)
` + wordsOf + `ORDER BY p.touched DESC, p.problem DESC`)
	return q.statement(func(rows pgx.Rows) error {
		b.Problems, b.Openings, b.OpenProblems = nil, nil, 0
		var p projections.ProblemRow
		var o projections.ProblemOpeningRow
		var s sealed
		_, err := pgx.ForEachRow(rows, append([]any{
			&p.Problem, &p.Whole, &p.Status, &p.Reason, &p.FirstReason, &p.Asset, &p.AssetKind, &p.Touched, &p.Contacts,
			&p.LastContact, &p.Reopenings, &p.JoinedBy, &p.WordsPerson, &p.WordsEvent,
			&o.Event, &o.Person, &o.Opened, &b.OpenProblems,
		}, s.columns()...), func() error {
			o.Problem = p.Problem
			b.Problems, b.Openings = append(b.Problems, p), append(b.Openings, o)
			if p.WordsEvent != nil {
				s.keep(r, *p.WordsEvent)
			}
			return nil
		})
		return err
	})
}

// briefMentions reads which interactions are about the problems, and which problem
// those interactions named first that had events before they named one.
func (r *request) briefMentions(of place, b *briefRows) statement {
	q := newQuery(of.grant).chosen(of).template(mentioned + `SELECT interaction, problem, max(at) FROM mentioned GROUP BY interaction, problem
UNION ALL
SELECT f.interaction, f.problem, NULL FROM chosen JOIN {first_named} f USING (customer, problem)`)
	return q.statement(func(rows pgx.Rows) error {
		b.Mentions, b.FirstNamed = nil, nil
		var interaction domain.PersonID
		var problem int64
		var last *time.Time
		_, err := pgx.ForEachRow(rows, []any{&interaction, &problem, &last}, func() error {
			if last == nil {
				b.FirstNamed = append(b.FirstNamed, projections.FirstNamedRow{Interaction: interaction, Problem: problem})
				return nil
			}
			b.Mentions = append(b.Mentions, projections.Mention{Interaction: interaction, Problem: problem, Last: *last})
			return nil
		})
		return err
	})
}

func (r *request) briefAnswers(of place, b *briefRows) statement {
	q := newQuery(of.grant).chosen(of)
	q.template(`SELECT x.event, x.person, x.at, x.problem, x.interaction, x.article, x.has_words, ` + sealedColumns + `
FROM {answer} x JOIN who USING (customer)
LEFT JOIN {timeline} t ON t.identity = x.event AND x.has_words
LEFT JOIN ring.person a ON a.person = t.person
LEFT JOIN ring.person b ON b.person = t.reference
WHERE ` + numberOf + ` IN (SELECT problem FROM chosen) ORDER BY x.at DESC LIMIT ` + q.arg(briefAnswers, "int4"))
	return q.statement(func(rows pgx.Rows) error {
		b.Answers = nil
		var x projections.AnswerRow
		var s sealed
		_, err := pgx.ForEachRow(rows, append([]any{&x.Event, &x.Person, &x.At, &x.Problem, &x.Interaction, &x.Article, &x.HasWords}, s.columns()...), func() error {
			b.Answers = append(b.Answers, x)
			s.keep(r, x.Event)
			return nil
		})
		return err
	})
}

// briefNames reads the events that the strongest identifiers are sealed in: with an
// identifier, vendors send its holder's name.
func (r *request) briefNames(of place, b *briefRows) statement {
	q := newQuery(of.grant).who(of).template(`SELECT t.identity, ` + sealedColumns + `
FROM (SELECT x.event FROM {identifier} x JOIN who USING (customer) WHERE x.kind IN ('account', 'line') ORDER BY x.kind, x.at LIMIT 3) x
JOIN {timeline} t ON t.identity = x.event
LEFT JOIN ring.person a ON a.person = t.person
LEFT JOIN ring.person b ON b.person = t.reference`)
	return q.statement(func(rows pgx.Rows) error {
		b.named = nil
		var event domain.EventID
		var s sealed
		_, err := pgx.ForEachRow(rows, append([]any{&event}, s.columns()...), func() error {
			b.named = append(b.named, event)
			s.keep(r, event)
			return nil
		})
		return err
	})
}
