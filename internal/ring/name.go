package ring

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tellonce/tellonce/domain"
)

// attempts is how often a statement that lost to a concurrent one is sent again.
const attempts = 10

// unplanned has the statement planned for the table as it is now. A plan kept from
// when the table was small would scan it whole while it fills.
const unplanned = pgx.QueryExecModeCacheDescribe

// onDisk, in a statement that makes rows, has its commit wait for the disk where a
// server or role is set not to: a row that a crash took back would leave a person in
// the log whom nobody finds again and whose words nobody opens.
const onDisk = `(SELECT set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), true)) AS on_disk`

// nameSQL makes the rows that are missing and reads the others. The SELECT sees the
// table as it was before the INSERT, so each hash comes once. One that another
// transaction committed in between comes in neither half, and is asked for again.
// Rows go in by order of hash, so that two statements never wait for each other.
const nameSQL = `
WITH given AS (
  SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::text[], $4::bytea[]) AS g (hash, person, kind, seed)
), made AS (
  INSERT INTO ring.person (hash, person, kind, seed, wrap)
  SELECT hash, person, kind, seed, $5 FROM given, ` + onDisk + ` ORDER BY hash
  ON CONFLICT DO NOTHING
  RETURNING hash, person, seed
)
SELECT hash, person, seed FROM made
UNION ALL
SELECT hash, person, NULL FROM ring.person WHERE hash = ANY ($1)`

// unnamed is an identifier whose person is not in memory.
type unnamed struct {
	hash [32]byte
	kind domain.Kind
	at   []int // where it was asked for
}

// Name gives each identifier its person, in the order of ids. Persons that are
// missing are made, in one statement for all; once it returns they are committed. A
// reference's is derived and makes no row. An identifier without value, or of no known
// kind, is domain.ErrIdentifier, and then nothing is made.
func (r *Ring) Name(ctx context.Context, ids []domain.Identifier) ([]domain.PersonID, error) {
	persons, rest, err := r.remembered(ids)
	if err != nil {
		return nil, err
	}
	for try := 0; len(rest) > 0; try++ {
		found, err := r.make(ctx, rest)
		if err != nil && (try == attempts || !retryable(err)) {
			return nil, fmt.Errorf("name %d identifiers: %w", len(rest), err)
		}
		if rest = r.fill(persons, rest, found); len(rest) > 0 && try == attempts {
			return nil, fmt.Errorf("name %d identifiers: their rows come and go", len(rest))
		}
	}
	return persons, nil
}

// Find gives each identifier its person where the ring has named it, and the zero
// person where not, making nothing. A reference always has one, as it is derived.
func (r *Ring) Find(ctx context.Context, ids []domain.Identifier) ([]domain.PersonID, error) {
	persons, rest, err := r.remembered(ids)
	if err != nil || len(rest) == 0 {
		return persons, err
	}
	rows, err := r.db.Query(ctx, "SELECT hash, person FROM ring.person WHERE hash = ANY ($1)", hashesOf(rest))
	if err != nil {
		return nil, fmt.Errorf("find %d identifiers: %w", len(rest), err)
	}
	found := make(map[[32]byte]domain.PersonID, len(rest))
	var hash []byte
	var person domain.PersonID
	if _, err := pgx.ForEachRow(rows, []any{&hash, (*[16]byte)(&person)}, func() error {
		found[[32]byte(hash)] = person
		return nil
	}); err != nil {
		return nil, fmt.Errorf("find %d identifiers: %w", len(rest), err)
	}
	r.fill(persons, rest, found)
	return persons, nil
}

// KindOf is the kind of each person that has a row, "" for the others: a person that
// nobody named, or a reference that nothing is sealed under.
func (r *Ring) KindOf(ctx context.Context, persons []domain.PersonID) ([]domain.Kind, error) {
	kinds := make([]domain.Kind, len(persons))
	if len(persons) == 0 {
		return kinds, nil
	}
	rows, err := r.db.Query(ctx, "SELECT person, kind FROM ring.person WHERE person = ANY ($1)", uuids(persons))
	if err != nil {
		return nil, fmt.Errorf("read kinds of %d persons: %w", len(persons), err)
	}
	found := make(map[domain.PersonID]domain.Kind, len(persons))
	var person domain.PersonID
	var kind string
	if _, err := pgx.ForEachRow(rows, []any{(*[16]byte)(&person), &kind}, func() error {
		found[person] = domain.Kind(kind)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read kinds of %d persons: %w", len(persons), err)
	}
	for i, p := range persons {
		kinds[i] = found[p]
	}
	return kinds, nil
}

// remembered names what is derived or in memory, and lists the rest by hash.
func (r *Ring) remembered(ids []domain.Identifier) ([]domain.PersonID, []unnamed, error) {
	persons := make([]domain.PersonID, len(ids))
	var rest []unnamed
	var listed map[[32]byte]int
	for i, id := range ids {
		if id.Value == "" || !named(id.Kind) {
			return nil, nil, fmt.Errorf("name %q: %w: a value and a kind are expected", id.Kind, domain.ErrIdentifier)
		}
		if id.Kind == domain.Reference {
			persons[i] = r.reference(id.Value)
			continue
		}
		hash := r.hash(id)
		if person, ok := r.names.Get(hash); ok {
			persons[i] = person
			continue
		}
		if listed == nil {
			listed = make(map[[32]byte]int)
		}
		at, ok := listed[hash]
		if !ok {
			at = len(rest)
			listed[hash] = at
			rest = append(rest, unnamed{hash: hash, kind: id.Kind})
		}
		rest[at].at = append(rest[at].at, i)
	}
	slices.SortFunc(rest, func(a, b unnamed) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	return persons, rest, nil
}

// named reports whether identifiers of this kind have persons.
func named(k domain.Kind) bool {
	return k.Strong() || k.Weak() || k == domain.Reference || k == domain.AgentKind
}

// reference is the person of "source#subject".
func (r *Ring) reference(value string) domain.PersonID {
	source, subject, _ := strings.Cut(value, "#")
	return r.ReferencePerson(source, subject)
}

// make proposes a new person for each and returns the one that each has.
func (r *Ring) make(ctx context.Context, rest []unnamed) (map[[32]byte]domain.PersonID, error) {
	persons := make([]domain.PersonID, len(rest))
	kinds := make([]string, len(rest))
	wrapped := make([][]byte, len(rest))
	seeds := make(map[domain.PersonID]seed, len(rest))
	for i, u := range rest {
		_, _ = rand.Read(persons[i][:]) // never fails: it ends the program first
		s := newSeed()
		kinds[i], seeds[persons[i]] = string(u.kind), s
		wrapped[i] = r.keys.wrapSeed(persons[i], s)
	}
	rows, err := r.db.Query(ctx, nameSQL, unplanned, hashesOf(rest), uuids(persons), kinds, wrapped, r.keys.wrap)
	if err != nil {
		return nil, err
	}
	found := make(map[[32]byte]domain.PersonID, len(rest))
	made := make(map[domain.PersonID]string)
	var hash, wrap []byte
	var person domain.PersonID
	if _, err := pgx.ForEachRow(rows, []any{&hash, (*[16]byte)(&person), &wrap}, func() error {
		found[[32]byte(hash)] = person
		if wrap != nil {
			made[person] = string(wrap)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	// Only now is it committed: what was rolled back must not be remembered.
	for person, wrap := range made {
		r.seeds.Add(person, held{wrapped: wrap, seed: seeds[person]})
	}
	return found, nil
}

// fill writes what was found where it was asked for, remembers it, and returns what
// is still missing.
func (r *Ring) fill(persons []domain.PersonID, rest []unnamed, found map[[32]byte]domain.PersonID) []unnamed {
	var missing []unnamed
	for _, u := range rest {
		person, ok := found[u.hash]
		if !ok {
			missing = append(missing, u)
			continue
		}
		r.names.Add(u.hash, person)
		for _, i := range u.at {
			persons[i] = person
		}
	}
	return missing
}

func hashesOf(rest []unnamed) [][]byte {
	hashes := make([][]byte, len(rest))
	for i := range rest {
		hashes[i] = rest[i].hash[:]
	}
	return hashes
}

func uuids(persons []domain.PersonID) [][16]byte {
	ids := make([][16]byte, len(persons))
	for i, p := range persons {
		ids[i] = p
	}
	return ids
}

// retryable reports whether another attempt may fare better: serialisation failure
// or deadlock.
func retryable(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "40001" || refused.Code == "40P01")
}
