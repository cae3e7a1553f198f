package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

type serveCmd struct {
	serving

	Roles []string `default:"intake,project,api" enum:"intake,project,api" placeholder:"ROLE,…" help:"What this process does: intake, project, api."`
}

// Run serves until it is told to end. Its first line on standard output says where,
// once it does.
func (c *serveCmd) Run(ctx context.Context, out output) error {
	log := logger(out.Err, c.LogLevel)
	n, err := startNode(ctx, &c.serving, c.Roles, log, func(line string) { fmt.Fprintln(out.Err, line) })
	if err != nil {
		return err
	}
	fmt.Fprintf(out.Out, "serving on %s (%s)\n", n.url(), strings.Join(c.Roles, ", "))
	return errors.Join(n.run(ctx), n.close())
}
