package schema_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/ring"
	"github.com/tellonce/tellonce/projections"
)

// told is an event as a test tells it.
type told struct {
	id, source, subject, kind string
	at                        time.Time
	sequence                  int64
	account, phone            string
	words, bank, staff        string
	staffPerson               domain.PersonID
	data                      map[string]any
}

// tell writes events to the log and applies them.
func (r *rig) tell(events ...told) {
	r.t.Helper()
	for batch := range slices.Chunk(events, projections.MaxBatch) {
		messages := make([]projections.Message, len(batch))
		for i := range batch {
			recorded := r.record(&batch[i])
			messages[i] = projections.Message{Offset: r.offset, Key: []byte(recorded.Person.String()), Value: recorded.Raw}
			r.offset++
		}
		if err := r.engine.Apply(r.t.Context(), topic, 0, messages); err != nil {
			r.t.Fatal(err)
		}
	}
}

// record is the event as intake writes it.
func (r *rig) record(e *told) *domain.Recorded {
	r.t.Helper()
	if e.source == "" {
		e.source = "/vendors/acme/crm"
	}
	if e.kind == "" {
		e.kind = "note.added.v1"
	}
	event := &domain.Recorded{Envelope: domain.Envelope{
		Source: e.source, ID: e.id, Subject: e.subject, Type: e.kind, Time: e.at, Sequence: e.sequence, RecordedTime: e.at.Add(time.Minute),
	}, Digest: sha256.Sum256(fmt.Append(nil, *e))}
	var plains []ring.Plain
	for _, one := range []struct {
		kind  domain.Kind
		value string
	}{{domain.Account, e.account}, {domain.Phone, e.phone}} {
		if one.value == "" {
			continue
		}
		person := r.person(one.kind, one.value)
		event.Persons = append(event.Persons, domain.Named{Kind: one.kind, Person: person})
		plains = append(plains, ring.Plain{Person: person, Kind: one.kind, Class: domain.IdentifierCls, JSON: jsonOf(r.t, map[string]string{"/customer/" + string(one.kind): one.value})})
	}
	sealer := domain.Named{Kind: domain.Reference}
	if e.subject != "" {
		event.Reference = r.ring.ReferencePerson(e.source, e.subject)
		sealer.Person = event.Reference
	}
	if len(event.Persons) > 0 {
		sealer = event.Persons[0]
	}
	event.Person = sealer.Person
	switch domain.Group(e.kind) {
	case "interaction", "caller", "ticket":
		event.Person = event.Reference
	}
	if e.account == "" && e.subject != "" {
		event.Person = event.Reference
	}
	if e.words != "" {
		plains = append(plains, ring.Plain{Person: sealer.Person, Kind: sealer.Kind, Class: domain.Words, JSON: jsonOf(r.t, map[string]string{"/text": e.words})})
	}
	if e.bank != "" {
		plains = append(plains, ring.Plain{Person: sealer.Person, Kind: sealer.Kind, Class: domain.Bank, JSON: jsonOf(r.t, map[string]string{"/bank": e.bank})})
	}
	if e.staff != "" {
		plains = append(plains, ring.Plain{Person: e.staffPerson, Kind: domain.AgentKind, Class: domain.Staff, JSON: jsonOf(r.t, map[string]string{"/agent/name": e.staff})})
	}
	if len(plains) > 0 {
		sealed, err := r.ring.Seal(r.t.Context(), event, plains)
		if err != nil {
			r.t.Fatal(err)
		}
		event.Personal = sealed
	}
	if e.data == nil {
		e.data = map[string]any{}
	}
	raw, err := domain.EncodeRecord(event, jsonOf(r.t, e.data))
	if err != nil {
		r.t.Fatal(err)
	}
	event.Raw = raw
	return event
}

func (r *rig) person(kind domain.Kind, written string) domain.PersonID {
	r.t.Helper()
	normal, err := domain.Normalise(kind, written, "FR")
	if kind == domain.AgentKind {
		normal, err = domain.Identifier{Kind: kind, Value: written}, nil
	}
	if err != nil {
		r.t.Fatal(err)
	}
	persons, err := r.ring.Name(r.t.Context(), []domain.Identifier{normal})
	if err != nil {
		r.t.Fatal(err)
	}
	return persons[0]
}

func jsonOf(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const timelineOfA1 = `query($first: Int, $after: String, $last: Int, $before: String, $filter: TimelineFilter) {
  customer(by: {account: "A1"}) { __typename ... on Customer { id
    timeline(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      edges { cursor node { id type time vendor text personal data } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } } }`

type timelineAnswer struct {
	Customer struct {
		Typename string `json:"__typename"`
		ID       string
		Timeline struct {
			Edges []struct {
				Cursor string
				Node   struct {
					ID, Type, Vendor, Text, Personal string
					Time                             time.Time
				}
			}
			PageInfo struct {
				HasNextPage, HasPreviousPage bool
				StartCursor, EndCursor       string
			}
		}
	}
}

func (a *timelineAnswer) texts() []string {
	texts := []string{}
	for _, e := range a.Customer.Timeline.Edges {
		texts = append(texts, e.Node.Text)
	}
	return texts
}

func TestTimelineOfOneEvent(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(told{id: "1", at: now, account: "A1", words: "hello"})
	var got timelineAnswer
	s := r.must(timelineOfA1, nil, &got)
	if fmt.Sprint(got.texts()) != "[hello]" {
		t.Errorf("got %s", s.Body)
	}
}
