package ring

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tellonce/tellonce/domain"
)

var words = []byte(`{"/words":"plus de débit depuis lundi"}`)

func TestSealAndOpen(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	account := name(t, r, domain.Identifier{Kind: domain.Account, Value: "A1"})[0]
	reference := r.ReferencePerson("/vendors/acme/crm", "i1")
	e := event("e1", 0, november)
	seals := seal(t, r, e,
		Plain{Person: account, Kind: domain.Account, Class: domain.Words, JSON: words},
		Plain{Person: account, Kind: domain.Account, Class: domain.Bank, JSON: []byte(`{"/bank":"FR76"}`)},
		Plain{Person: reference, Kind: domain.Reference, Class: domain.Place, JSON: []byte(`{"/place":"Lyon"}`)},
	)
	if len(seals) != 3 || seals[0].Class != domain.Words || seals[1].Class != domain.Bank || seals[2].Class != domain.Place {
		t.Fatalf("got %d seals, want one for each plain, in their order", len(seals))
	}
	for name, opening := range map[string]*Ring{"here": r, "in another process": openRing(t, pool, testKeys(t))} {
		t.Run(name, func(t *testing.T) {
			o := opening.Opener(rowsOf(t, pool, account, reference))
			for i, want := range []string{string(words), `{"/bank":"FR76"}`, `{"/place":"Lyon"}`} {
				if got, err := o.Open(e, seals[i]); err != nil || string(got) != want {
					t.Errorf("%s: got %s, %v", seals[i].Class, got, err)
				}
			}
			if p, ok := o.PersonOf(seals[2]); !ok || p != reference {
				t.Errorf("person of the seal: %s, %v", p, ok)
			}
		})
	}
	t.Run("nothing is in clear", func(t *testing.T) {
		for _, s := range seals {
			if bytes.Contains(s.Sealed, []byte("lundi")) || bytes.Contains(s.Sealed, []byte("FR76")) {
				t.Errorf("%s holds its value", s.Class)
			}
		}
	})
	t.Run("twice the same is sealed differently", func(t *testing.T) {
		again := seal(t, r, e, Plain{Person: account, Kind: domain.Account, Class: domain.Words, JSON: words})
		if bytes.Equal(again[0].Sealed, seals[0].Sealed) || again[0].Key != seals[0].Key {
			t.Error("want other bytes under the same key")
		}
	})
}

func TestUnopenable(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	two := name(t, r, domain.Identifier{Kind: domain.Account, Value: "A1"}, domain.Identifier{Kind: domain.Account, Value: "A2"})
	person, stranger := two[0], two[1]
	e := event("e1", 1, november)
	good := seal(t, r, e, Plain{Person: person, Kind: domain.Account, Class: domain.Words, JSON: words})[0]
	rows := rowsOf(t, pool, person)
	otherMaster, err := ParseKeys(hex.EncodeToString(bytesOf(9)), hex.EncodeToString(bytesOf(2)))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := newRing(pool, otherMaster.secrets, Options{})
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(s *domain.Sealed)) domain.Sealed {
		s := good
		s.Sealed = bytes.Clone(good.Sealed)
		change(&s)
		return s
	}
	row := func(change func(w *Wrapped)) []Wrapped {
		w := rows[0]
		w.Seed = bytes.Clone(w.Seed)
		change(&w)
		return []Wrapped{w}
	}
	newer := r.keys.box.Seal(nil, nil, []byte{2, 7, 7}, wrapContext(person))

	for name, tt := range map[string]struct {
		ring  *Ring
		rows  []Wrapped
		event *domain.Recorded
		seal  domain.Sealed
		want  error // nil: it opens
	}{
		"as it is":                    {r, rows, e, good, nil},
		"another event's":             {r, rows, event("e2", 1, november), good, errSeal},
		"another revision's":          {r, rows, event("e1", 2, november), good, errSeal},
		"another source's":            {r, rows, &domain.Recorded{Envelope: domain.Envelope{Source: "/vendors/acme/cr", ID: "e1", Revision: 1}}, good, errSeal},
		"another class":               {r, rows, e, with(func(s *domain.Sealed) { s.Class = domain.Staff }), errSeal},
		"another month":               {r, rows, e, with(func(s *domain.Sealed) { s.Key = keyID(person, monthOf(november)+1) }), errSeal},
		"another person's":            {r, rowsOf(t, pool, stranger), e, with(func(s *domain.Sealed) { s.Key = keyID(stranger, monthOf(november)) }), errSeal},
		"a byte of the text changed":  {r, rows, e, with(func(s *domain.Sealed) { s.Sealed[14] ^= 1 }), errSeal},
		"a byte of the nonce changed": {r, rows, e, with(func(s *domain.Sealed) { s.Sealed[0] ^= 1 }), errSeal},
		"a byte of the tag changed":   {r, rows, e, with(func(s *domain.Sealed) { s.Sealed[len(s.Sealed)-1] ^= 1 }), errSeal},
		"cut short":                   {r, rows, e, with(func(s *domain.Sealed) { s.Sealed = s.Sealed[:5] }), errSeal},
		"empty":                       {r, rows, e, with(func(s *domain.Sealed) { s.Sealed = nil }), errSeal},
		"no key id":                   {r, rows, e, with(func(s *domain.Sealed) { s.Key = "" }), errKeyID},
		"a key id of nobody's":        {r, rows, e, with(func(s *domain.Sealed) { s.Key = "k-1" }), errKeyID},
		"no row":                      {r, nil, e, good, errNoSeed},
		"the seed destroyed":          {r, row(func(w *Wrapped) { w.Seed = nil }), e, good, errDestroyed},
		"the wrong master":            {foreign, rows, e, good, errMaster},
		"the wrong master by its id":  {foreign, row(func(w *Wrapped) { w.Wrap = foreign.keys.wrap }), e, good, errWrapped},
		"a byte of the row changed":   {r, row(func(w *Wrapped) { w.Seed[20] ^= 1 }), e, good, errWrapped},
		"a row given to another":      {r, row(func(w *Wrapped) { w.Person = stranger }), e, with(func(s *domain.Sealed) { s.Key = keyID(stranger, monthOf(november)) }), errWrapped},
		"a newer version's row":       {r, row(func(w *Wrapped) { w.Seed = newer }), e, good, errForm},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tt.ring.Opener(tt.rows).Open(tt.event, tt.seal)
			switch {
			case tt.want == nil && (err != nil || !bytes.Equal(got, words)):
				t.Errorf("got %s, %v", got, err)
			case tt.want != nil && (!errors.Is(err, ErrUnopenable) || err != tt.want || got != nil): //nolint:errorlint // the very reason is wanted
				t.Errorf("got %s, %v, want %v", got, err, tt.want)
			}
		})
	}
}

// Destroyed in the table while everything is in this process's memory: the next read
// sees it, and a process that has not sealed for this person yet seals nothing.
func TestDestroyedSeed(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	person := name(t, r, domain.Identifier{Kind: domain.Account, Value: "A1"})[0]
	other := name(t, r, domain.Identifier{Kind: domain.Account, Value: "A2"})[0]
	e := event("e1", 0, november)
	plains := []Plain{
		{Person: person, Kind: domain.Account, Class: domain.Words, JSON: words},
		{Person: other, Kind: domain.Account, Class: domain.Words, JSON: words},
	}
	s := seal(t, r, e, plains...)[0]
	if _, err := r.Opener(rowsOf(t, pool, person)).Open(e, s); err != nil {
		t.Fatal(err)
	}
	exec(t, pool, "UPDATE ring.person SET seed = NULL WHERE person = $1", [16]byte(person))
	if _, err := r.Opener(rowsOf(t, pool, person)).Open(e, s); !errors.Is(err, ErrUnopenable) {
		t.Errorf("got %v, want ErrUnopenable", err)
	}
	fresh := openRing(t, pool, testKeys(t))
	if got := name(t, fresh, domain.Identifier{Kind: domain.Account, Value: "A1"})[0]; got != person {
		t.Errorf("the identifier is %s now, want %s still", got, person)
	}
	left := seal(t, fresh, e, plains...)
	if len(left) != 1 {
		t.Fatalf("%d seals, want the other's alone", len(left))
	}
	if p, _ := PersonOf(left[0]); p != other {
		t.Errorf("sealed for %s, want %s", p, other)
	}
}

func TestReferenceHasARowOnceSealedUnder(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	reference := r.ReferencePerson("/vendors/acme/crm", "i1")
	e := event("e1", 0, november)
	plain := Plain{Person: reference, Kind: domain.Reference, Class: domain.Words, JSON: words}
	if n := count(t, pool, "SELECT count(*) FROM ring.person"); n != 0 {
		t.Fatalf("%d rows before", n)
	}
	s := seal(t, r, e, plain)[0]
	again := seal(t, openRing(t, pool, testKeys(t)), e, plain)[0] // reads it, and makes no other
	if n := count(t, pool, "SELECT count(*) FROM ring.person WHERE kind = 'reference'"); n != 1 {
		t.Fatalf("%d rows after, want 1", n)
	}
	o := r.Opener(rowsOf(t, pool, reference))
	for _, s := range []domain.Sealed{s, again} {
		if _, err := o.Open(e, s); err != nil {
			t.Error(err)
		}
	}
	var person domain.PersonID
	hash := r.Hash(domain.Identifier{Kind: domain.Reference, Value: "/vendors/acme/crm#i1"})
	if err := pool.QueryRow(t.Context(), "SELECT person FROM ring.person WHERE hash = $1", hash).Scan((*[16]byte)(&person)); err != nil || person != reference {
		t.Errorf("by its hash: %s, %v; want %s", person, err, reference)
	}
}

func TestSealingForNobody(t *testing.T) {
	r := openRing(t, newPool(t), testKeys(t))
	_, err := r.Seal(t.Context(), event("e1", 0, november), []Plain{{Person: domain.PersonID{1}, Kind: domain.Account, Class: domain.Words, JSON: words}})
	if !errors.Is(err, ErrPerson) {
		t.Errorf("got %v, want ErrPerson", err)
	}
}

// A person that the caller takes for a reference and that has a row of another kind
// keeps that row.
func TestSealingUnderAMistakenReference(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	person := name(t, r, domain.Identifier{Kind: domain.Account, Value: "A1"})[0]
	seal(t, openRing(t, pool, testKeys(t)), event("e1", 0, november), Plain{Person: person, Kind: domain.Reference, Class: domain.Words, JSON: words})
	if n := count(t, pool, "SELECT count(*) FROM ring.person WHERE kind = 'account'"); n != 1 {
		t.Errorf("%d rows of the account, want 1", n)
	}
	if n := count(t, pool, "SELECT count(*) FROM ring.person"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestABatchIsSealedWithOneStatement(t *testing.T) {
	db := &counting{Database: newPool(t)}
	r := openRing(t, db, testKeys(t))
	accounts := make([]domain.Identifier, 50)
	for i := range accounts {
		accounts[i] = domain.Identifier{Kind: domain.Account, Value: fmt.Sprint(i)}
	}
	persons := name(t, openRing(t, db, testKeys(t)), accounts...) // elsewhere: no seed is in memory
	batch := make([]Sealing, 100)
	for i := range batch {
		id := fmt.Sprint(i)
		batch[i] = Sealing{Event: event(id, 0, november), Plains: []Plain{
			{Person: persons[i%50], Kind: domain.Account, Class: domain.Words, JSON: words},
			{Person: r.ReferencePerson("/vendors/acme/crm", id), Kind: domain.Reference, Class: domain.Place, JSON: words},
		}}
	}
	for round, want := range []int32{1, 0} {
		db.queries.Store(0)
		seals, err := r.SealAll(t.Context(), batch)
		if err != nil || len(seals) != 100 || len(seals[99]) != 2 {
			t.Fatalf("%d seals, %v", len(seals), err)
		}
		if n := db.queries.Load(); n != want {
			t.Errorf("round %d: %d statements, want %d", round, n, want)
		}
	}
}

func TestSealingAtOnceMakesOneSeed(t *testing.T) {
	pool := newPool(t)
	const calls = 30
	rings := []*Ring{openRing(t, pool, testKeys(t)), openRing(t, pool, testKeys(t))}
	var mu sync.Mutex
	var seals [][]domain.Sealed
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			r := rings[g%2]
			batch := make([]Sealing, calls)
			for i := range batch {
				at := (i*7 + g*11) % calls // each in its own order
				batch[i] = Sealing{Event: event("e", at, november), Plains: []Plain{{Person: r.ReferencePerson("s", fmt.Sprint(at)), Kind: domain.Reference, Class: domain.Words, JSON: words}}}
			}
			all, err := r.SealAll(context.Background(), batch)
			if err != nil {
				t.Error(err)
				return
			}
			ordered := make([]domain.Sealed, calls)
			for i := range batch {
				ordered[batch[i].Event.Revision] = all[i][0]
			}
			mu.Lock()
			seals = append(seals, ordered)
			mu.Unlock()
		})
	}
	wait.Wait()
	persons := make([]domain.PersonID, calls)
	for i := range persons {
		persons[i] = rings[0].ReferencePerson("s", fmt.Sprint(i))
	}
	o := rings[1].Opener(rowsOf(t, pool, persons...))
	for _, of := range seals {
		for i, s := range of {
			if _, err := o.Open(event("e", i, november), s); err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		}
	}
}

// Keys follow the month of the event's time in UTC, whenever it is sealed.
func TestSealedByTheEventsOwnMonth(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	person := name(t, r, domain.Identifier{Kind: domain.Account, Value: "A1"})[0]
	keys := map[string]bool{}
	for _, at := range []time.Time{
		time.Date(1975, 6, 1, 0, 0, 0, 0, time.UTC), time.Date(2000, 1, 9, 0, 0, 0, 0, time.UTC), // one key
		november, november.AddDate(0, 0, 3), // another
		november.AddDate(0, 1, 0), // a third
	} {
		e := event("e1", 0, at)
		s := seal(t, r, e, Plain{Person: person, Kind: domain.Account, Class: domain.Words, JSON: words})[0]
		keys[s.Key] = true
		if _, err := r.Opener(rowsOf(t, pool, person)).Open(e, s); err != nil {
			t.Errorf("%s: %v", at, err)
		}
	}
	if len(keys) != 3 {
		t.Errorf("%d keys, want 3", len(keys))
	}
}

func TestOpenerIsForMany(t *testing.T) {
	pool := newPool(t)
	r := openRing(t, pool, testKeys(t))
	person := name(t, r, domain.Identifier{Kind: domain.Account, Value: "A1"})[0]
	e := event("e1", 0, november)
	s := seal(t, r, e, Plain{Person: person, Kind: domain.Account, Class: domain.Words, JSON: words})[0]
	o := openRing(t, pool, testKeys(t)).Opener(rowsOf(t, pool, person))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if got, err := o.Open(e, s); err != nil || !bytes.Equal(got, words) {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
	wait.Wait()
}

func seal(t testing.TB, r *Ring, e *domain.Recorded, plains ...Plain) []domain.Sealed {
	t.Helper()
	seals, err := r.Seal(context.Background(), e, plains)
	if err != nil {
		t.Fatal(err)
	}
	return seals
}

// rowsOf reads the persons' rows as an opener's caller does.
func rowsOf(t testing.TB, pool *pgxpool.Pool, persons ...domain.PersonID) []Wrapped {
	t.Helper()
	rows, err := pool.Query(context.Background(), "SELECT person, seed, wrap FROM ring.person WHERE person = ANY ($1)", uuids(persons))
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, func(at pgx.CollectableRow) (w Wrapped, err error) {
		err = at.Scan((*[16]byte)(&w.Person), &w.Seed, &w.Wrap)
		return w, err
	})
	if err != nil || len(all) != len(persons) {
		t.Fatalf("%d rows for %d persons, %v", len(all), len(persons), err)
	}
	return all
}
