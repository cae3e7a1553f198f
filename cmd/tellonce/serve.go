package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

type serveCmd struct {
	serving

	Roles []string `default:"intake,project,api" enum:"intake,project,api" placeholder:"ROLE" help:"What this process does: intake, project, api; all where not given."`
}

// Validate refuses settings that cannot be meant; kong calls it.
func (c *serveCmd) Validate() error {
	if len(c.Roles) == 0 {
		return errors.New("--roles is empty: intake, project, api, or some of them, joined by commas, expected")
	}
	return c.serving.Validate()
}

// Run serves until it is told to end. Its first line on standard output says where,
// once it does.
func (c *serveCmd) Run(ctx context.Context, out output) error {
	spareCollections()
	log := logger(out.Err, c.LogLevel)
	n, err := startNode(ctx, &c.serving, c.Roles, log, func(line string) { fmt.Fprintln(out.Err, line) })
	if err != nil {
		return err
	}
	fmt.Fprintf(out.Out, "serving on %s (%s)\n", n.url(), strings.Join(c.Roles, ", "))
	return errors.Join(n.run(ctx), n.close())
}

// spareCollections has the collector run a quarter as often, within a limit of memory:
// the service allocates much for a short while and keeps little. GOGC and GOMEMLIMIT
// overrule it.
func spareCollections() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(192 << 20)
	}
}
