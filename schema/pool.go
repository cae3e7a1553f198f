package schema

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// role is what the API reads as: it sees what the first migration grants it.
const role = "tellonce_api"

// PoolOptions bound a pool; the zero value takes the defaults.
type PoolOptions struct {
	Connections int32           // 8: more only add to the slowest answers
	Statement   time.Duration   // of one statement; 5 s
	Tracer      pgx.QueryTracer // told of every statement, nil: nobody
}

// NewPool opens connections for a Server. They have the role tellonce_api and only
// read. The statements of a batch see one snapshot: all of them stand between two
// Syncs and so in one transaction, and that is repeatable read. Plans are made once,
// perhaps while tables are empty: each statement is about one customer and written
// for one way through the indexes, and no other is offered to the planner.
func NewPool(ctx context.Context, url string, opts PoolOptions) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read database URL: %w", err)
	}
	if opts.Connections == 0 {
		opts.Connections = 8
	}
	if opts.Statement == 0 {
		opts.Statement = 5 * time.Second
	}
	config.MaxConns = opts.Connections
	config.ConnConfig.Tracer = opts.Tracer
	for name, value := range map[string]string{
		"role":                          role,
		"default_transaction_isolation": "repeatable read",
		"default_transaction_read_only": "on",
		"statement_timeout":             strconv.FormatInt(opts.Statement.Milliseconds(), 10),
		"plan_cache_mode":               "force_generic_plan",
		"enable_seqscan":                "off",
		"enable_hashjoin":               "off",
		"enable_mergejoin":              "off",
		"jit":                           "off",
		"timezone":                      "UTC",
		"application_name":              "tellonce api",
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open connections of the API: %w", err)
	}
	return pool, nil
}
