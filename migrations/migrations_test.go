package migrations_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/migrations"
)

func TestFilesAreNumbered(t *testing.T) {
	one := &fstest.MapFile{Data: []byte("SELECT 1")}
	for name, tt := range map[string]struct {
		given fstest.MapFS
		want  []string
		err   string
	}{
		"in their order":          {given: fstest.MapFS{"0002_b.sql": one, "0001_a.sql": one}, want: []string{"0001_a.sql", "0002_b.sql"}},
		"other files are no part": {given: fstest.MapFS{"0001_a.sql": one, "doc.go": one}, want: []string{"0001_a.sql"}},
		"a number to come":        {given: fstest.MapFS{"0003_c.sql": one, "0001_a.sql": one}, want: []string{"0001_a.sql", "", "0003_c.sql"}},
		"a number twice":          {given: fstest.MapFS{"0001_a.sql": one, "0001_b.sql": one}, err: "same number"},
		"a hyphen":                {given: fstest.MapFS{"0001-a.sql": one}, err: "NNNN_name.sql expected"},
		"a short number":          {given: fstest.MapFS{"001_a.sql": one}, err: "NNNN_name.sql expected"},
		"number zero":             {given: fstest.MapFS{"0000_a.sql": one}, err: "start at 0001"},
		"an empty file":           {given: fstest.MapFS{"0001_a.sql": &fstest.MapFile{Data: []byte(" \n")}}, err: "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := migrations.Numbers(tt.given)
			if tt.err != "" {
				if !errors.Is(err, migrations.ErrFiles) || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("got error %v, want ErrFiles saying %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryNumberHasItsMigration(t *testing.T) {
	names, err := migrations.Numbers(migrations.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		if name == "" {
			t.Errorf("no migration has the number %04d, and a later one is there: an installed database would never run it", i+1)
		}
	}
}

func TestUpMakesTheGround(t *testing.T) {
	ctx := t.Context()
	db := emptyDatabase(t)
	before, err := migrations.Status(ctx, db)
	if err != nil || before.Version != 0 || before.Latest == 0 || len(before.Pending) == 0 {
		t.Fatalf("status of an empty database: %+v, %v", before, err)
	}
	for range 2 { // the second changes nothing
		if err := migrations.Up(ctx, db); err != nil {
			t.Fatal(err)
		}
	}
	after, err := migrations.Status(ctx, db)
	if err != nil || after.Version != after.Latest || len(after.Pending) != 0 {
		t.Fatalf("status of a migrated database: %+v, %v", after, err)
	}
}

func TestUpAtOnce(t *testing.T) {
	// Two databases of one cluster race for the role as well.
	var wait sync.WaitGroup
	for _, db := range []string{emptyDatabase(t), emptyDatabase(t)} {
		for range 3 {
			wait.Go(func() {
				if err := migrations.Up(t.Context(), db); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	ctx := t.Context()
	db := emptyDatabase(t)
	one := &fstest.MapFile{Data: []byte("SELECT 1")}
	newer := fstest.MapFS{"0001_a.sql": one, "0002_b.sql": one}
	older := fstest.MapFS{"0001_a.sql": one}
	if err := migrations.UpFrom(ctx, db, newer); err != nil {
		t.Fatal(err)
	}
	err := migrations.UpFrom(ctx, db, older)
	if !errors.Is(err, migrations.ErrNewer) || !strings.Contains(err.Error(), "migration 2 and this binary knows 1") {
		t.Fatalf("got %v, want ErrNewer with both versions", err)
	}
	state, err := migrations.StatusFrom(ctx, db, older)
	if err != nil || state.Version != 2 || state.Latest != 1 {
		t.Fatalf("status: %+v, %v", state, err)
	}
}

func TestBrokenMigrationLeavesNothing(t *testing.T) {
	ctx := t.Context()
	db := emptyDatabase(t)
	broken := fstest.MapFS{
		"0001_a.sql": &fstest.MapFile{Data: []byte("CREATE TABLE a (); -- a template would choke on {{ this")},
		"0002_b.sql": &fstest.MapFile{Data: []byte("CREATE TABLE b (); SELECT nothing_of_the_sort()")},
	}
	err := migrations.UpFrom(ctx, db, broken)
	if err == nil || !strings.Contains(err.Error(), "0002_b.sql") {
		t.Fatalf("got %v, want an error that names the file", err)
	}
	conn := connect(t, db)
	var a, b bool
	if err := conn.QueryRow(ctx, "SELECT to_regclass('a') IS NOT NULL, to_regclass('b') IS NOT NULL").Scan(&a, &b); err != nil {
		t.Fatal(err)
	}
	if !a || b {
		t.Errorf("table of the whole migration there: %v, of the broken one: %v; want true, false", a, b)
	}
}

// PostgreSQL's binaries as they are downloaded have no lz4. Where a server has it,
// what is large is packed by it.
func TestServersWithAndWithoutLZ4(t *testing.T) {
	without := fstest.MapFS{}
	names, err := migrations.Numbers(migrations.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		sql, err := fs.ReadFile(migrations.Embedded, name)
		if err != nil {
			t.Fatal(err)
		}
		without[name] = &fstest.MapFile{Data: bytes.ReplaceAll(sql, []byte("lz4"), []byte("no_such_method"))}
	}
	for name, tt := range map[string]struct {
		folder fs.FS
		want   string // columns packed by lz4
	}{
		"with":    {migrations.Embedded, "problems_state_1.state timeline_1.record"},
		"without": {without, ""},
	} {
		t.Run(name, func(t *testing.T) {
			db := emptyDatabase(t)
			if err := migrations.UpFrom(t.Context(), db, tt.folder); err != nil {
				t.Fatal(err)
			}
			var got string
			if err := connect(t, db).QueryRow(t.Context(), `
				SELECT coalesce(string_agg(relname || '.' || attname, ' ' ORDER BY relname), '')
				FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE attcompression = 'l'`).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("packed by lz4: %q, want %q", got, tt.want)
			}
		})
	}
}

func TestReadingRole(t *testing.T) {
	ctx := t.Context()
	db := emptyDatabase(t)
	if err := migrations.Up(ctx, db); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, db)
	if _, err := conn.Exec(ctx, "CREATE TABLE engine.later (a int); CREATE TABLE read.later_1 (a int); CREATE TABLE ring.later (a int); SET ROLE tellonce_api"); err != nil {
		t.Fatal(err)
	}
	for sql, allowed := range map[string]bool{
		"SELECT FROM ring.person":       true,
		"SELECT FROM ring.installation": true,
		"SELECT FROM engine.later":      true,
		"SELECT FROM read.later_1":      true,
		"SELECT FROM ring.later":        false,
		"INSERT INTO ring.person (hash, person, kind, wrap) VALUES (sha256(''), gen_random_uuid(), 'line', '')": false,
		"UPDATE ring.person SET seed = NULL":         false,
		"DELETE FROM ring.person":                    false,
		"TRUNCATE ring.person":                       false,
		"UPDATE ring.installation SET wrap = ''":     false,
		"INSERT INTO engine.later VALUES (1)":        false,
		"UPDATE read.later_1 SET a = 1":              false,
		"DELETE FROM read.later_1":                   false,
		"CREATE TABLE read.mine (a int)":             false,
		"CREATE TABLE public.mine (a int)":           false,
		"UPDATE public.schema_version SET version=0": false,
	} {
		_, err := conn.Exec(ctx, sql)
		var refused *pgconn.PgError
		switch {
		case allowed && err != nil:
			t.Errorf("%s: %v", sql, err)
		case !allowed && (!errors.As(err, &refused) || refused.Code != "42501"):
			t.Errorf("%s: got %v, want permission denied (42501)", sql, err)
		}
	}
}

// emptyDatabase is a database that nothing has migrated.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(embeddedtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	name := "t_" + strings.ToLower(rand.Text())
	conn := connect(t, u.String())
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := conn.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	u.Path = "/" + name
	return u.String()
}

func connect(t *testing.T, db string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
