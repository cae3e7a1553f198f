package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/kafka"
	"github.com/tellonce/tellonce/projections"
)

type projectCmd struct {
	Status      projectStatusCmd      `cmd:"" help:"How far each projection is, by partition, and what is unresolved."`
	Fingerprint projectFingerprintCmd `cmd:"" help:"A hash of all read models: equal where they show the same."`
}

type projectStatusCmd struct {
	place

	JSON bool `name:"json" help:"One JSON object."`
}

func (c *projectStatusCmd) Run(ctx context.Context, out output) error {
	return c.withDatabase(ctx, out, func(d database) error {
		client, err := kafka.Connect(kafka.Options{Brokers: d.ground.Brokers(), Log: d.log})
		if err != nil {
			return err
		}
		defer client.Close()
		list, err := client.Ends(ctx, c.EventsTopic)
		if missing := (kafka.ErrNoTopic{}); errors.As(err, &missing) {
			return fmt.Errorf("there is no topic %s yet: `tellonce serve` makes it, or name another with --events-topic", c.EventsTopic)
		}
		if err != nil {
			return err
		}
		ends := make(map[int]int64, len(list))
		for partition, end := range list {
			ends[partition] = end
		}
		state, err := projections.Status(ctx, d.pool, c.EventsTopic, ends)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(out.Out).Encode(state)
		}
		table := tabwriter.NewWriter(out.Out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(table, "projection\tgeneration\tlag\tparked\tpartitions next/end")
		for _, p := range state.Projections {
			fmt.Fprintf(table, "%s\t%d\t%d\t%d\t", p.Name, p.Generation, p.Lag, p.Parked)
			for _, part := range p.Partitions {
				fmt.Fprintf(table, "%d: %d/%d  ", part.Partition, part.Next, part.End)
			}
			fmt.Fprintln(table)
		}
		fmt.Fprintf(table, "unresolved subjects: %d (nobody named: %d, named by something shared: %d)\n", state.Unresolved, state.UnresolvedBy.Nobody, state.UnresolvedBy.Shared)
		return table.Flush()
	})
}

type projectFingerprintCmd struct{ place }

func (c *projectFingerprintCmd) Run(ctx context.Context, out output) error {
	return c.withDatabase(ctx, out, func(d database) error {
		print, err := projections.Fingerprint(ctx, d.pool)
		if err == nil {
			fmt.Fprintln(out.Out, print)
		}
		return err
	})
}

type eventCmd struct {
	Show eventShowCmd `cmd:"" help:"When it was accepted, whether it stands and why, and whose it is."`
}

type eventShowCmd struct {
	place

	Source string `arg:"" help:"The event's source: /vendors/<vendor>/<system>."`
	ID     string `arg:"" help:"The event's id."`
	JSON   bool   `name:"json" help:"One JSON object."`
}

// Validate refuses a source that none can be; kong calls it.
func (c *eventShowCmd) Validate() error {
	if domain.VendorOf(c.Source) == "" {
		return fmt.Errorf("source %q: /vendors/<vendor>/<system> expected", c.Source)
	}
	return c.place.Validate()
}

func (c *eventShowCmd) Run(ctx context.Context, out output) error {
	return c.withDatabase(ctx, out, func(d database) error {
		shown, err := projections.ShowEvent(ctx, d.pool, c.Source, c.ID)
		switch {
		case errors.Is(err, projections.ErrUnknownEvent):
			return exit{1, fmt.Errorf("no event %s of %s has been applied; `tellonce project status` says what is still on its way", c.ID, c.Source)}
		case err != nil:
			return err
		case c.JSON:
			return json.NewEncoder(out.Out).Encode(shown)
		}
		fmt.Fprint(out.Out, shown)
		return nil
	})
}
