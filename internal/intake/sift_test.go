package intake

import (
	"slices"
	"strings"
	"testing"

	"github.com/tellonce/tellonce/domain"
)

func TestRepetition(t *testing.T) {
	r := newRig(t)
	good := event("id", "d1", "data", data("note", "once"))
	for name, tt := range map[string]struct {
		seen   string // what the engine has applied before
		events []string
		want   []Outcome
	}{
		"nothing is known":                          {"", []string{good}, []Outcome{Accepted}},
		"the same again":                            {good, []string{good}, []Outcome{Duplicate}},
		"the same in other words":                   {good, []string{strings.ReplaceAll(event("time", "2026-03-01T12:59:00+01:00", "id", "d1", "partitionkey", "p", "data", data("note", "once")), `":`, "\" :\n")}, []Outcome{Duplicate}},
		"another content":                           {good, []string{event("id", "d1", "data", data("note", "twice"))}, []Outcome{Refused}},
		"a higher revision":                         {good, []string{event("id", "d1", "revision", 1, "data", data("note", "twice"))}, []Outcome{Accepted}},
		"a higher revision, nothing changed":        {good, []string{event("id", "d1", "revision", 1, "data", data("note", "once"))}, []Outcome{Accepted}},
		"a lower revision is history":               {event("id", "d1", "revision", 2), []string{good}, []Outcome{Accepted}},
		"twice in one request":                      {"", []string{good, good}, []Outcome{Accepted, Duplicate}},
		"two contents in one request":               {"", []string{good, event("id", "d1")}, []Outcome{Accepted, Refused}},
		"two revisions in one request":              {"", []string{good, event("id", "d1", "revision", 1)}, []Outcome{Accepted, Accepted}},
		"a refused one before it says nothing":      {"", []string{event("id", "d1", "time", "noon"), good}, []Outcome{Refused, Accepted}},
		"another source is another event":           {good, []string{event("id", "d1", "source", "/vendors/acme/pbx")}, []Outcome{Accepted}},
		"a known one beside one that is on its way": {good, []string{good, event("id", "d2")}, []Outcome{Duplicate, Accepted}},
	} {
		t.Run(name, func(t *testing.T) {
			// Each case has events of its own.
			own := func(event string) string {
				return strings.NewReplacer(`"d1"`, `"d1 `+name+`"`, `"d2"`, `"d2 `+name+`"`).Replace(event)
			}
			if tt.seen != "" {
				_, record := r.one(t, own(tt.seen))
				r.apply(t, &record)
			}
			before := len(r.log.messages)
			var got []Outcome
			accepted := 0
			for i := range tt.events {
				tt.events[i] = own(tt.events[i])
			}
			for _, a := range r.post(t, acme, tt.events...) {
				got = append(got, a.Outcome)
				switch a.Outcome {
				case Accepted:
					accepted++
				case Refused:
					if a.Problem.Type == Conflict.URI() && !strings.Contains(a.Problem.Detail, "send a higher revision") {
						t.Errorf("detail %q", a.Problem.Detail)
					}
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if wrote := len(r.log.messages) - before; wrote != accepted {
				t.Errorf("%d records for %d accepted", wrote, accepted)
			}
		})
	}
}

func TestADuplicateOfWhatIsRefusedIsRefused(t *testing.T) {
	r := newRig(t)
	unknown := event("data", data("customer", map[string]any{"customer": "c_AAAAAAAAAAAAAAAAAAAAAA"}))
	for i, a := range r.post(t, acme, unknown, unknown) {
		if a.Outcome != Refused || a.Problem.Type != UnknownCustomer.URI() {
			t.Errorf("%d: got %s %+v", i, a.Outcome, a.Problem)
		}
	}
}

// apply is what the engine notes of a record.
func (r *rig) apply(t *testing.T, e *domain.Recorded) {
	t.Helper()
	id := e.Identity()
	if _, err := r.pool.Exec(t.Context(), `INSERT INTO engine.seen (identity, revision, recorded, digest, sha, person)
VALUES ($1, $2, $3, $4, sha256($5), $6)`, id, e.Revision, e.RecordedTime, e.Digest[:], e.Raw, e.Person); err != nil {
		t.Fatal(err)
	}
}

func TestADuplicateNamesNobody(t *testing.T) {
	r := newRig(t)
	e := event("data", data("customer", map[string]any{"account": "A1"}))
	_, record := r.one(t, e)
	r.apply(t, &record)
	if _, err := r.pool.Exec(t.Context(), "DELETE FROM ring.person"); err != nil {
		t.Fatal(err)
	}
	if got := r.post(t, acme, e)[0].Outcome; got != Duplicate {
		t.Fatalf("got %s", got)
	}
	var named int
	if err := r.pool.QueryRow(t.Context(), "SELECT count(*) FROM ring.person").Scan(&named); err != nil || named != 0 {
		t.Errorf("%d persons named, %v", named, err)
	}
}

func TestARetractionSaysWhichRevision(t *testing.T) {
	retraction := func(id string, members ...any) string {
		d := map[string]any{"source": "/vendors/acme/crm", "id": "r0"}
		for i := 0; i < len(members); i += 2 {
			d[members[i].(string)] = members[i+1]
		}
		return event("id", id, "type", "event.retracted.v1", "data", d)
	}
	r := newRig(t)
	revisionOf := func(event string) int {
		_, got := r.one(t, event)
		return *got.Event.(*domain.EventRetracted).Revision
	}
	if got := revisionOf(retraction("r1")); got != 0 {
		t.Errorf("of an unknown event: %d, want 0", got)
	}
	_, known := r.one(t, event("id", "r0", "revision", 4))
	r.apply(t, &known)
	if got := revisionOf(retraction("r2")); got != 4 {
		t.Errorf("of a known event: %d, want 4", got)
	}
	if got := revisionOf(retraction("r3", "revision", 2)); got != 2 {
		t.Errorf("stated: %d, want 2", got)
	}
	r.post(t, acme, event("id", "r0", "revision", 7), retraction("r4"))
	records := r.log.records(t)
	if got := *records[len(records)-1].Event.(*domain.EventRetracted).Revision; got != 7 {
		t.Errorf("of an event in the same request: %d, want 7", got)
	}
}

func TestTheDigestIsOfWhatWasSaid(t *testing.T) {
	r := newRig(t)
	digest := func(members ...any) [32]byte {
		_, got := r.one(t, event(members...))
		return got.Digest
	}
	base := digest()
	for name, same := range map[string][]any{
		"revision":     {"revision", 3},
		"partitionkey": {"partitionkey", "x"},
		"traceparent":  {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
		"zone":         {"time", "2026-03-01T12:59:00+01:00"},
		"nanoseconds":  {"time", "2026-03-01T11:59:00.000000999Z"},
	} {
		if digest(same...) != base {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, other := range map[string][]any{
		"id": {"id", "e2"}, "source": {"source", "/vendors/acme/crm2"}, "subject": {"subject", "call-2"}, "time": {"time", "2026-03-01T11:58:59Z"},
		"sequence": {"sequence", 0}, "correlationid": {"correlationid", "x"}, "causationid": {"causationid", "x"},
		"data": {"data", data("note", "")}, "type": {"type", "step.concluded.v1"},
	} {
		if digest(other...) == base {
			t.Errorf("%s does not change the digest", name)
		}
	}
}
