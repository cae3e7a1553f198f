package ring

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

func TestInstallationStays(t *testing.T) {
	pool := newPool(t)
	first, second := openRing(t, pool, testKeys(t)), openRing(t, pool, testKeys(t))
	if len(first.Installation()) != 36 || first.Installation() != second.Installation() {
		t.Errorf("installations %q and %q, want one UUID", first.Installation(), second.Installation())
	}
}

func TestOpenAtOnceMakesOneInstallation(t *testing.T) {
	pool := newPool(t)
	keys := testKeys(t)
	ids := make([]string, 8)
	var wait sync.WaitGroup
	for i := range ids {
		wait.Go(func() {
			r, err := Open(t.Context(), pool, keys, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = r.Installation()
		})
	}
	wait.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("installations %v, want one", ids)
		}
	}
}

func TestOtherKeysAreRefused(t *testing.T) {
	pool := newPool(t)
	openRing(t, pool, testKeys(t))
	one, two, three := hex.EncodeToString(bytesOf(1)), hex.EncodeToString(bytesOf(2)), hex.EncodeToString(bytesOf(3))
	for name, tt := range map[string]struct{ master, hash, want string }{
		"another hash key":   {one, three, "another hash key"},
		"another master key": {three, two, "give it that master key"},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := ParseKeys(tt.master, tt.hash)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Open(t.Context(), pool, keys, Options{})
			if !errors.Is(err, ErrOtherKeys) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want ErrOtherKeys saying %q", err, tt.want)
			}
		})
	}
	t.Run("no keys", func(t *testing.T) {
		if _, err := Open(t.Context(), pool, Keys{}, Options{}); !errors.Is(err, ErrKeys) {
			t.Fatalf("got %v, want ErrKeys", err)
		}
	})
}

func TestRingWithoutItsInstallationIsRefused(t *testing.T) {
	pool := newPool(t)
	name(t, openRing(t, pool, testKeys(t)), domain.Identifier{Kind: domain.Account, Value: "A1"})
	exec(t, pool, "DELETE FROM ring.installation")
	if _, err := Open(t.Context(), pool, testKeys(t), Options{}); !errors.Is(err, ErrInstallation) || !strings.Contains(err.Error(), "restore") {
		t.Fatalf("got %v, want ErrInstallation that says to restore it", err)
	}
}

// The reading role opens and finds once there is an installation, and names nobody.
func TestReadingRole(t *testing.T) {
	url := embeddedtest.Database(t)
	owner, reader := poolAt(t, url, ""), poolAt(t, url, "tellonce_api")
	if _, err := Open(t.Context(), reader, testKeys(t), Options{}); !errors.Is(err, ErrInstallation) {
		t.Fatalf("before anybody wrote: got %v, want ErrInstallation", err)
	}
	id := domain.Identifier{Kind: domain.Line, Value: "L1"}
	want := name(t, openRing(t, owner, testKeys(t)), id)
	r := openRing(t, reader, testKeys(t))
	found, err := r.Find(t.Context(), []domain.Identifier{id})
	if err != nil || found[0] != want[0] {
		t.Fatalf("found %v, %v; want %v", found, err, want)
	}
	if _, err := r.Name(t.Context(), []domain.Identifier{{Kind: domain.Line, Value: "L2"}}); err == nil {
		t.Error("the reading role named somebody")
	}
}

func newPool(t testing.TB) *pgxpool.Pool { return poolAt(t, embeddedtest.Database(t), "") }

// poolAt connects, and puts on a role where one is given.
func poolAt(t testing.TB, url, role string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 8
	if role != "" {
		config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "SET ROLE "+role)
			return err
		}
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func openRing(t testing.TB, db Database, keys Keys) *Ring {
	t.Helper()
	r, err := Open(context.Background(), db, keys, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func name(t testing.TB, r *Ring, ids ...domain.Identifier) []domain.PersonID {
	t.Helper()
	persons, err := r.Name(context.Background(), ids)
	if err != nil {
		t.Fatal(err)
	}
	return persons
}

func exec(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, pool *pgxpool.Pool, sql string) (n int) {
	t.Helper()
	if err := pool.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// november is in November 2026.
var november = time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)

func event(id string, revision int, at time.Time) *domain.Recorded {
	return &domain.Recorded{Envelope: domain.Envelope{Source: "/vendors/acme/crm", ID: id, Revision: revision, Time: at}}
}
