package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/internal/ring"
	"github.com/tellonce/tellonce/migrations"
)

// place is where everything lives: the settings that every command shares which
// touches the log or the database.
type place struct {
	Dir          string   `type:"path" default:".tellonce" placeholder:"D" help:"Folder of everything embedded: broker, database, issuer, keys; ${default} where not given."`
	KafkaBrokers []string `placeholder:"HOST:PORT" help:"Kafka brokers. The embedded one where none is given."`
	DatabaseURL  string   `name:"database-url" placeholder:"URL" help:"PostgreSQL, as the owner. The embedded one where none is given."`
	EventsTopic  string   `default:"tellonce.events" help:"The log's topic."`
	LogLevel     level    `default:"warn" help:"debug, info, warn or error; lines of JSON on standard error."`
}

// level is how much is logged.
type level slog.Level

// UnmarshalText is kong's.
func (l *level) UnmarshalText(text []byte) error {
	if err := (*slog.Level)(l).UnmarshalText(text); err != nil {
		return fmt.Errorf("%q: debug, info, warn or error expected", text)
	}
	return nil
}

// Validate refuses settings that cannot be meant; kong calls it.
func (p *place) Validate() error {
	if p.Dir == "" {
		return errors.New("--dir is empty: a folder expected")
	}
	for _, broker := range p.KafkaBrokers {
		if _, _, err := net.SplitHostPort(broker); err != nil {
			return fmt.Errorf("--kafka-brokers %q: host:port expected, several joined by commas", broker)
		}
	}
	if p.DatabaseURL != "" {
		if _, err := pgconn.ParseConfig(p.DatabaseURL); err != nil {
			return errors.New("--database-url: a PostgreSQL connection string expected, such as postgres://user:password@host:5432/database")
		}
	}
	if p.EventsTopic == "" {
		return errors.New("--events-topic is empty: a topic's name expected")
	}
	return nil
}

// join is the ground of a command: what runs on the folder, or servers started for
// the command's own duration. A database of somebody else's is left as it is: where it
// lacks migrations, the command is refused and says what to do.
func (p *place) join(ctx context.Context, log *slog.Logger) (*embedded.Ground, error) {
	ground, err := embedded.Join(ctx, p.options(log, nil))
	if err != nil {
		return nil, err
	}
	if _, attached := ground.Attached(); attached || p.DatabaseURL != "" {
		err = migrated(ctx, ground.DatabaseURL())
	} else {
		err = migrations.Up(ctx, ground.DatabaseURL())
	}
	if err != nil {
		return nil, errors.Join(err, ground.Close())
	}
	return ground, nil
}

// migrated refuses a database that is not of this version.
func migrated(ctx context.Context, url string) error {
	state, err := migrations.Status(ctx, url)
	switch {
	case err != nil:
		return err
	case state.Version > state.Latest:
		return fmt.Errorf("the database is at version %d and this binary knows %d: use the newer one", state.Version, state.Latest)
	case len(state.Pending) > 0:
		return fmt.Errorf("the database lacks %s: run `tellonce migrate up` on it first", strings.Join(state.Pending, ", "))
	}
	return nil
}

// open is the ground of a service: the folder is its own, and the database is brought
// up to this version.
func (p *place) open(ctx context.Context, log *slog.Logger, progress func(string)) (*embedded.Ground, error) {
	ground, err := embedded.Open(ctx, p.options(log, progress))
	if err != nil {
		return nil, err
	}
	if err := migrations.Up(ctx, ground.DatabaseURL()); err != nil {
		return nil, errors.Join(err, ground.Close())
	}
	return ground, nil
}

func (p *place) options(log *slog.Logger, progress func(string)) embedded.Options {
	return embedded.Options{Dir: p.Dir, Brokers: p.KafkaBrokers, DatabaseURL: p.DatabaseURL, Log: log, Progress: progress}
}

// secrets are the ring's keys, for commands that name or open.
type secrets struct {
	RingKeys      string `type:"path" placeholder:"FILE" help:"The ring's keys. <dir>/ring.keys where not given, made there the first time when nothing was named yet."`
	RingMasterKey string `placeholder:"KEY" help:"The key that wraps seeds, 32 bytes in base64 or hexadecimal, in place of a file; better as a variable than as a flag."`
	RingHashKey   string `placeholder:"KEY" help:"The key that names identifiers, likewise."`
}

// load are the keys: the two given, else those of the file.
func (s *secrets) load(dir string) (ring.Keys, error) {
	if s.RingMasterKey != "" || s.RingHashKey != "" {
		return ring.ParseKeys(s.RingMasterKey, s.RingHashKey)
	}
	if s.RingKeys != "" {
		return ring.LoadKeys(s.RingKeys)
	}
	return ring.LoadOrCreateKeys(filepath.Join(dir, "ring.keys"))
}

func (p *place) issuerDir() string { return filepath.Join(p.Dir, "issuer") }
