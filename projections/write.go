package projections

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tellonce/tellonce/domain"
)

// writing is a pgx.Batch whose statements' answers are dealt with one by one.
type writing struct {
	batch  pgx.Batch
	answer []func(pgx.BatchResults) error
}

// exec queues a statement of which nothing is wanted back.
func (w *writing) exec(sql string, args ...any) {
	w.batch.Queue(sql, args...)
	w.answer = append(w.answer, func(results pgx.BatchResults) error { return done(results.Exec()) })
}

// rows queues a statement whose rows read reads.
func (w *writing) rows(read func(pgx.Rows, error) error, sql string, args ...any) {
	w.batch.Queue(sql, args...)
	w.answer = append(w.answer, func(results pgx.BatchResults) error { return read(results.Query()) })
}

// send sends all at once and deals with the answers in order; meanwhile is called
// after the first few of them, while the database works on the others.
func (w *writing) send(ctx context.Context, tx transaction, first int, meanwhile func() error) error {
	if len(w.answer) == 0 {
		return meanwhile()
	}
	results := tx.SendBatch(ctx, &w.batch)
	for i, answer := range w.answer {
		if i == first {
			if err := meanwhile(); err != nil {
				_ = results.Close() // the transaction is rolled back anyway
				return err
			}
		}
		if err := answer(results); err != nil {
			_ = results.Close() // says the same
			return err
		}
	}
	if err := closed(results); err != nil {
		return err
	}
	if first >= len(w.answer) {
		return meanwhile()
	}
	return nil
}

func done(_ pgconn.CommandTag, err error) error { return err }

// write writes the plan, the rows of what stands, and the folds of every customer
// that is touched.
func (r *run) write(ctx context.Context) error {
	f := newFolding(r)
	w := &writing{}
	f.readStates(w)
	first := len(w.answer)
	r.writeSeen(w)
	r.writeRows(w)
	r.writePersons(w)
	r.writeLinks(w)
	r.removeLoose(w, f)
	if err := w.send(ctx, r.tx, first, f.stepForward); err != nil {
		return fmt.Errorf("write events and belonging: %w", err)
	}
	if err := f.foldMoved(ctx); err != nil {
		return err
	}
	if err := f.foldAgain(ctx); err != nil {
		return err
	}
	w = &writing{}
	f.write(w)
	f.writeCustomers(w)
	w.exec(commit)
	if err := w.send(ctx, r.tx, 0, func() error { return nil }); err != nil {
		return fmt.Errorf("write folds and commit: %w", err)
	}
	return nil
}

func (r *run) writeSeen(w *writing) {
	if len(r.judged) > 0 {
		w.exec(updateSeen, verdictColumns(r.judged, func(identity domain.EventID) *verdict { return r.verdicts[identity] })...)
	}
	unreadable := r.work.read.unreadable
	if len(unreadable) == 0 {
		return
	}
	offsets, reasons, records := make([]int64, len(unreadable)), make([]string, len(unreadable)), make([][]byte, len(unreadable))
	for i, u := range unreadable {
		offsets[i], reasons[i], records[i] = u.offset, u.reason, u.record
		if u.record == nil {
			records[i] = []byte{}
		}
	}
	w.exec(`INSERT INTO engine.unreadable (topic, partition, log_offset, reason, record)
SELECT $1, $2, * FROM unnest($3::int8[], $4::text[], $5::bytea[]) ON CONFLICT DO NOTHING`, r.work.place.topic, r.work.place.partition, offsets, reasons, records)
}

// writeRows replaces the rows of exactly the events whose standing changed.
func (r *run) writeRows(w *writing) {
	var fallen []domain.EventID
	for i := range r.changes {
		if r.changes[i].old != nil {
			fallen = append(fallen, r.changes[i].identity)
		}
	}
	for _, p := range r.sql.rows {
		if len(fallen) > 0 {
			w.exec(p.table.forget, fallen)
		}
		rows := p.projection.tables()[0].newSheet()
		for i := range r.changes {
			if e := r.changes[i].new; e != nil {
				p.projection.add(e.Recorded, rows)
			}
		}
		if n, columns := rows.puts(); n > 0 {
			w.exec(p.table.insert, columns...)
		}
	}
}

const updatePersons = `UPDATE engine.person p SET customer = u.customer, shared = u.shared, first = u.first, last = u.last,
  leans_on = u.leans_on, falls_back_on = u.falls_back_on, naming = u.naming
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bool[], $5::timestamptz[], $6::timestamptz[], $7::uuid[], $8::uuid[], $9::bytea[])
  u(person, kind, customer, shared, first, last, leans_on, falls_back_on, naming)
WHERE p.person = u.person`

// renameCustomers renames for the persons that are not in the plan. All at once: one
// customer may take the id that another leaves.
const renameCustomers = `UPDATE engine.person p SET customer = u.after FROM unnest($1::uuid[], $2::uuid[]) u(before, after)
WHERE p.customer = u.before AND p.person NOT IN (SELECT unnest($3::uuid[]))`

// writePersons writes the persons that are otherwise than stored, or than we made
// them before we knew.
func (r *run) writePersons(w *writing) {
	p := r.plan
	var different []*node
	var recount []domain.PersonID
	inPlan := make([]domain.PersonID, 0, len(p.nodes))
	for person, n := range p.nodes {
		before := n.stored
		if before == nil {
			before = &r.ours[person].member
		}
		if !before.equal(&n.member) {
			different = append(different, n)
		}
		if n.recount {
			recount = append(recount, person)
		}
		inPlan = append(inPlan, person)
	}
	var leftOver []domain.PersonID
	for person := range r.ours {
		if p.nodes[person] == nil {
			leftOver = append(leftOver, person)
		}
	}
	if len(leftOver) > 0 {
		w.exec("DELETE FROM engine.person WHERE person = ANY($1)", leftOver)
	}
	if len(different) > 0 {
		w.exec(updatePersons, personColumns(different)...)
	}
	if len(p.renamed) > 0 {
		var before, after []domain.PersonID
		for b, a := range p.renamed {
			before, after = append(before, b), append(after, a)
		}
		w.exec(renameCustomers, before, after, inPlan)
	}
	if len(recount) > 0 {
		w.exec(r.sql.recount, recount)
	}
}

func personColumns(nodes []*node) []any {
	n := len(nodes)
	person, customer, shared := make([]domain.PersonID, n), make([]domain.PersonID, n), make([]bool, n)
	kind, naming := make([]string, n), make([][]byte, n)
	first, last := make([]*time.Time, n), make([]*time.Time, n)
	leansOn, fallsBackOn := make([]*domain.PersonID, n), make([]*domain.PersonID, n)
	for i, m := range nodes {
		person[i], kind[i], customer[i], shared[i] = m.person, string(m.kind), m.customer, m.shared
		first[i], last[i], leansOn[i], fallsBackOn[i], naming[i] = m.first, m.last, orNull(m.leansOn), orNull(m.fallsBackOn), m.naming
	}
	return []any{person, kind, customer, shared, first, last, leansOn, fallsBackOn, naming}
}

const makeLinks = `INSERT INTO engine.link (a, b, together, n) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bool[], $4::int4[])`

const countLinks = `UPDATE engine.link l SET n = l.n + u.delta FROM unnest($1::uuid[], $2::uuid[], $3::int4[]) u(a, b, delta) WHERE l.a = u.a AND l.b = u.b`

const removeLinks = `DELETE FROM engine.link l USING unnest($1::uuid[], $2::uuid[]) u(a, b) WHERE l.a = u.a AND l.b = u.b`

func (r *run) writeLinks(w *writing) {
	var made, counted, gone linkColumns
	for l, change := range r.plan.links {
		switch {
		case change.appears():
			made.add(l, change)
		case change.vanishes():
			gone.add(l, change)
		default:
			counted.add(l, change)
		}
	}
	if len(gone.a) > 0 {
		w.exec(removeLinks, gone.a, gone.b)
	}
	if len(counted.a) > 0 {
		w.exec(countLinks, counted.a, counted.b, counted.delta)
	}
	if len(made.a) > 0 {
		w.exec(makeLinks, made.a, made.b, made.together, made.delta)
	}
}

type linkColumns struct {
	a, b     []domain.PersonID
	together []bool
	delta    []int32
}

func (c *linkColumns) add(l pair, change *linkChange) {
	c.a, c.b = append(c.a, l.a), append(c.b, l.b)
	c.together, c.delta = append(c.together, change.together), append(c.delta, int32(change.delta))
}

const removeLoose = `DELETE FROM engine.person p WHERE p.person = ANY($1) AND p.first IS NULL AND p.naming IS NULL
AND NOT EXISTS (SELECT FROM engine.link l WHERE l.a = p.person) AND NOT EXISTS (SELECT FROM engine.link l WHERE l.b = p.person)
AND NOT EXISTS (SELECT FROM engine.person q WHERE q.leans_on = p.person) AND NOT EXISTS (SELECT FROM engine.person q WHERE q.falls_back_on = p.person)
RETURNING p.person`

// removeLoose removes the persons that no standing event needs any more. Such a one
// is a customer of its own, which goes with it.
func (r *run) removeLoose(w *writing, f *folding) {
	if len(r.plan.loose) == 0 {
		return
	}
	w.rows(func(rows pgx.Rows, err error) error {
		if err != nil {
			return err
		}
		f.removed, err = pgx.CollectRows(rows, pgx.RowTo[domain.PersonID])
		return err
	}, removeLoose, slices.Collect(maps.Keys(r.plan.loose)))
}
