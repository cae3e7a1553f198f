package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// row is one line of the table.
type row struct {
	name    string
	what    string
	run     func(context.Context, *bench) (round, error)
	bar     float64
	goal    float64
	atLeast bool // the ratio must be at least the bar; else at most
	bound   string
	rounds  int // at most; 0: as many as asked
}

// round is one measurement of a row.
type round struct {
	ratio    float64
	absolute string
}

var rows = []row{
	{
		name: "visible", what: "publish → visible in GraphQL, p99 at 500 events/s ÷ (produce → fetch, plus a commit) p99", run: visible, bar: 4, goal: 2,
		bound: "the projection's transaction: some eight round trips a batch, and two cores busy with everything at once",
	},
	{
		name: "memory", what: "memory of serve under that load, MiB", run: memory, bar: 256, goal: 128, rounds: 1,
		bound: "the ring's caches and the batches in flight",
	},
	{
		name: "intake", what: "intake of 100-event batches, sealed, events/s ÷ bare Writer of the same bytes, same calls in flight", run: intake, bar: 0.15, goal: 0.3, atLeast: true,
		bound: "CPU: parsing, naming, the seals",
	},
	{
		name: "import", what: "import of the real log in file order ÷ in order of time, rows/s until folded", run: importOrder, bar: 0.5, goal: 1, atLeast: true, rounds: 3,
		bound: "lives folded again: half of the rows land in their customer's past",
	},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "rounds of each row, of which the median is printed")
	only := flags.String("only", "", "the rows to run, by name, comma-separated; all where empty")
	binary := flags.String("binary", "bin/tellonce", "the built binary")
	data := flags.String("data", "../shared/data/servicenow_incidents.zip", "the real log")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b, err := newBench(*binary, *data)
	if err != nil {
		return err
	}
	defer b.close()

	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(out, "%s, %d cores, Kafka and PostgreSQL %s on the same machine, the log of two partitions\n\n", runtime.Version(), runtime.NumCPU(), b.serverVersion(ctx))
	fmt.Fprintln(table, "row\tmedian\tbar\tgoal\tabsolute (median round)\tbound by")
	below := 0
	for _, r := range rows {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), r.name) {
			continue
		}
		n := *rounds
		if r.rounds > 0 {
			n = min(n, r.rounds)
		}
		var measured []round
		for i := range n {
			fmt.Fprintf(os.Stderr, "%s: round %d of %d\n", r.name, i+1, n)
			m, err := r.run(ctx, b)
			if errors.Is(err, errNoLog) {
				fmt.Fprintln(os.Stderr, err)
				break
			}
			if err != nil {
				return fmt.Errorf("measure %s: %w", r.name, err)
			}
			measured = append(measured, m)
		}
		if len(measured) == 0 {
			continue
		}
		slices.SortFunc(measured, func(a, b round) int { return cmp.Compare(a.ratio, b.ratio) })
		median := measured[len(measured)/2]
		sign := "≤"
		if r.atLeast {
			sign = "≥"
		}
		if (median.ratio < r.bar) == r.atLeast {
			below++
		}
		fmt.Fprintf(table, "%s\t%.2f\t%s %g\t%s %g\t%s\t%s\n", r.what, median.ratio, sign, r.bar, sign, r.goal, median.absolute, r.bound)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d below the bar\n", below)
	return nil
}
