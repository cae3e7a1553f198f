package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

func main() {
	durable := flag.Bool("durable", false, "put both servers on disk, the database with fsync, as benchmarks and crash tests need")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: testservers [-durable] -- COMMAND [ARGUMENT…]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	s := servers{durable: *durable, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	code, err := s.run(flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "testservers:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// servers are both, or what of them has started.
type servers struct {
	durable  bool
	log      *slog.Logger
	kafka    *embedded.Kafka
	postgres *embedded.Postgres
}

// run returns the command's exit code. An error is of the servers, or of a
// command that could not be started.
func (s *servers) run(args []string) (code int, err error) {
	// Signals are ours from here on, so that a Ctrl-C while a server starts
	// still removes the folder.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	parent := embeddedtest.TempDir()
	if s.durable {
		parent = os.TempDir()
	}
	dir, err := os.MkdirTemp(parent, "tellonce-testservers-")
	if err != nil {
		return 1, fmt.Errorf("make a folder for the servers: %w", err)
	}
	defer func() {
		if removed := os.RemoveAll(dir); removed != nil {
			err = errors.Join(err, fmt.Errorf("remove the servers' folder: %w", removed))
		}
	}()

	started := make(chan error, 1)
	go func() { started <- s.start(ctx, dir) }()
	defer func() { err = errors.Join(err, s.stop()) }()
	select {
	case err := <-started:
		if err != nil {
			return 1, err
		}
	case got := <-signals:
		cancel()
		return 1, errors.Join(fmt.Errorf("stopped by signal %s while the servers started", got), <-started)
	}
	return s.runBeside(args, signals)
}

func (s *servers) start(ctx context.Context, dir string) error {
	began := time.Now()
	kafkaStarted := make(chan error, 1)
	go func() {
		var err error
		s.kafka, err = embedded.StartKafka(ctx, embedded.KafkaOptions{Dir: filepath.Join(dir, "kafka"), Log: s.log})
		kafkaStarted <- err
	}()
	var err error
	s.postgres, err = embedded.StartPostgres(ctx, embedded.PostgresOptions{Dir: filepath.Join(dir, "database"), Volatile: !s.durable, Log: s.log})
	if err := errors.Join(err, <-kafkaStarted); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "servers are up", "kafka", s.kafka.Address(), "postgres_port", s.postgres.Port(), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

func (s *servers) stop() error {
	var errs []error
	if s.kafka != nil {
		errs = append(errs, s.kafka.Stop())
	}
	if s.postgres != nil {
		errs = append(errs, s.postgres.Stop())
	}
	return errors.Join(errs...)
}

// runBeside runs the command in a process group of its own and passes signals
// on to all of it, so that a Ctrl-C reaches it once and not twice.
func (s *servers) runBeside(args []string, signals <-chan os.Signal) (int, error) {
	cmd := exec.Command(args[0], args[1:]...) // running what it is told is its purpose
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(),
		embeddedtest.DatabaseVariable+"="+s.postgres.URL(),
		embeddedtest.BrokersVariable+"="+s.kafka.Address())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 127, fmt.Errorf("start %s: %w", args[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case got := <-signals:
			if sig, ok := got.(syscall.Signal); ok {
				_ = syscall.Kill(-cmd.Process.Pid, sig) // gone already: then ended tells
			}
		case err := <-ended:
			return exitCode(cmd.ProcessState, err)
		}
	}
}

// exitCode is the command's, or 128 and the signal as a shell has it.
func exitCode(state *os.ProcessState, err error) (int, error) {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 1, fmt.Errorf("wait for the command: %w", err)
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return state.ExitCode(), nil
}
