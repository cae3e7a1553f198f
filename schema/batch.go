package schema

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Database is what schema asks of PostgreSQL. NewPool's asks it best.
type Database interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// statement is one statement of a batch and what is done with its rows.
type statement struct {
	text func(generations) string
	args []any
	read func(pgx.Rows) error // reads all its rows, afresh where the batch is sent again
}

// batch is what a request reads: all of it in one round trip and, on NewPool's
// connections, from one snapshot.
type batch struct {
	statements []statement
	sent       bool
	asOf       asOf
}

func (b *batch) add(s statement) { b.statements = append(b.statements, s) }

// send sends the batch, once.
func (r *request) send() error {
	if r.batch.sent || r.failed != nil {
		return r.failed
	}
	r.batch.sent = true
	if r.failed = r.roundTrip(); r.failed == nil {
		r.opened.decode()
		r.failed = r.fetchForeignSeeds()
	}
	return r.failed
}

// roundTrip reads the batch. Where a read model was swapped since its generation was
// last seen, the answer of the batch says so, or its old table is gone: then it is
// read again by the new name.
func (r *request) roundTrip() error {
	used := r.generations.get()
	for try := 0; ; try++ {
		err := r.sendAs(used)
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == "42P01" { // undefined table
			if err := r.generations.read(r.ctx, r.db); err != nil {
				return err
			}
		}
		now := r.generations.get()
		if now.equal(used) || try == 2 {
			return err
		}
		used = now
	}
}

func (r *request) sendAs(g generations) error {
	var b pgx.Batch
	all := append([]statement{r.asOfStatement()}, r.batch.statements...)
	for _, s := range all {
		b.Queue(s.text(g), s.args...)
	}
	r.opened.forget()
	results := r.db.SendBatch(r.ctx, &b)
	defer func() { _ = results.Close() }()
	for i, s := range all {
		rows, err := results.Query()
		if err == nil {
			err = s.read(rows)
			rows.Close()
		}
		if err == nil {
			err = rows.Err()
		}
		if err != nil {
			return fmt.Errorf("read statement %d of the batch: %w", i, err)
		}
	}
	if err := results.Close(); err != nil {
		return fmt.Errorf("end the batch: %w", err)
	}
	return nil
}
