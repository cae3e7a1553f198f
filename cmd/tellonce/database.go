package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tellonce/tellonce/internal/embedded"
)

// database is the ground of a command and a pool on it.
type database struct {
	ground *embedded.Ground
	pool   *pgxpool.Pool
	log    *slog.Logger
}

// withDatabase joins what runs on the folder, or starts it for as long as do takes.
func (p *place) withDatabase(ctx context.Context, out output, do func(database) error) (err error) {
	log := logger(out.Err, p.LogLevel)
	ground, err := p.join(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ground.Close()) }()
	connections, err := pool(ctx, ground.DatabaseURL())
	if err != nil {
		return err
	}
	defer connections.Close()
	return do(database{ground, connections, log})
}
