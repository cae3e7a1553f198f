package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/ring"
)

// records are the records of events that a batch brought, and the wrapped seeds to
// open their personal values with. What is opened stays in memory for one request.
type records struct {
	raw    map[domain.EventID][]byte
	seeds  map[domain.PersonID]ring.Wrapped
	events map[domain.EventID]*opened
	opener *ring.Opener
}

func (o *records) forget() { *o = records{} }

// add keeps the record of an event.
func (o *records) add(identity domain.EventID, raw []byte) {
	if o.raw == nil {
		o.raw = map[domain.EventID][]byte{}
	}
	o.raw[identity] = raw
}

// addSeed keeps a person's wrapped seed; wrap is nil where the person has no row.
func (o *records) addSeed(person *domain.PersonID, seed []byte, wrap *string) {
	if person == nil || wrap == nil {
		return
	}
	if o.seeds == nil {
		o.seeds = map[domain.PersonID]ring.Wrapped{}
	}
	o.seeds[*person] = ring.Wrapped{Person: *person, Seed: seed, Wrap: *wrap}
}

// What became of the personal values of an event, the worst last.
const (
	nonePersonal = "NONE"
	openPersonal = "OPEN"
	withheld     = "WITHHELD"
	unopenable   = "UNOPENABLE"
)

var statuses = []string{nonePersonal, openPersonal, withheld, unopenable}

// opened is an event with the personal values that its viewer may see.
type opened struct {
	event  domain.Recorded
	values map[string]any // by JSON pointer into the event's data
	status string         // "" before it is opened
	unread error          // it is no record that this version reads
}

// text is the opened text at the pointer, "" where there is none.
func (o *opened) text(pointer string) string {
	s, _ := o.values[pointer].(string)
	return s
}

// decode reads the records that the batch brought.
func (o *records) decode() {
	o.events = make(map[domain.EventID]*opened, len(o.raw))
	for identity, raw := range o.raw {
		one := &opened{}
		one.event, one.unread = domain.DecodeRecord(raw)
		o.events[identity] = one
	}
}

// open is the event as the viewer may see it; nil where the batch did not bring it.
func (r *request) open(identity domain.EventID) *opened {
	o := r.opened.events[identity]
	if o == nil || o.status != "" {
		return o
	}
	if o.unread != nil {
		o.status = unopenable
		return o
	}
	if r.opened.opener == nil {
		r.opened.opener = r.ring.Opener(slices.Collect(maps.Values(r.opened.seeds)))
	}
	o.values, o.status = openValues(r.opened.opener, &o.event, r.viewer)
	return o
}

// openValues opens what the viewer may see. An agent's name and id at the vendor
// are opened for nobody and count for nothing.
func openValues(opener *ring.Opener, event *domain.Recorded, viewer access.Viewer) (map[string]any, string) {
	values, status := map[string]any{}, nonePersonal
	for _, s := range event.Personal {
		if s.Class == domain.Staff {
			continue
		}
		if !mayOpen(viewer, s.Class) {
			status = worse(status, withheld)
			continue
		}
		plain, err := opener.Open(event, s)
		if err != nil || json.Unmarshal(plain, &values) != nil {
			status = worse(status, unopenable)
			continue
		}
		status = worse(status, openPersonal)
	}
	return values, status
}

// openOne opens one seal.
func (r *request) openOne(event *domain.Recorded, s domain.Sealed) (map[string]any, error) {
	plain, err := r.opened.opener.Open(event, s)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	if err := json.Unmarshal(plain, &values); err != nil {
		return nil, ring.ErrUnopenable
	}
	return values, nil
}

// worse is the one of two statuses that the reader has to know of.
func worse(a, b string) string {
	return statuses[max(slices.Index(statuses, a), slices.Index(statuses, b))]
}

// fetchForeignSeeds reads what the batch could not know: an event of this customer
// may be sealed under a person of another, where one call named the wrong account
// first. It asks only where there is such an event.
func (r *request) fetchForeignSeeds() error {
	var missing []domain.PersonID
	for _, o := range r.opened.events {
		for _, s := range o.event.Personal {
			person, ok := ring.PersonOf(s)
			if _, have := r.opened.seeds[person]; ok && !have && mayOpen(r.viewer, s.Class) && !slices.Contains(missing, person) {
				missing = append(missing, person)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	rows, err := r.db.Query(r.ctx, "SELECT person, seed, wrap FROM ring.person WHERE person = ANY ($1)", missing)
	if err != nil {
		return fmt.Errorf("read seeds of %d persons: %w", len(missing), err)
	}
	var person domain.PersonID
	var seed []byte
	var wrap *string
	if _, err := pgx.ForEachRow(rows, []any{&person, &seed, &wrap}, func() error {
		r.opened.addSeed(&person, seed, wrap)
		return nil
	}); err != nil {
		return fmt.Errorf("read seeds of %d persons: %w", len(missing), err)
	}
	return nil
}
