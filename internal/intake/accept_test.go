package intake

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/ring"
)

// one posts an event that is taken and is its answer and record.
func (r *rig) one(t *testing.T, event string) (Answer, domain.Recorded) {
	t.Helper()
	before := len(r.log.messages)
	got := r.post(t, acme, event)[0]
	if got.Outcome != Accepted {
		t.Fatalf("got %s: %+v", got.Outcome, got.Problem)
	}
	return got, r.log.records(t)[before]
}

// find is the person of an identifier that was named.
func (r *rig) find(t *testing.T, kind domain.Kind, normal string) domain.PersonID {
	t.Helper()
	p, err := r.ring.Find(t.Context(), []domain.Identifier{{Kind: kind, Value: normal}})
	if err != nil {
		t.Fatal(err)
	}
	if p[0].IsZero() {
		t.Fatalf("%s %s was never named", kind, normal)
	}
	return p[0]
}

func TestTheEnvelopeIsKept(t *testing.T) {
	r := newRig(t)
	_, got := r.one(t, event("id", "b1", "time", "2026-03-01T12:59:58.1234567+01:00", "sequence", "3", "revision", 2,
		"correlationid", "c", "causationid", "d", "partitionkey", "of the sender", "recordedtime", "1999-01-01T00:00:00Z"))
	want := domain.Envelope{
		Source: "/vendors/acme/crm", ID: "b1", Subject: "call-1", Type: "step.tried.v1",
		Time: time.Date(2026, 3, 1, 11, 59, 58, 123456000, time.UTC), Sequence: 3, Revision: 2,
		RecordedTime: clock, CorrelationID: "c", CausationID: "d",
	}
	if got.Envelope != want {
		t.Errorf("got %+v\nwant %+v", got.Envelope, want)
	}
	if _, plain := r.one(t, event("id", "b2")); plain.Sequence != domain.NoSequence {
		t.Errorf("an absent sequence is %d", plain.Sequence)
	}
}

func TestAnOldVersionIsUpcast(t *testing.T) {
	r := newRig(t)
	_, got := r.one(t, event("type", "interaction.ended.v0", "data", map[string]any{"outcome": "completed", "talk_ms": 90500, "remark": "polite"}))
	ended, ok := got.Event.(*domain.InteractionEnded)
	if !ok || got.Type != "interaction.ended.v1" || ended.End != "completed" || *ended.TalkSeconds != 90.5 {
		t.Errorf("got %s %+v", got.Type, got.Event)
	}
	if words := r.open(t, &got)["/note"]; words != "polite" {
		t.Errorf("note is %v", words)
	}
}

// open is all personal values of a record, by pointer.
func (r *rig) open(t *testing.T, e *domain.Recorded) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, s := range e.Personal {
		for pointer, value := range r.openOne(t, e, s) {
			all[pointer] = value
		}
	}
	return all
}

func (r *rig) openOne(t *testing.T, e *domain.Recorded, s domain.Sealed) map[string]any {
	t.Helper()
	person, ok := ring.PersonOf(s)
	if !ok {
		t.Fatalf("key %s is none of ours", s.Key)
	}
	w := ring.Wrapped{Person: person}
	if err := r.pool.QueryRow(t.Context(), "SELECT seed, wrap FROM ring.person WHERE person = $1", person).Scan(&w.Seed, &w.Wrap); err != nil {
		t.Fatal(err)
	}
	plain, err := r.ring.Opener([]ring.Wrapped{w}).Open(e, s)
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	if err := json.Unmarshal(plain, &values); err != nil {
		t.Fatal(err)
	}
	return values
}

func TestWarnings(t *testing.T) {
	r := newRig(t)
	for name, tt := range map[string]struct {
		event   string
		code    WarningCode
		pointer string
	}{
		"five minutes ahead":   {event("id", "w1", "time", "2026-03-01T12:05:00.000001Z"), WarnAhead, "/time"},
		"ten minutes ahead":    {event("id", "w2", "time", "2026-03-01T12:10:00Z"), WarnAhead, "/time"},
		"a withheld phone":     {event("id", "w3", "data", data("customer", map[string]any{"phone": "anonymous"})), WarnIdentifier, "/data/customer/phone"},
		"a broken e-mail":      {event("id", "w4", "data", data("customer", map[string]any{"email": []any{"a@example.com", "nobody"}})), WarnIdentifier, "/data/customer/email/1"},
		"an unknown member":    {event("id", "w5", "data", data("mood", "odd")), WarnUnknown, "/data/mood"},
		"an unknown attribute": {event("id", "w6", "myextension", "x"), WarnAttribute, "/myextension"},
		"a phone as subject":   {event("id", "w7", "subject", "0612345678"), WarnLooksPrivate, "/subject"},
		"a mailbox as id":      {event("id", "ana@example.com/8"), WarnLooksPrivate, "/id"},
		"a phone as ticket":    {event("id", "w9", "data", data("problem", map[string]any{"ticket": map[string]any{"space": "s", "number": "+33612345678"}})), WarnLooksPrivate, "/data/problem/ticket/number"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := r.one(t, tt.event)
			if len(got.Warnings) != 1 || got.Warnings[0].Code != tt.code || got.Warnings[0].Pointer != tt.pointer || got.Warnings[0].Detail == "" {
				t.Errorf("got %+v, want %s at %s", got.Warnings, tt.code, tt.pointer)
			}
		})
	}
	if got, record := r.one(t, event("id", "w10", "time", "2026-03-01T12:05:00Z")); len(got.Warnings) != 0 || len(record.Marks) != 0 {
		t.Errorf("five minutes are no warning, got %v %v", got.Warnings, record.Marks)
	}
	if _, record := r.one(t, event("id", "w11", "time", "2026-03-01T12:06:00Z")); !slices.Contains(record.Marks, MarkAhead) {
		t.Errorf("marks are %v", record.Marks)
	}
}

func TestLooksPersonal(t *testing.T) {
	for text, want := range map[string]bool{
		"0612345678": true, "call-0612345678": true, "+33 612345678": false, "+33612345678": true, "0033612345678": true,
		"ana@example.com": true, "x/ana@example.com": true,
		"INC0010001": false, "b1": false, "": false, "2026030112000001": false, "00000012": false, "@acme": false, "a@b": false,
		"550e8400-e29b-41d4-a716-0612345678ab": false, "ticket0612345678": false, "1234567890": false, "000000000000": false,
	} {
		if got := looksPersonal(text) != ""; got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestTheLanguageOfFreeText(t *testing.T) {
	r := newRig(t)
	for name, tt := range map[string]struct {
		data   map[string]any
		lang   string
		marked bool
	}{
		"stated":                   {data("note", "le voyant de la box reste rouge depuis ce matin", "lang", "en"), "en", false},
		"French":                   {data("note", "le voyant de la box reste rouge depuis ce matin"), "fr", true},
		"English":                  {data("note", "the customer says that the light has been red since this morning"), "en", true},
		"no free text":             {data(), "", false},
		"a text that shows none":   {data("note", "OK"), "", false},
		"an unknown member's text": {data("mood", "le voyant de la box reste rouge depuis ce matin"), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := r.one(t, event("id", name, "data", tt.data))
			if got.Event.About().Lang != tt.lang || slices.Contains(got.Marks, MarkLanguage) != tt.marked {
				t.Errorf("got %q, marks %v", got.Event.About().Lang, got.Marks)
			}
		})
	}
}
