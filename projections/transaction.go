package projections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// transaction is a connection within a batch's transaction.
type transaction interface {
	DB
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
}

// A batch's transaction begins with its first statements and commits with its last,
// in their round trips. It is READ COMMITTED: a statement sees what was committed
// before it began, so that what is read behind a lock is what its last holder left.
const (
	begin  = "BEGIN ISOLATION LEVEL READ COMMITTED"
	commit = "COMMIT"

	// Plans are made once and kept, often while a table is empty; none is to read
	// the whole of it when it is not. What has to be read whole looks costly then,
	// and would be compiled at every turn. And who is stopped in the middle of a batch
	// loses its transaction, so that the partition's next owner gets the locks.
	settings = "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), set_config('idle_in_transaction_session_timeout', '15s', true)"
)

// inTransaction runs f, which begins and commits, on a connection, and rolls back
// what f leaves open.
func (e *Engine) inTransaction(ctx context.Context, f func(transaction) error) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Release()
	err = f(conn)
	if c := conn.Conn(); !c.IsClosed() && c.PgConn().TxStatus() != 'I' {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if _, failed := c.Exec(ctx, "ROLLBACK"); failed != nil {
			err = errors.Join(err, fmt.Errorf("roll back: %w", failed), c.Close(ctx))
		}
	}
	return err
}
