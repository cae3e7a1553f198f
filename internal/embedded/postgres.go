package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Names inside the embedded PostgreSQL.
const (
	ownerRole     = "tellonce"
	superRole     = "postgres"
	ownedDatabase = "tellonce"
)

// PostgresOptions say where a PostgreSQL lives and how it runs.
type PostgresOptions struct {
	// Dir holds the database, its passwords and its log. It is made if missing.
	Dir string
	// Port of 127.0.0.1; 0 takes the last one again if it is free, else any.
	Port int
	// Volatile switches fsync off: twice as fast, and worth nothing after a
	// crash of the machine. For tests.
	Volatile bool
	Log      *slog.Logger
}

// Postgres is a PostgreSQL server on a free loopback port. It ends when this
// process ends.
type Postgres struct {
	opts    PostgresOptions
	servant *servant
	binary  installed
	access  access
	port    int
	child   *child
}

// StartPostgres makes the database of a new folder, recovers that of an old
// one, and returns once it answers. What still runs on the folder after a crash
// of ours is stopped first; so only one process may call this for a folder,
// which is what the lock of Open is for.
func StartPostgres(ctx context.Context, opts PostgresOptions) (*Postgres, error) {
	p := &Postgres{opts: opts}
	var err error
	if p.opts.Dir, err = filepath.Abs(opts.Dir); err != nil {
		return nil, fmt.Errorf("find folder %s: %w", opts.Dir, err)
	}
	if p.servant, err = findServant(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make database folder: %w", err)
	}
	written, err := p.writtenBy()
	if err != nil {
		return nil, err
	}
	if p.binary, err = findPostgres(ctx, written, opts.Log); err != nil {
		return nil, err
	}
	if p.access, err = loadAccess(filepath.Join(p.opts.Dir, "access.json"), written == 0); err != nil {
		return nil, err
	}
	if written == 0 {
		if err := p.initialise(ctx); err != nil {
			return nil, err
		}
	}
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// URL connects as the owner of the database tellonce: not a superuser, may make
// roles and databases, as in production.
func (p *Postgres) URL() string { return p.url(ownerRole, p.access.Owner, ownedDatabase) }

// SuperuserURL connects as the superuser, for faults and for tests of the fence.
func (p *Postgres) SuperuserURL() string { return p.url(superRole, p.access.Superuser, ownedDatabase) }

// Pid is the process id of the postmaster.
func (p *Postgres) Pid() int { return p.child.pid() }

// Port on 127.0.0.1.
func (p *Postgres) Port() int { return p.port }

// Exited is closed once the server is gone, whatever ended it.
func (p *Postgres) Exited() <-chan struct{} { return p.child.done }

// Stop ends open connections, writes a checkpoint and waits for the end.
func (p *Postgres) Stop() error {
	return p.child.stop(30*time.Second, syscall.SIGINT, syscall.SIGQUIT)
}

// Kill is kill −9 of the postmaster and of what it leaves behind.
func (p *Postgres) Kill() error {
	return errors.Join(p.child.kill(), stopStale(p.dataDir()))
}

// Restart starts a stopped or killed server again on its port.
func (p *Postgres) Restart(ctx context.Context) error {
	if p.child.alive() {
		if err := p.Stop(); err != nil {
			return err
		}
	}
	p.opts.Port = p.port
	return p.start(ctx)
}

func (p *Postgres) url(role, password, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, password),
		Host: "127.0.0.1:" + strconv.Itoa(p.port), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (p *Postgres) clusterDir() string { return filepath.Join(p.opts.Dir, "cluster") }
func (p *Postgres) dataDir() string    { return filepath.Join(p.clusterDir(), "data") }

// writtenBy is the major version that wrote the folder, 0 for a new one.
func (p *Postgres) writtenBy() (int, error) {
	b, err := os.ReadFile(filepath.Join(p.dataDir(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the database's version: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("read the database's version: %w", err)
	}
	return major, nil
}

// start waits until the server answers its superuser. Where the port is not
// prescribed, it tries another when somebody took ours between the look and the
// start.
func (p *Postgres) start(ctx context.Context) error {
	if err := stopStale(p.dataDir()); err != nil {
		return err
	}
	if p.opts.Port != 0 {
		if err := p.startOn(ctx, p.opts.Port); err != nil {
			return err
		}
		return p.settle(ctx)
	}
	wanted := p.access.Port
	var last error
	for range 3 {
		port, err := keptOrFree(wanted)
		if err != nil {
			return err
		}
		if last = p.startOn(ctx, port); last == nil {
			return p.settle(ctx)
		}
		if ctx.Err() != nil {
			break
		}
		wanted = 0
	}
	return last
}

func (p *Postgres) startOn(ctx context.Context, port int) error {
	logPath := filepath.Join(p.opts.Dir, "log")
	serverLog, err := os.OpenFile(logPath, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("open database log: %w", err)
	}
	defer func() { _ = serverLog.Close() }()
	// The server outlives the ctx of its start: only Stop and our end stop it.
	cmd, release, err := p.command(context.WithoutCancel(ctx), "postgres", "data", p.settings(port)...)
	if err != nil {
		return err
	}
	defer release()
	cmd.Stdout, cmd.Stderr = serverLog, serverLog
	c, err := startChild(cmd, syscall.SIGQUIT)
	if err != nil {
		return err
	}
	p.child, p.port = c, port
	if err := p.awaitAnswer(ctx); err != nil {
		stopErr := p.Stop()
		out, _ := os.ReadFile(logPath)
		return errors.Join(fmt.Errorf("start PostgreSQL %d in %s: %w: %s", p.binary.major, p.opts.Dir, err, lastLines(out, 5)), stopErr)
	}
	return nil
}

func (p *Postgres) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, p.url(superRole, p.access.Superuser, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.child.done:
			return fmt.Errorf("it ended: %w", p.child.err)
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// settle makes the owner and its database where they are missing, and keeps the
// port for next time.
func (p *Postgres) settle(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.url(superRole, p.access.Superuser, "postgres"))
	if err != nil {
		return fmt.Errorf("connect to new database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var role, database bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1), EXISTS (SELECT FROM pg_database WHERE datname = $2)`,
		ownerRole, ownedDatabase).Scan(&role, &database); err != nil {
		return fmt.Errorf("look for the owner's database: %w", err)
	}
	if !role {
		// The password is ours, letters and digits only.
		if _, err := conn.Exec(ctx, `CREATE ROLE `+ownerRole+` LOGIN CREATEROLE CREATEDB PASSWORD '`+p.access.Owner+`'`); err != nil {
			return fmt.Errorf("make role %s: %w", ownerRole, err)
		}
	}
	if !database {
		if _, err := conn.Exec(ctx, `CREATE DATABASE `+ownedDatabase+` OWNER `+ownerRole); err != nil {
			return fmt.Errorf("make database %s: %w", ownedDatabase, err)
		}
	}
	if p.access.Port != p.port {
		p.access.Port = p.port
		return p.access.save()
	}
	return nil
}
