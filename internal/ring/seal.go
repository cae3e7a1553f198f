package ring

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// Plain is what is to be sealed: the personal values of one class of an event that
// belong under one person.
type Plain struct {
	Person domain.PersonID
	Kind   domain.Kind // of Person
	Class  domain.Class
	JSON   []byte // an object {JSON pointer into data: value}
}

// Sealing is an event and its personal values.
type Sealing struct {
	Event  *domain.Recorded // only its identity, revision and time are read
	Plains []Plain
}

// sealSQL reads the seeds of all persons, and makes those of references that have
// none. As with names, a row that another made in between comes in neither half.
const sealSQL = `
WITH given AS (
  SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::bytea[]) AS g (hash, person, seed)
), made AS (
  INSERT INTO ring.person (hash, person, kind, seed, wrap)
  SELECT hash, person, 'reference', seed, $4 FROM given, ` + onDisk + ` ORDER BY hash
  ON CONFLICT DO NOTHING
  RETURNING person, seed, wrap
)
SELECT person, seed, wrap FROM made
UNION ALL
SELECT person, seed, wrap FROM ring.person WHERE person = ANY ($5)`

// Seal is SealAll of one event.
func (r *Ring) Seal(ctx context.Context, event *domain.Recorded, plains []Plain) ([]domain.Sealed, error) {
	all, err := r.SealAll(ctx, []Sealing{{Event: event, Plains: plains}})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// SealAll seals each event's personal values under the key of person, class and month
// of the event's time, bound to the event's identity and revision and to the class.
// Seals come in the order of the plains; where a person's keys are destroyed, the
// event goes without, so that fewer seals than plains come back.
//
// Seeds that are not in memory are read in one statement for all events, and those of
// references made in it. A person of another kind that has no row is ErrPerson.
func (r *Ring) SealAll(ctx context.Context, events []Sealing) ([][]domain.Sealed, error) {
	seeds, err := r.seedsFor(ctx, events)
	if err != nil {
		return nil, fmt.Errorf("seal %d events: %w", len(events), err)
	}
	all := make([][]domain.Sealed, len(events))
	for i, e := range events {
		for _, p := range e.Plains {
			s, ok := seeds[p.Person]
			if !ok {
				continue
			}
			m := monthOf(e.Event.Time)
			box, err := newBox(r.monthKey(s, p.Class, m))
			if err != nil {
				return nil, fmt.Errorf("seal %s: %w", e.Event.Identity(), err)
			}
			all[i] = append(all[i], domain.Sealed{
				Class:  p.Class,
				Key:    keyID(p.Person, m),
				Sealed: box.Seal(nil, nil, p.JSON, sealContext(e.Event, p.Class)),
			})
		}
	}
	return all, nil
}

// seedsFor are the seeds of all persons of the plains, but for those destroyed.
func (r *Ring) seedsFor(ctx context.Context, events []Sealing) (map[domain.PersonID]seed, error) {
	seeds := make(map[domain.PersonID]seed)
	missing := make(map[domain.PersonID]domain.Kind)
	for _, e := range events {
		for _, p := range e.Plains {
			if _, ok := seeds[p.Person]; ok {
				continue
			}
			if h, ok := r.seeds.Get(p.Person); ok {
				seeds[p.Person] = h.seed
				continue
			}
			missing[p.Person] = p.Kind
		}
	}
	for try := 0; len(missing) > 0; try++ {
		found, err := r.readSeeds(ctx, missing)
		if err != nil && (try == attempts || !retryable(err)) {
			return nil, err
		}
		for _, w := range found {
			delete(missing, w.Person)
			if len(w.Seed) == 0 {
				continue
			}
			if seeds[w.Person], err = r.seedOf(w); err != nil {
				return nil, fmt.Errorf("seed of %s: %w", w.Person, err)
			}
		}
		if err != nil {
			continue
		}
		for person, kind := range missing {
			if kind != domain.Reference || try == attempts {
				return nil, fmt.Errorf("seed of %s %s: %w", kind, person, ErrPerson)
			}
		}
	}
	return seeds, nil
}

// readSeeds reads the rows of the persons, having made those of references.
func (r *Ring) readSeeds(ctx context.Context, missing map[domain.PersonID]domain.Kind) ([]Wrapped, error) {
	type row struct {
		hash   [32]byte
		person domain.PersonID
	}
	var rows []row
	persons := make([]domain.PersonID, 0, len(missing))
	for person, kind := range missing {
		persons = append(persons, person)
		if kind == domain.Reference {
			rows = append(rows, row{r.rowOf(person), person})
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	hashes := make([][]byte, len(rows))
	references := make([]domain.PersonID, len(rows))
	wrapped := make([][]byte, len(rows))
	for i := range rows {
		hashes[i], references[i] = rows[i].hash[:], rows[i].person
		wrapped[i] = r.keys.wrapSeed(rows[i].person, newSeed())
	}
	got, err := r.db.Query(ctx, sealSQL, unplanned, hashes, uuids(references), wrapped, r.keys.wrap, uuids(persons))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(got, func(at pgx.CollectableRow) (w Wrapped, err error) {
		err = at.Scan((*[16]byte)(&w.Person), &w.Seed, &w.Wrap)
		return w, err
	})
}

// sealContext is what a seal is bound to: the event's identity, its revision, the class.
func sealContext(e *domain.Recorded, class domain.Class) []byte {
	identity := e.Identity()
	context := make([]byte, 0, len(identity)+8+len(class))
	context = append(context, identity[:]...)
	context = binary.BigEndian.AppendUint64(context, uint64(e.Revision))
	return append(context, class...)
}

// A key id is form, person and month, in base64url; the class stands beside it. To
// who has no ring it says no more than the record does.
const (
	formKey   = 1
	keyLength = 1 + 16 + 2
)

func keyID(person domain.PersonID, m month) string {
	var id [keyLength]byte
	id[0] = formKey
	copy(id[1:], person[:])
	binary.BigEndian.PutUint16(id[17:], uint16(m))
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// readKeyID reads what keyID wrote, and nothing else.
func readKeyID(text string) (domain.PersonID, month, bool) {
	var id [keyLength]byte
	if len(text) != base64.RawURLEncoding.EncodedLen(keyLength) {
		return domain.PersonID{}, 0, false
	}
	n, err := base64.RawURLEncoding.Strict().Decode(id[:], []byte(text))
	m := month(binary.BigEndian.Uint16(id[17:]))
	if err != nil || n != keyLength || id[0] != formKey || m > lastMonth {
		return domain.PersonID{}, 0, false
	}
	return domain.PersonID(id[1:17]), m, true
}
