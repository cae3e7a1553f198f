package ring

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tellonce/tellonce/domain"
)

func TestName(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	account := domain.Identifier{Kind: domain.Account, Value: "A1"}
	line := domain.Identifier{Kind: domain.Line, Value: "A1"} // same value, another kind
	agent := domain.Identifier{Kind: domain.AgentKind, Value: "acme/7"}
	got := name(t, r, account, line, account, agent)

	t.Run("one person for each identifier", func(t *testing.T) {
		if got[0] != got[2] || got[0] == got[1] || got[0] == got[3] || got[0].IsZero() {
			t.Errorf("got %v", got)
		}
	})
	t.Run("the same the next time, and in another process", func(t *testing.T) {
		for _, again := range [][]domain.PersonID{
			name(t, r, account, line, account, agent),
			name(t, openRing(t, pool, testKeys(t)), account, line, account, agent),
		} {
			for i := range got {
				if again[i] != got[i] {
					t.Errorf("identifier %d: got %s, want %s", i, again[i], got[i])
				}
			}
		}
	})
	t.Run("a known and a new one together", func(t *testing.T) {
		both := name(t, openRing(t, pool, testKeys(t)), domain.Identifier{Kind: domain.Phone, Value: "+33612345678"}, line)
		if both[1] != got[1] || both[0].IsZero() || both[0] == got[1] {
			t.Errorf("got %v", both)
		}
	})
	t.Run("no value, no person", func(t *testing.T) {
		for _, id := range []domain.Identifier{{Kind: domain.Account}, {Kind: "customer", Value: "x"}, {Value: "x"}} {
			before := count(t, pool, "SELECT count(*) FROM ring.person")
			_, err := r.Name(t.Context(), []domain.Identifier{{Kind: domain.Account, Value: "new"}, id})
			if !errors.Is(err, domain.ErrIdentifier) || count(t, pool, "SELECT count(*) FROM ring.person") != before {
				t.Errorf("%v: got %v, want ErrIdentifier and nothing made", id, err)
			}
		}
	})
	t.Run("nothing asked", func(t *testing.T) {
		if none := name(t, r); len(none) != 0 {
			t.Errorf("got %v", none)
		}
	})
	t.Run("kinds", func(t *testing.T) {
		kinds, err := r.KindOf(t.Context(), []domain.PersonID{got[1], {}, got[3], got[1]})
		if want := fmt.Sprint([]domain.Kind{domain.Line, "", domain.AgentKind, domain.Line}); err != nil || fmt.Sprint(kinds) != want {
			t.Errorf("got %v, %v, want %v", kinds, err, want)
		}
	})
}

func TestFindMakesNothing(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	known := domain.Identifier{Kind: domain.Email, Value: "a@example.org"}
	want := name(t, r, known)[0]
	for name, r := range map[string]*Ring{"in memory": r, "from the table": openRing(t, pool, testKeys(t))} {
		t.Run(name, func(t *testing.T) {
			got, err := r.Find(t.Context(), []domain.Identifier{{Kind: domain.Email, Value: "b@example.org"}, known})
			if err != nil || !got[0].IsZero() || got[1] != want {
				t.Fatalf("got %v, %v; want nobody and %s", got, err, want)
			}
		})
	}
	if n := count(t, pool, "SELECT count(*) FROM ring.person"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestReferenceIsDerived(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	got := name(t, r, domain.Identifier{Kind: domain.Reference, Value: "/vendors/acme/crm#i#1"})[0]
	if want := r.ReferencePerson("/vendors/acme/crm", "i#1"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := count(t, pool, "SELECT count(*) FROM ring.person"); n != 0 {
		t.Errorf("%d rows, want none", n)
	}
	others := []domain.PersonID{
		r.ReferencePerson("/vendors/acme/crm", "i#2"), r.ReferencePerson("/vendors/acme/cr", "mi#1"),
		r.EventPerson("/vendors/acme/crm", "i#1"),
	}
	for _, other := range others {
		if other == got {
			t.Errorf("%s is the person of two", got)
		}
	}
}

// Sixteen at once, in two processes' rings that remember little, name overlapping sets
// in orders of their own: one person for each identifier, and one identifier for each.
func TestNamingAtOnceGivesOnePerson(t *testing.T) {
	pool := newPool(t)
	rings := make([]*Ring, 2)
	for i := range rings {
		r, err := Open(t.Context(), pool, testKeys(t), Options{Names: 20, Seeds: 20})
		if err != nil {
			t.Fatal(err)
		}
		rings[i] = r
	}
	kinds := []domain.Kind{domain.Account, domain.Line, domain.Email, domain.Phone, domain.Device}
	var mu sync.Mutex
	given := map[domain.Identifier]domain.PersonID{}
	var wait sync.WaitGroup
	for g := range 16 {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(uint64(g), 1))
			for range 12 {
				ids := make([]domain.Identifier, 40)
				for i := range ids {
					ids[i] = domain.Identifier{Kind: kinds[random.IntN(len(kinds))], Value: fmt.Sprint(random.IntN(120))}
				}
				persons, err := rings[g%2].Name(t.Context(), ids)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for i, id := range ids {
					if before, ok := given[id]; ok && before != persons[i] {
						t.Errorf("%v is %s and %s", id, before, persons[i])
					}
					given[id] = persons[i]
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	who := map[domain.PersonID]domain.Identifier{}
	for id, person := range given {
		if other, ok := who[person]; ok || person.IsZero() {
			t.Errorf("%s is %v and %v", person, id, other)
		}
		who[person] = id
	}
	if n := count(t, pool, "SELECT count(*) FROM ring.person"); n != len(given) {
		t.Errorf("%d rows for %d identifiers", n, len(given))
	}
}

// The row was committed by another between our look and our insert, so that the
// statement returns it in neither half: it is asked for again.
func TestNameRaceIsAskedAgain(t *testing.T) {
	pool := newPool(t)
	other := openRing(t, pool, testKeys(t))
	r := openRing(t, pool, testKeys(t))
	id := domain.Identifier{Kind: domain.Account, Value: "raced"}

	// The other's insert is open when ours comes to wait for it.
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	otherInTx := *other
	otherInTx.db = tx
	want := name(t, &otherInTx, id)[0]
	got := make(chan domain.PersonID, 1)
	asked := &counting{Database: pool}
	r.db = asked
	go func() {
		persons, err := r.Name(context.Background(), []domain.Identifier{id})
		if err != nil {
			t.Error(err)
			persons = make([]domain.PersonID, 1)
		}
		got <- persons[0]
	}()
	for count(t, pool, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 0 {
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if person := <-got; person != want {
		t.Errorf("got %s, want the other's %s", person, want)
	}
	if n := asked.queries.Load(); n != 2 {
		t.Errorf("%d statements, want 2: the one that lost and the one that read", n)
	}
}

// What a crash of the database takes back was never in the log: commits wait for the
// disk, also where the server is set not to.
func TestRowsAreOnDiskBeforeTheirIdsAreGiven(t *testing.T) {
	pool := newPool(t)
	for set, want := range map[string]string{"off": "on", "remote_apply": "remote_apply", "local": "local"} {
		r := openRing(t, pool, testKeys(t))
		for what, making := range map[string]func(){
			"named": func() { name(t, r, domain.Identifier{Kind: domain.Account, Value: "A1"}) },
			"sealed for": func() {
				seal(t, r, event("e1", 0, november), Plain{Person: r.ReferencePerson("s", "1"), Kind: domain.Reference, Class: domain.Words, JSON: words})
			},
		} {
			tx, err := pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			r.db = tx
			var got string
			if _, err := tx.Exec(t.Context(), "SET LOCAL synchronous_commit = "+set); err != nil {
				t.Fatal(err)
			}
			making()
			if err := tx.QueryRow(t.Context(), "SHOW synchronous_commit").Scan(&got); err != nil || got != want {
				t.Errorf("%s where it is %s: commits with %s, %v; want %s", what, set, got, err, want)
			}
			if err := tx.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestNameGoesOnAfterADeadlock(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	db := &counting{Database: pool}
	db.refuse.Store(3)
	r.db = db
	if person := name(t, r, domain.Identifier{Kind: domain.Account, Value: "A1"})[0]; person.IsZero() {
		t.Error("nobody named")
	}
	if n := db.queries.Load(); n != 4 {
		t.Errorf("%d statements, want 4", n)
	}
	db.refuse.Store(1000)
	if _, err := r.Name(t.Context(), []domain.Identifier{{Kind: domain.Account, Value: "A2"}}); err == nil {
		t.Error("want an error where it never ends")
	}
}

func TestNamingAsksOnce(t *testing.T) {
	db := &counting{Database: newPool(t)}
	r := openRing(t, db, testKeys(t))
	ids := make([]domain.Identifier, 500)
	for i := range ids {
		ids[i] = domain.Identifier{Kind: domain.Line, Value: fmt.Sprint(i)}
	}
	for round, want := range []int32{1, 0} {
		db.queries.Store(0)
		name(t, r, ids...)
		if n := db.queries.Load(); n != want {
			t.Errorf("round %d: %d statements, want %d", round, n, want)
		}
	}
}

// counting counts queries, and answers some with a deadlock.
type counting struct {
	Database
	queries, refuse atomic.Int32
}

func (c *counting) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	c.queries.Add(1)
	if c.refuse.Add(-1) >= 0 {
		return nil, &pgconn.PgError{Code: "40P01"}
	}
	return c.Database.Query(ctx, sql, args...)
}
