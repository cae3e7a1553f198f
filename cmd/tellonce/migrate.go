package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/migrations"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Bring the database up to this version."`
	Status migrateStatusCmd `cmd:"" help:"Say what the database lacks; exit 1 where it lacks something."`
}

type migrateUpCmd struct{ place }

func (c *migrateUpCmd) Run(ctx context.Context, out output) error {
	ground, err := embedded.Join(ctx, c.options(logger(out.Err, c.LogLevel), nil))
	if err != nil {
		return err
	}
	err = migrations.Up(ctx, ground.DatabaseURL())
	if err == nil {
		var state migrations.State
		if state, err = migrations.Status(ctx, ground.DatabaseURL()); err == nil {
			fmt.Fprintf(out.Out, "at version %d of %d\n", state.Version, state.Latest)
		}
	}
	return errors.Join(err, ground.Close())
}

type migrateStatusCmd struct{ place }

func (c *migrateStatusCmd) Run(ctx context.Context, out output) error {
	ground, err := embedded.Join(ctx, c.options(logger(out.Err, c.LogLevel), nil))
	if err != nil {
		return err
	}
	state, err := migrations.Status(ctx, ground.DatabaseURL())
	if err := errors.Join(err, ground.Close()); err != nil {
		return err
	}
	fmt.Fprintf(out.Out, "at version %d of %d\n", state.Version, state.Latest)
	switch {
	case state.Version > state.Latest:
		return exit{1, errors.New("the database is of a newer version than this binary: use that one")}
	case len(state.Pending) > 0:
		return exit{1, fmt.Errorf("pending: %s; run `tellonce migrate up`", strings.Join(state.Pending, ", "))}
	}
	return nil
}
