package ring

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tellonce/tellonce/domain"
)

// Errors of a ring.
var (
	// ErrOtherKeys: the database was filled with other keys than these.
	ErrOtherKeys = errors.New("these are not the keys of this installation")
	// ErrInstallation: persons are there and the row that says whose is not, or this
	// login only reads and there is no row yet.
	ErrInstallation = errors.New("the ring has no installation")
	// ErrPerson: nothing can be sealed for a person that the ring never named.
	ErrPerson = errors.New("person is not in the ring")
)

// Database is what a ring asks of PostgreSQL; a *pgxpool.Pool is one.
type Database interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Options bound what a ring keeps in memory; a zero takes the default.
type Options struct {
	Names  int // identifiers, 100,000 by default: some 25 MB
	Seeds  int // persons' seeds, 50,000: some 15 MB
	Months int // keys of months, 50,000: some 10 MB
}

// Ring names persons and holds their keys. It is safe for use by many at once.
type Ring struct {
	db           Database
	keys         *secrets
	installation string

	names  *lru.Cache[[32]byte, domain.PersonID]
	seeds  *lru.Cache[domain.PersonID, held]
	months *lru.Cache[monthID, [32]byte]
}

// held is a seed in memory, with the wrapped form that it came from: a row that
// reads otherwise now, a destroyed one above all, is not answered by it.
type held struct {
	wrapped string
	seed    seed
}

// monthID names a derived key by the seed it came from. Half a seed tells two apart.
type monthID struct {
	seed  [16]byte
	class domain.Class
	month month
}

// Open opens the ring in a migrated database. The first time, the installation gets
// its id and remembers what its keys are known by; from then on other keys are
// ErrOtherKeys. It asks the database once.
func Open(ctx context.Context, db Database, keys Keys, opts Options) (*Ring, error) {
	if keys.IsZero() {
		return nil, fmt.Errorf("open ring: %w: there are none", ErrKeys)
	}
	r, err := newRing(db, keys.secrets, opts)
	if err != nil {
		return nil, fmt.Errorf("open ring: %w", err)
	}
	if err := r.settle(ctx); err != nil {
		return nil, fmt.Errorf("open ring: %w", err)
	}
	return r, nil
}

func newRing(db Database, keys *secrets, opts Options) (*Ring, error) {
	r := &Ring{db: db, keys: keys}
	return r, errors.Join(
		makeCache(&r.names, opts.Names, 100_000),
		makeCache(&r.seeds, opts.Seeds, 50_000),
		makeCache(&r.months, opts.Months, 50_000),
	)
}

func makeCache[K comparable, V any](at **lru.Cache[K, V], size, otherwise int) (err error) {
	if size == 0 {
		size = otherwise
	}
	*at, err = lru.New[K, V](size)
	return err
}

// Installation is the id of this installation, a UUID, for as long as its ring lives.
func (r *Ring) Installation() string { return r.installation }

// settle reads the installation, or makes it where nobody has been named yet. Of two
// that make it at once one waits for the other's row and reads it.
func (r *Ring) settle(ctx context.Context) error {
	found, err := r.readInstallation(ctx)
	if err != nil || found {
		return err
	}
	_, err = r.db.Exec(ctx, `
		INSERT INTO ring.installation (id, hash_check, wrap)
		SELECT gen_random_uuid(), $1, $2 WHERE NOT EXISTS (SELECT FROM ring.person)
		ON CONFLICT DO NOTHING`, r.keys.check[:], r.keys.wrap)
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && (refused.Code == "42501" || refused.Code == "25006"): // may not write; read-only
		return fmt.Errorf("%w: start tellonce with a database login that writes once, then this one", ErrInstallation)
	case err != nil:
		return fmt.Errorf("make installation: %w", err)
	}
	if found, err = r.readInstallation(ctx); err != nil || found {
		return err
	}
	return fmt.Errorf("%w, and persons: restore table ring.installation from the backup that ring.person came from", ErrInstallation)
}

func (r *Ring) readInstallation(ctx context.Context) (bool, error) {
	var check []byte
	var wrap string
	err := r.db.QueryRow(ctx, "SELECT id::text, hash_check, wrap FROM ring.installation").Scan(&r.installation, &check, &wrap)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read installation: %w", err)
	case subtle.ConstantTimeCompare(check, r.keys.check[:]) != 1:
		return false, fmt.Errorf("%w: installation %s has another hash key; give it the key file it was made with, or another database", ErrOtherKeys, r.installation)
	case wrap != r.keys.wrap:
		return false, fmt.Errorf("%w: installation %s is wrapped by master key %s and this is %s; give it that master key", ErrOtherKeys, r.installation, wrap, r.keys.wrap)
	}
	return true, nil
}

// seedOf is the seed in a row that was just read; its error is a reason of ErrUnopenable.
func (r *Ring) seedOf(w Wrapped) (seed, error) {
	if len(w.Seed) == 0 {
		return seed{}, errDestroyed
	}
	if h, ok := r.seeds.Get(w.Person); ok && h.wrapped == string(w.Seed) {
		return h.seed, nil
	}
	s, err := r.keys.unwrapSeed(w)
	if err != nil {
		return seed{}, err
	}
	r.seeds.Add(w.Person, held{wrapped: string(w.Seed), seed: s})
	return s, nil
}

func (r *Ring) monthKey(s seed, class domain.Class, m month) [32]byte {
	id := monthID{seed: [16]byte(s[:16]), class: class, month: m}
	if key, ok := r.months.Get(id); ok {
		return key
	}
	key := s.monthKey(class, m)
	r.months.Add(id, key)
	return key
}
