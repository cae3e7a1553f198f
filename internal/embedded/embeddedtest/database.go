package embeddedtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tellonce/tellonce/migrations"
)

// Database is the URL of a fresh, migrated database of this test's own, which
// is dropped when the test ends. Connections still open then are cut.
func Database(t testing.TB) string {
	t.Helper()
	at, err := server()
	if err != nil {
		t.Fatalf("no database for tests: %v", err)
	}
	from, err := template()
	if err != nil {
		t.Fatalf("migrate the template database: %v", err)
	}
	return create(t, at.url, from)
}

// Empty is Database without the migrations: the URL of a fresh database that has
// nothing in it.
func Empty(t testing.TB) string {
	t.Helper()
	at, err := server()
	if err != nil {
		t.Fatalf("no database for tests: %v", err)
	}
	return create(t, at.url, "template0")
}

// create makes a database from a template for as long as the test runs.
func create(t testing.TB, base, from string) string {
	t.Helper()
	name := "t_" + strings.ToLower(rand.Text())
	if err := onServer(base, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "CREATE DATABASE "+quote(name)+" TEMPLATE "+quote(from))
		return err
	}); err != nil {
		t.Fatalf("make a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := onServer(base, func(ctx context.Context, c *pgx.Conn) error {
			return drop(ctx, c, name)
		}); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return withDatabase(base, name)
}

// drop ends the connections that a test left and drops its database. While an
// autovacuum worker is in it, which has no role, PostgreSQL refuses FORCE to everyone
// but a superuser (42501); without FORCE it asks the worker to leave and waits for it.
func drop(ctx context.Context, c *pgx.Conn, name string) error {
	_, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)")
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42501" {
		_, err = c.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name))
	}
	return err
}

// template is the name of the migrated database that tests are cloned from.
var template = sync.OnceValues(func() (string, error) {
	at, err := server()
	if err != nil {
		return "", err
	}
	digest, err := migrationsDigest()
	if err != nil {
		return "", err
	}
	name := "template_" + digest
	return name, onServer(at.url, func(ctx context.Context, c *pgx.Conn) error {
		// Many test binaries may come at once: one migrates, the others wait.
		// The lock ends with the connection.
		if _, err := c.Exec(ctx, "SELECT pg_advisory_lock(hashtext('tellonce template'))"); err != nil {
			return fmt.Errorf("wait for the template: %w", err)
		}
		return makeTemplate(ctx, c, at.url, name)
	})
})

// makeTemplate migrates under another name first: a template that bears its
// name is whole, whatever killed an earlier attempt.
func makeTemplate(ctx context.Context, c *pgx.Conn, base, name string) error {
	var made bool
	if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&made); err != nil || made {
		return err
	}
	fresh := name + "_new"
	if _, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(fresh)+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("clear a half-made template: %w", err)
	}
	if _, err := c.Exec(ctx, "CREATE DATABASE "+quote(fresh)+" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"); err != nil {
		return fmt.Errorf("make the template: %w", err)
	}
	if err := migrations.Up(ctx, withDatabase(base, fresh)); err != nil {
		return err
	}
	_, err := c.Exec(ctx, "ALTER DATABASE "+quote(fresh)+" RENAME TO "+quote(name))
	return err
}

// onServer runs f on a connection to the server's maintenance database, again
// while a template is briefly in use by somebody else (55006).
func onServer(base string, f func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, withDatabase(base, "postgres"))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	for {
		err := f(ctx, c)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "55006" {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func withDatabase(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base // pgx says what is wrong with it
	}
	u.Path = "/" + name
	return u.String()
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
