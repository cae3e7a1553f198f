package schema

import (
	"strings"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// timelineFilter narrows a timeline; an empty list narrows nothing.
type timelineFilter struct {
	vendors, types, kinds, channels, reasons []string
	problem                                  *domain.EventID
	from, until                              *time.Time // from inclusive, until exclusive
}

// inProblems reports whether rows of the fold of problems decide.
func (f *timelineFilter) inProblems() bool {
	return len(f.channels) > 0 || len(f.reasons) > 0 || f.problem != nil
}

// timelinePage is a page of a customer's timeline.
type timelinePage struct {
	page
	after, before *domain.LifeKey
	filter        timelineFilter
	context       bool // with each event's problem, reason and channel
}

// timelineQuery reads a page and one entry more, in the order of reading.
//
// A customer has a person for each identifier and for each call, hundreds of them,
// and each person's rows lie together by time. The walk merges them: it opens the
// persons in the order of their last event and reads a few rows of one at a time,
// always of the person whose rows could be next, until the page is full. It stops
// there: persons whose last event is older are never looked at. After a cursor the
// last event is the last before it; for a person whose events lie on both sides an
// entry of the index says when that was, and OFFSET 0 keeps it from being asked twice.
//
// Of each opened person the walk knows the edge, the time of the last row read. Rows
// later than all edges, and than the last event of the persons not opened, are sure.
// Rows at an edge are read again with the next ones, as more may share their time: so
// what is sure is complete whatever the order of ties, and the page is cut by the
// whole key at the end. Of a customer of many persons a page of 20 reads at most 60
// rows, but where dozens of events share the instant at which the page ends; of one
// of few persons it takes more rows at a time, and fewer steps.
//
// A page from the end walks the same way in the other direction.
func timelineQuery(p place, t *timelinePage) *query {
	q := newQuery(p.grant)
	latest, earliest := t.bounds(q)
	q.who(p).template(directed(t.backward, timelineWalk,
		"$latest", latest, "$earliest", earliest,
		"$limit", q.arg(t.size+1, "int4"), "$few", q.arg(max(2, t.size/10), "int4"), "$more", q.arg(max(8, t.size/5), "int4"),
		"$where", t.where(q)))
	if t.context {
		q.template(directed(t.backward, timelineContext))
	} else {
		q.template(directed(t.backward, timelineAlone))
	}
	return q
}

// directed puts the words of one direction, and what else is given, into a text.
func directed(backward bool, text string, more ...string) string {
	direction := []string{"$DESC", "DESC", "$>=", ">=", "$>", ">", "$far", "min", "$last", "p.last", "$nearest", "max", "$from", "$latest"}
	if backward {
		direction = []string{"$DESC", "ASC", "$>=", "<=", "$>", "<", "$far", "max", "$last", "p.first", "$nearest", "min", "$from", "$earliest"}
	}
	return strings.NewReplacer(more...).Replace(strings.NewReplacer(direction...).Replace(text))
}

const timelineWalk = `, member AS MATERIALIZED (
  SELECT array_agg(m.person) AS persons, array_agg(m.near) AS nears, array_agg(m.since) AS sinces, array_agg(m.until) AS untils,
         CASE WHEN count(*) > 50 THEN $few ELSE $more END AS rows
  FROM (SELECT p.person, p.since, p.until, n.near
        FROM engine.person p JOIN who USING (customer)
        CROSS JOIN LATERAL (SELECT CASE WHEN $from $>= $last THEN $last ELSE
          (SELECT $nearest(t.time) FROM {timeline} t WHERE t.person = p.person AND $from $>= t.time) END AS near OFFSET 0) n
        WHERE p.first <= $latest AND p.last >= $earliest AND n.near IS NOT NULL
        ORDER BY n.near $DESC, p.person) m
), walk AS (
  -- of each opened person: the edge, null where it is past; the rows read at the
  -- edge, null where there are no more; how many rows came with it, and the time of
  -- the first of those
  SELECT 0 AS opened, 0 AS sure, NULL::timestamptz AS passed,
         ARRAY[]::timestamptz[] AS edges, ARRAY[]::int4[] AS ties, ARRAY[]::int4[] AS fresh,
         ARRAY[]::timestamptz[] AS tops, NULL::{timeline}[] AS rows
  UNION ALL
  SELECT w.opened + o.opens::int4,
         w.sure + CASE WHEN o.opens THEN 0 ELSE w.fresh[i.at] END,
         CASE WHEN o.opens THEN w.passed ELSE e.edge END,
         w.edges[:i.at - 1] || CASE WHEN n.total > i.ties THEN n.edge END || w.edges[i.at + 1:],
         w.ties[:i.at - 1] || CASE WHEN n.total = i.most THEN n.ties END || w.ties[i.at + 1:],
         w.fresh[:i.at - 1] || (n.total - i.ties) || w.fresh[i.at + 1:],
         w.tops[:i.at - 1] || n.times[i.ties + 1] || w.tops[i.at + 1:],
         n.rows
  FROM walk w CROSS JOIN member m
  LEFT JOIN LATERAL (
    SELECT u.edge, u.at::int4 FROM unnest(w.edges) WITH ORDINALITY u (edge, at)
    WHERE u.edge IS NOT NULL ORDER BY u.edge $DESC LIMIT 1
  ) e ON true
  CROSS JOIN LATERAL (
    SELECT w.opened < cardinality(m.persons) AND (e.edge IS NULL OR m.nears[w.opened + 1] $>= e.edge) AS opens
  ) o
  CROSS JOIN LATERAL (
    SELECT b.at AS bound, w.sure + (SELECT count(*) FROM unnest(w.edges, w.tops) v (edge, top) WHERE v.edge IS NOT NULL AND v.top $> b.at) AS sure
    FROM (SELECT CASE WHEN o.opens THEN m.nears[w.opened + 1] ELSE e.edge END AS at) b
  ) s
  CROSS JOIN LATERAL (
    SELECT CASE WHEN o.opens THEN w.opened + 1 ELSE e.at END AS at,
           CASE WHEN o.opens THEN $from ELSE e.edge END AS near,
           CASE WHEN o.opens THEN 0 ELSE coalesce(w.ties[e.at], 0) END AS ties,
           CASE WHEN o.opens THEN m.rows ELSE coalesce(w.ties[e.at] + m.rows, 0) END AS most
  ) i
  CROSS JOIN LATERAL (
    SELECT array_agg(x.entry) AS rows, array_agg(x.time ORDER BY x.time $DESC) AS times, count(*)::int4 AS total, min(x.edge) AS edge,
           count(*) FILTER (WHERE x.time = x.edge)::int4 AS ties
    FROM (
      SELECT y.entry, y.time, $far(y.time) OVER () AS edge
      FROM (
        SELECT t AS entry, t.time FROM {timeline} t
        WHERE t.person = m.persons[i.at] AND i.near $>= t.time
          AND t.time <= $latest AND t.time >= $earliest
          AND t.time >= m.sinces[i.at] AND t.time < m.untils[i.at]$where
        ORDER BY t.time $DESC LIMIT i.most
      ) y
    ) x
  ) n
  WHERE (o.opens OR e.edge IS NOT NULL)
    AND (s.sure < $limit OR s.bound $>= w.passed)
), page AS MATERIALIZED (
  SELECT DISTINCT ON (t.time, t.source, t.subject, t.sequence, t.id) t.*
  FROM walk w, unnest(w.rows) t
  ORDER BY t.time $DESC, t.source $DESC, t.subject $DESC, t.sequence $DESC, t.id $DESC LIMIT $limit
)
`

const timelineColumns = `SELECT t.identity, t.time, t.source, t.subject, t.sequence, t.id, t.type, t.vendor, t.record,
  t.person, a.seed, a.wrap, t.reference, b.seed, b.wrap`

const timelineSeeds = `
LEFT JOIN ring.person a ON a.person = t.person
LEFT JOIN ring.person b ON b.person = t.reference
`

const timelineOrder = `ORDER BY t.time $DESC, t.source $DESC, t.subject $DESC, t.sequence $DESC, t.id $DESC`

const timelineAlone = timelineColumns + `, NULL, NULL, NULL
FROM page t` + timelineSeeds + timelineOrder

// The problem, reason and channel of an event are its problem's and its interaction's.
const timelineContext = timelineColumns + `, o.event, p.reason, ` + channelOf + `
FROM page t CROSS JOIN who` + timelineSeeds + `LEFT JOIN {problem_event} e ON e.customer = who.customer AND e.event = t.identity
LEFT JOIN LATERAL ` + wholeOf + ` n ON true
LEFT JOIN {problem} p ON p.customer = who.customer AND p.problem = n.whole
LEFT JOIN {problem_opening} o ON o.customer = who.customer AND o.problem = p.problem
` + timelineOrder

// wholeOf is the number of the problem that a row e of problem_event is in, as
// migrations/0004_problems.sql says.
const wholeOf = `(SELECT w.whole FROM {problem} w WHERE w.customer = e.customer AND w.problem = coalesce(e.problem,
  (SELECT f.problem FROM {first_named} f WHERE f.customer = e.customer AND f.interaction = e.interaction)))`

// channelOf is the channel of a row e of problem_event: where it was not said by
// then, what its interaction's start says.
const channelOf = `coalesce(e.channel,
  (SELECT c.channel FROM {contact} c WHERE c.customer = e.customer AND c.interaction = e.interaction AND c.word = 'started'))`

// where is what rows must fulfil, beside their person and time.
func (t *timelinePage) where(q *query) string {
	var b strings.Builder
	and := func(condition string) { b.WriteString("\n          AND " + condition) }
	key := func(k *domain.LifeKey) string {
		return "(" + strings.Join([]string{
			q.arg(k.Time, "timestamptz"), q.arg(k.Source, "text"), q.arg(k.Subject, "text"),
			q.arg(k.Sequence, "int8"), q.arg(k.ID, "text"),
		}, ", ") + ")"
	}
	const life = "(t.time, t.source, t.subject, t.sequence, t.id)"
	if t.after != nil {
		and(life + " < " + key(t.after))
	}
	if t.before != nil {
		and(life + " > " + key(t.before))
	}
	f := &t.filter
	if len(f.vendors) > 0 {
		and("t.vendor = ANY (" + q.arg(f.vendors, "text[]") + ")")
	}
	if len(f.types) > 0 {
		and("t.type = ANY (" + q.arg(f.types, "text[]") + ")")
	}
	if len(f.kinds) > 0 {
		and("split_part(t.type, '.', 1) = ANY (" + q.arg(f.kinds, "text[]") + ")")
	}
	if f.inProblems() {
		and(f.problemWhere(q))
	}
	return b.String()
}

// problemWhere is what the fold of problems must say of the event.
func (f *timelineFilter) problemWhere(q *query) string {
	var b strings.Builder
	b.WriteString("EXISTS (SELECT FROM {problem_event} e WHERE e.customer = (SELECT customer FROM who) AND e.event = t.identity")
	if len(f.channels) > 0 {
		b.WriteString(" AND " + channelOf + " = ANY (" + q.arg(f.channels, "text[]") + ")")
	}
	if len(f.reasons) > 0 {
		b.WriteString(" AND EXISTS (SELECT FROM {problem} p, unnest(" + q.arg(f.reasons, "text[]") + ") wanted" +
			" WHERE p.customer = e.customer AND p.problem = " + wholeOf +
			" AND (p.reason = wanted OR starts_with(p.reason, wanted || '.')))")
	}
	if f.problem != nil {
		b.WriteString(" AND " + wholeOf + " = (SELECT g.whole FROM (SELECT " + wholeOf + " AS whole FROM {problem_event} e" +
			" WHERE e.customer = (SELECT customer FROM who) AND e.event = " + q.arg(*f.problem, "uuid") + ") g)")
	}
	b.WriteString(")")
	return b.String()
}

// bounds are the latest and the earliest time that rows may have.
func (t *timelinePage) bounds(q *query) (string, string) {
	latest, earliest := "infinity", "-infinity"
	if k := t.after; k != nil {
		latest = pgTime(k.Time)
	}
	if until := t.filter.until; until != nil && (t.after == nil || until.Before(t.after.Time)) {
		latest = pgTime(until.Add(-time.Microsecond))
	}
	if k := t.before; k != nil {
		earliest = pgTime(k.Time)
	}
	if from := t.filter.from; from != nil && (t.before == nil || from.After(t.before.Time)) {
		earliest = pgTime(*from)
	}
	return q.arg(latest, "text") + "::timestamptz", q.arg(earliest, "text") + "::timestamptz"
}

func pgTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000000Z07:00") }

// eventQuery reads the one event of a place.
func eventQuery(of place) *query {
	q := newQuery(of.grant)
	return q.who(of).template(", page AS (SELECT t.* FROM {timeline} t WHERE t.identity = " + q.arg(of.event, "uuid") + ")\n").
		template(directed(false, timelineContext))
}
