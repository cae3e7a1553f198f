package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// errGrown: a batch found under its locks that it needs others, which somebody holds.
// It starts over with these among its first.
var errGrown = errors.New("closure grew")

// run is one attempt at a batch, in one transaction.
type run struct {
	e    *Engine
	tx   transaction
	sql  *statements
	work *batchWork

	verdicts   map[domain.EventID]*verdict // of identities that were there and changed
	judged     []domain.EventID            // those of verdicts, ascending
	changes    []change
	said       said
	conflicts  []contradiction
	verdictRow verdictRow

	ours   map[domain.PersonID]*node // persons made here, as they were made
	locked map[domain.PersonID]int64 // customers locked here: the transaction that last wrote them
	plan   *plan
}

func (e *Engine) applyOnce(ctx context.Context, work *batchWork) error {
	r := &run{
		e: e, work: work, verdicts: map[domain.EventID]*verdict{},
		ours: map[domain.PersonID]*node{}, locked: map[domain.PersonID]int64{},
	}
	if err := e.inTransaction(ctx, func(tx transaction) error {
		r.tx = tx
		return r.apply(ctx)
	}); err != nil {
		return err
	}
	r.tell(ctx)
	return nil
}

// apply goes through the one order of locks: checkpoint, seen, new persons,
// customers, rows.
func (r *run) apply(ctx context.Context) error {
	fresh, err := r.enter(ctx)
	if err != nil {
		return err
	}
	if err := r.judge(ctx, fresh); err != nil {
		return err
	}
	if err := r.contradicted(ctx); err != nil {
		return err
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	return r.write(ctx)
}

const fence = `UPDATE engine.checkpoint SET next_offset = $1, recorded = greatest(recorded, $2)
WHERE projection = $3 AND topic = $4 AND partition = $5 AND (next_offset = $6 OR $7)`

// enter passes the fence and makes the rows of identities never seen before.
func (r *run) enter(ctx context.Context) (fresh map[domain.EventID]bool, err error) {
	w := r.work
	batch := &pgx.Batch{}
	batch.Queue(begin)
	batch.Queue(settings)
	batch.Queue(fence, w.next, w.read.recorded, live, w.place.topic, w.place.partition, w.expected, r.e.broken.noFence)
	batch.Queue(readGenerations)
	batch.Queue(makeSeen, verdictColumns(w.read.identities, func(identity domain.EventID) *verdict { return &w.read.arrivals[identity].verdict })...)
	results := r.tx.SendBatch(ctx, batch)
	defer func() { err = errors.Join(err, closed(results)) }()
	for range 2 {
		if _, err := results.Exec(); err != nil {
			return nil, fmt.Errorf("begin: %w", err)
		}
	}
	tag, err := results.Exec()
	if err != nil {
		return nil, fmt.Errorf("advance checkpoint: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return nil, fmt.Errorf("advance checkpoint: %w", ErrFenced)
	}
	generations, err := generationsIn(results.Query())
	if err != nil {
		return nil, err
	}
	if r.sql, err = r.e.statementsFor(generations); err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		return nil, fmt.Errorf("write seen: %w", err)
	}
	fresh = make(map[domain.EventID]bool, len(w.read.identities))
	var identity domain.EventID
	if _, err := pgx.ForEachRow(rows, []any{&identity}, func() error { fresh[identity] = true; return nil }); err != nil {
		return nil, fmt.Errorf("write seen: %w", err)
	}
	return fresh, nil
}

// settle plans belonging, makes the new persons and locks the customers that the
// plan touches, and plans again behind the locks until nothing that it stands on
// was written by another since it was read.
func (r *run) settle(ctx context.Context) error {
	if len(r.changes) == 0 {
		r.plan = &plan{}
		return nil
	}
	for first := true; ; first = false {
		p, err := r.newPlan(ctx)
		if err != nil {
			return err
		}
		made, err := r.makePersons(ctx, p, first)
		if err != nil {
			return err
		}
		held, err := r.lockCustomers(ctx, p, first)
		if err != nil {
			return err
		}
		if made && held && r.unchanged(p) {
			r.plan = p
			return p.doubt
		}
	}
}

const makePersons = `INSERT INTO engine.person (person, kind, customer, shared, first, last, leans_on, falls_back_on, naming)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bool[], $5::timestamptz[], $6::timestamptz[], $7::uuid[], $8::uuid[], $9::bytea[])
ON CONFLICT DO NOTHING RETURNING person`

// makePersons makes the plan's new persons as it has them, ascending: who else would
// make one waits here until we are done. It reports whether none was there after all.
// Behind customers' locks nobody waits for a person: the batch starts over, and then
// has it among its first.
func (r *run) makePersons(ctx context.Context, p *plan, first bool) (all bool, err error) {
	var missing []*node
	for _, person := range sortedKeys(p.nodes) {
		if n := p.nodes[person]; n.stored == nil && r.ours[person] == nil {
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return true, nil
	}
	if !first {
		r.work.hint = sortedKeys(r.locked)
		return false, errGrown
	}
	rows, err := r.tx.Query(ctx, makePersons, personColumns(missing)...)
	if err != nil {
		return false, fmt.Errorf("make persons: %w", err)
	}
	made, err := pgx.CollectRows(rows, pgx.RowTo[domain.PersonID])
	if err != nil {
		return false, fmt.Errorf("make persons: %w", err)
	}
	for _, person := range made {
		asMade := *p.nodes[person]
		r.ours[person] = &asMade
	}
	return len(made) == len(missing), nil
}

const (
	lockCustomers = `SELECT customer, changed FROM engine.customer WHERE customer = ANY($1) ORDER BY customer FOR UPDATE`
	// tryCustomers takes those that nobody holds: out of order, waiting could be
	// waiting for each other.
	tryCustomers = lockCustomers + ` SKIP LOCKED`
)

// lockCustomers locks what the plan needs and is not locked yet: the first time in
// order, later only what is free, else the batch starts over. It reports whether all
// of them are still there.
func (r *run) lockCustomers(ctx context.Context, p *plan, first bool) (all bool, err error) {
	var missing []domain.PersonID
	sql := tryCustomers
	if first {
		sql = lockCustomers
		for _, customer := range r.work.hint {
			p.locks[customer] = struct{}{}
		}
	}
	for _, customer := range sortedKeys(p.locks) {
		if _, ok := r.locked[customer]; !ok {
			missing = append(missing, customer)
		}
	}
	if len(missing) == 0 {
		return true, nil
	}
	rows, err := r.tx.Query(ctx, sql, missing)
	if err != nil {
		return false, fmt.Errorf("lock customers: %w", err)
	}
	var customer domain.PersonID
	var changed int64
	n := 0
	if _, err := pgx.ForEachRow(rows, []any{&customer, &changed}, func() error {
		r.locked[customer] = changed
		n++
		return nil
	}); err != nil {
		return false, fmt.Errorf("lock customers: %w", err)
	}
	if n == len(missing) || first {
		return n == len(missing), nil
	}
	r.work.hint = slices.Concat(sortedKeys(r.locked), missing)
	return false, errGrown
}

// unchanged reports whether the customers that the plan stands on are as it read them.
func (r *run) unchanged(p *plan) bool {
	for customer := range p.locks {
		g := p.groups[customer]
		if changed, ok := r.locked[customer]; !ok || g != nil && g.changed != changed {
			return false
		}
	}
	return true
}

// tell counts and logs what came to light, once it is committed. No content is
// logged: it may be personal.
func (r *run) tell(ctx context.Context) {
	for _, c := range r.conflicts {
		r.e.counts.conflicts.Add(1)
		r.e.log.LogAttrs(ctx, slog.LevelWarn, "event was stated with different contents under one revision",
			slog.String("event", c.identity.String()), slog.Int("revision", c.revision), slog.Int("contents", c.contents))
	}
	for _, u := range r.work.read.unreadable {
		r.e.counts.unreadable.Add(1)
		r.e.log.LogAttrs(ctx, slog.LevelError, "record cannot be read and is set apart",
			slog.String("topic", r.work.place.topic), slog.Int("partition", r.work.place.partition), slog.Int64("offset", u.offset))
	}
}

func closed(results pgx.BatchResults) error {
	if err := results.Close(); err != nil {
		return fmt.Errorf("end statements: %w", err)
	}
	return nil
}
