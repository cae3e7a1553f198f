package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // zones, also where the machine has none

	"github.com/alecthomas/kong"
)

// commands is the command line: one line a command.
type commands struct {
	Version kong.VersionFlag `help:"The version of this binary."`

	Demo    demoCmd    `cmd:"" help:"A simulated operator on an embedded broker and database, the whole of it in one process."`
	Serve   serveCmd   `cmd:"" help:"Serve intake, projections and API, on the broker and database given or on embedded ones."`
	Migrate migrateCmd `cmd:"" help:"Bring the database up to this version, or say what it lacks."`
	Import  importCmd  `cmd:"" help:"Post a real export (CSV or JSON lines, also zipped) to a running intake, through a mapping."`
	Mapping mappingCmd `cmd:"" help:"Work on mappings."`
	Token   tokenCmd   `cmd:"" help:"A bearer token from the embedded issuer, for a laptop and for tests."`
	Project projectCmd `cmd:"" help:"The projections: how far they are."`
	Event   eventCmd   `cmd:"" help:"What became of one event."`
}

// exit is an error that carries the process's exit code.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string { return e.err.Error() }
func (e exit) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole command for these arguments and this environment: what it prints
// and the exit code. Tests call it as users do.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	var cli commands
	lookup := newEnvironment(environ)
	done := -1
	parser, err := kong.New(&cli,
		kong.Name("tellonce"),
		kong.Description("One history of every interaction, at every vendor: the customer tells once.\n\nEvery flag is also a variable TELLONCE_<FLAG>, dashes as underscores."),
		kong.UsageOnError(),
		kong.Vars{"version": version()},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { done = code }),
		kong.Resolvers(lookup),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(output{stdout, stderr}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "tellonce:", err)
		return 70
	}
	if err := lookup.check(parser.Model); err != nil {
		fmt.Fprintln(stderr, "tellonce:", err)
		return 64
	}
	parsed, err := parser.Parse(args)
	if done >= 0 { // --help
		return done
	}
	if err != nil {
		fmt.Fprintf(stderr, "tellonce: %v\nSee `tellonce --help`.\n", err)
		return 64
	}
	err = parsed.Run()
	var coded exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &coded):
		if coded.err != nil {
			fmt.Fprintln(stderr, "tellonce:", coded.err)
		}
		return coded.code
	default:
		fmt.Fprintln(stderr, "tellonce:", err)
		return 1
	}
}

// version is what the binary was built from.
func version() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	text := build.Main.Version + " " + build.GoVersion
	for _, s := range build.Settings {
		if s.Key == "vcs.revision" {
			text += " " + s.Value
		}
	}
	return text
}

// output is where a command writes: answers to Out, everything else to Err.
type output struct{ Out, Err io.Writer }

// logger writes JSON lines to w, from that level on.
func logger(w io.Writer, from level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.Level(from)}))
}
