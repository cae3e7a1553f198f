package embedded_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

func startPostgres(t *testing.T, dir string) *embedded.Postgres {
	t.Helper()
	p, err := embedded.StartPostgres(t.Context(), embedded.PostgresOptions{Dir: dir, Volatile: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return p
}

// postmaster is the pid in the pid file of a Ground's database.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "database/cluster/data/postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestPostmasterLeftRunningIsStoppedFirst(t *testing.T) {
	dir := embeddedtest.Folder(t)
	left := startPostgres(t, dir)
	again := startPostgres(t, dir)
	select {
	case <-left.Exited():
	default:
		t.Error("the one left running still runs")
	}
	if _, err := firstRow(t.Context(), again.URL()); !hasCode(err, "42P01") {
		t.Errorf("got %v, want an answer", err)
	}
}

func TestProcessThatTookThePidIsLeftAlone(t *testing.T) {
	dir := embeddedtest.Folder(t)
	p := startPostgres(t, dir)
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	other := exec.Command("sleep", "600")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = other.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = other.Process.Kill()
		<-ended
	})
	stale := fmt.Sprintf("%d\n%s\n", other.Process.Pid, filepath.Join(dir, "cluster/data"))
	if err := os.WriteFile(filepath.Join(dir, "cluster/data/postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
		t.Error("a process that only had the stale pid was ended")
	default:
	}
}

func TestRestartKeepsThePort(t *testing.T) {
	p := startPostgres(t, embeddedtest.Folder(t))
	url := p.URL()
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.URL() != url {
		t.Errorf("moved from %s to %s", url, p.URL())
	}
}

func TestFolderUnderAClosedParent(t *testing.T) {
	closed := filepath.Join(embeddedtest.Folder(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	startPostgres(t, filepath.Join(closed, strings.Repeat("long", 30), "database"))
}

// What a statement says stays out of the log, an error's own text included.
func TestLogHoldsNoValues(t *testing.T) {
	const word = "0612345678"
	dir := embeddedtest.Folder(t)
	p := startPostgres(t, dir)
	c, err := pgx.Connect(t.Context(), p.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), "CREATE TABLE kept (word text UNIQUE)"); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		statement string
		args      []any
	}{
		"text that cannot be parsed":  {"SELECT 'x" + word + "'::int", nil},
		"a parameter":                 {"SELECT $1::text::int", []any{"x" + word}},
		"a duplicate key":             {"INSERT INTO kept VALUES ('" + word + "'), ('" + word + "')", nil},
		"a raised message":            {"DO $$ BEGIN RAISE EXCEPTION '" + word + "'; END $$", nil},
		"a raised warning":            {"DO $$ BEGIN RAISE WARNING '" + word + "'; RAISE EXCEPTION 'x'; END $$", nil},
		"a statement that is no such": {"SELEKT '" + word + "'", nil},
	} {
		var refused *pgconn.PgError
		if _, err := c.Exec(t.Context(), tt.statement, tt.args...); !errors.As(err, &refused) {
			t.Fatalf("%s: got %v, want a refusal by the database", name, err)
		}
	}
	_ = c.Close(t.Context())
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), "ready to accept connections") {
		t.Errorf("this is not the log:\n%s", log)
	}
	if strings.Contains(string(log), word) {
		t.Errorf("the log quotes the value:\n%s", log)
	}
}

func TestOwnerIsNoSuperuser(t *testing.T) {
	p := startPostgres(t, embeddedtest.Folder(t))
	for url, want := range map[string]bool{p.URL(): false, p.SuperuserURL(): true} {
		c, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		var super bool
		if err := c.QueryRow(t.Context(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user").Scan(&super); err != nil {
			t.Fatal(err)
		}
		if super != want {
			t.Errorf("superuser: got %t, want %t", super, want)
		}
		_ = c.Close(t.Context())
	}
}

func TestMissingPasswordsAreNamed(t *testing.T) {
	dir := embeddedtest.Folder(t)
	p := startPostgres(t, dir)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "access.json")); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.StartPostgres(t.Context(), embedded.PostgresOptions{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "access.json") {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

func hasCode(err error, code string) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == code
}
