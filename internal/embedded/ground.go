package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options say what a Ground has to bring.
type Options struct {
	// Dir is where everything embedded lives. It is made if missing.
	Dir string
	// Brokers and DatabaseURL, where given, are used as they are, and nothing is
	// started in their place.
	Brokers     []string
	DatabaseURL string
	Log         *slog.Logger
	// Progress, where set, is told each step as a line for a person.
	Progress func(line string)
}

// Ground is a broker and a database to stand on, and the folder's lock.
type Ground struct {
	opts     Options
	lock     lock
	running  Running
	broker   *Broker
	attached bool

	postgres *Postgres // touched by its keeper alone while there is one
	closing  chan struct{}
	watcher  sync.WaitGroup
}

// Open takes the folder's lock and starts what was not given. It is ErrLocked
// where another process serves on the folder.
func Open(ctx context.Context, opts Options) (*Ground, error) {
	var err error
	if opts.Dir, err = filepath.Abs(opts.Dir); err != nil {
		return nil, fmt.Errorf("find folder %s: %w", opts.Dir, err)
	}
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder %s: %w", opts.Dir, err)
	}
	g := &Ground{opts: opts, closing: make(chan struct{})}
	if g.lock, err = takeLock(ctx, opts.Dir); err != nil {
		return nil, err
	}
	// A file left by a crash would let another command attach to what is gone.
	if err := removeRunning(opts.Dir); err != nil {
		return nil, errors.Join(err, g.lock.release())
	}
	g.running = Running{Pid: os.Getpid(), Brokers: opts.Brokers, DatabaseURL: opts.DatabaseURL}
	if err := g.startMissing(ctx); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

// Join uses what already runs on the folder, and otherwise is Open: so that a
// command works beside a running service and without one.
func Join(ctx context.Context, opts Options) (*Ground, error) {
	r, err := Attach(ctx, opts.Dir)
	if errors.Is(err, ErrNotRunning) {
		return Open(ctx, opts)
	}
	if err != nil {
		return nil, err
	}
	if len(opts.Brokers) > 0 {
		r.Brokers = opts.Brokers
	}
	if opts.DatabaseURL != "" {
		r.DatabaseURL = opts.DatabaseURL
	}
	return &Ground{opts: opts, running: r, attached: true}, nil
}

// Brokers are the Kafka brokers' host:port.
func (g *Ground) Brokers() []string { return g.running.Brokers }

// DatabaseURL connects to PostgreSQL as the owner.
func (g *Ground) DatabaseURL() string { return g.running.DatabaseURL }

// Attached says that the servers are another process's, whose service listens
// on the address, empty where it has none.
func (g *Ground) Attached() (listen string, yes bool) { return g.running.Listen, g.attached }

// Serves tells commands that attach where the HTTP service listens.
func (g *Ground) Serves(listen string) error {
	g.running.Listen = listen
	return writeJSON(runningPath(g.opts.Dir), g.running)
}

// Close ends what Open started, the broker first, and gives up the folder. The
// caller has stopped using both by then. A second call does nothing.
func (g *Ground) Close() error {
	if g.attached || g.closed() {
		return nil
	}
	close(g.closing)
	g.watcher.Wait()
	errs := []error{removeRunning(g.opts.Dir)}
	if g.broker != nil {
		g.say("stopping the broker")
		g.broker.Stop()
	}
	if g.postgres != nil {
		g.say("stopping the database")
		errs = append(errs, g.postgres.Stop())
	}
	return errors.Join(append(errs, g.lock.release())...)
}

func (g *Ground) closed() bool {
	select {
	case <-g.closing:
		return true
	default:
		return false
	}
}

func (g *Ground) startMissing(ctx context.Context) error {
	if g.running.DatabaseURL == "" {
		g.say("starting the database in " + filepath.Join(g.opts.Dir, "database"))
		p, err := StartPostgres(ctx, PostgresOptions{Dir: filepath.Join(g.opts.Dir, "database"), Log: g.opts.Log})
		if err != nil {
			return err
		}
		g.postgres, g.running.DatabaseURL = p, p.URL()
		g.watcher.Go(g.keepPostgres)
		g.say(fmt.Sprintf("database: PostgreSQL %d on 127.0.0.1:%d", p.binary.major, p.port))
	}
	if len(g.running.Brokers) == 0 {
		g.say("starting the broker in " + filepath.Join(g.opts.Dir, "broker"))
		b, err := StartBroker(ctx, BrokerOptions{Dir: filepath.Join(g.opts.Dir, "broker"), Log: g.opts.Log})
		if err != nil {
			return err
		}
		g.broker, g.running.Brokers = b, []string{b.Address()}
		g.say("broker: embedded, for a laptop and not for production, on " + b.Address())
	}
	return writeJSON(runningPath(g.opts.Dir), g.running)
}

// keepPostgres starts the database again when it ends without our asking (an
// out-of-memory kill, somebody's kill −9), on its port, until Close.
func (g *Ground) keepPostgres() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-g.closing
		cancel()
	}()
	for {
		select {
		case <-g.closing:
			return
		case <-g.postgres.Exited():
		}
		g.opts.Log.ErrorContext(ctx, "embedded database ended by itself, starting it again")
		for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
			err := g.postgres.Restart(ctx)
			if err == nil {
				break
			}
			g.opts.Log.ErrorContext(ctx, "starting the embedded database again", "error", err)
			select {
			case <-g.closing:
				return
			case <-time.After(wait):
			}
		}
	}
}

func (g *Ground) say(line string) {
	if g.opts.Progress != nil {
		g.opts.Progress(line)
	}
}
