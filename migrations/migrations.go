package migrations

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/tern/v2/migrate"
)

const versionTable = "public.schema_version"

// ErrNewer is returned for a database that a newer version of tellonce has migrated.
var ErrNewer = errors.New("database is of a newer version")

// Up brings the database at url to today's tables. Several at once wait for each
// other; where all is done already it changes nothing. Each migration commits by
// itself, so that one interrupted goes on where it was.
func Up(ctx context.Context, url string) error { return up(ctx, url, embedded) }

// State is where a database is.
type State struct {
	Version int      // migrations that it has; 0 where it has none
	Latest  int      // migrations that this binary knows
	Pending []string // names of those it lacks, in order
}

// Status says where the database at url is, and changes nothing. A database that a
// newer version has migrated has Version > Latest, which is no error here.
func Status(ctx context.Context, url string) (State, error) { return status(ctx, url, embedded) }

func up(ctx context.Context, url string, folder fs.FS) error {
	all, err := files(folder)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	// Closing releases the lock, whatever happened.
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	m, err := migrate.NewMigrator(ctx, conn, versionTable)
	if err != nil {
		return fmt.Errorf("migrate: read %s: %w", versionTable, err)
	}
	for _, f := range all {
		sql := f.SQL
		if f.Name == "" {
			sql = "SELECT"
		}
		m.AppendMigration(f.Name, sql, "")
	}
	// A newer version never comes to be while we wait for the lock without tern
	// seeing it: it reads the version again behind the lock.
	if err := refuseNewer(ctx, m, len(all)); err != nil {
		return err
	}
	if err := m.Migrate(ctx); err != nil {
		if newer := refuseNewer(ctx, m, len(all)); newer != nil {
			return newer
		}
		return fmt.Errorf("migrate: %w", explained(err))
	}
	return nil
}

func refuseNewer(ctx context.Context, m *migrate.Migrator, latest int) error {
	version, err := m.GetCurrentVersion(ctx)
	if err != nil {
		return fmt.Errorf("migrate: read %s: %w", versionTable, err)
	}
	if int(version) > latest {
		return fmt.Errorf("migrate: %w: it is at migration %d and this binary knows %d; run the newer tellonce, or another database", ErrNewer, version, latest)
	}
	return nil
}

// explained adds what PostgreSQL advises, which its own error text leaves out.
func explained(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Hint != "" {
		return fmt.Errorf("%w (%s)", err, refused.Hint)
	}
	return err
}

func status(ctx context.Context, url string, folder fs.FS) (State, error) {
	all, err := files(folder)
	if err != nil {
		return State{}, err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return State{}, fmt.Errorf("read migration status: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	state := State{Latest: len(all)}
	var there bool
	if err := conn.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", versionTable).Scan(&there); err != nil {
		return State{}, fmt.Errorf("read migration status: %w", err)
	}
	if there {
		if err := conn.QueryRow(ctx, "SELECT version FROM "+versionTable).Scan(&state.Version); err != nil {
			return State{}, fmt.Errorf("read migration status: %w", err)
		}
	}
	for i := state.Version; i < len(all); i++ {
		if all[i].Name != "" {
			state.Pending = append(state.Pending, all[i].Name)
		}
	}
	return state, nil
}
