package projections

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tellonce/tellonce/domain"
)

func TestAfterIsATokenForTheHighestPositions(t *testing.T) {
	after := After{{2, 7}, {0, 5}, {2, 9}}
	token := after.String()
	got, err := ParseAfter(token)
	if err != nil {
		t.Fatal(err)
	}
	if want := (After{{0, 5}, {2, 9}}); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v, want %v", got, want)
	}
	for next, want := range map[int64]bool{9: false, 10: true} {
		if got.reached(map[int]int64{0: 6, 2: next}) != want {
			t.Errorf("reached at %d: %t", next, !want)
		}
	}
}

func FuzzParseAfter(f *testing.F) {
	f.Add("")
	f.Add(After{{0, 0}}.String())
	f.Add(After{{0, 5}, {2, 9}}.String())
	f.Add("MDow")
	f.Add("LTE6MQ")
	f.Fuzz(func(t *testing.T, token string) {
		after, err := ParseAfter(token)
		if err != nil {
			if !errors.Is(err, ErrAfter) {
				t.Errorf("got %v, want %v", err, ErrAfter)
			}
			return
		}
		if after.String() != token {
			t.Errorf("%q is written as %q", token, after.String())
		}
	})
}

func FuzzNaming(f *testing.F) {
	f.Add([]byte(nil))
	n := &naming{}
	for _, e := range []told{{id: "1", call: "c", names: "account:A phone:P email:E", continues: "d"}, {id: "2", call: "c", names: "issued:phone:Q"}} {
		fact := FactOf(given(e))
		n.take(&fact, lifeOf(given(e)))
	}
	f.Add(n.bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := parseNaming(b)
		if err != nil {
			return
		}
		again, err := parseNaming(n.bytes())
		if err != nil || string(again.bytes()) != string(n.bytes()) {
			t.Errorf("%x is written as %x, and that is read as %v %v", b, n.bytes(), again, err)
		}
	})
}

func TestWaitReturnsWhenApplied(t *testing.T) {
	pool := database(t)
	e := start(t, pool, 1)
	arrivals := NewArrivals(pool, topic)
	waited := make(chan error)
	for range 3 {
		go func() { waited <- arrivals.Wait(t.Context(), After{{0, 1}}) }()
	}
	for _, m := range messages(0, records([]told{{id: "1"}, {id: "2"}})) {
		select {
		case err := <-waited:
			t.Fatalf("it returned %v before %d was applied", err, m.Offset)
		default:
		}
		if err := e.Apply(t.Context(), topic, 0, []Message{m}); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if err := <-waited; err != nil {
			t.Error(err)
		}
	}
	if err := arrivals.Wait(t.Context(), After{{0, 1}}); err != nil {
		t.Errorf("what is applied already: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := arrivals.Wait(ctx, After{{0, 2}}); !errors.Is(err, ErrNotYet) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, ErrNotYet)
	}
}

func TestKnownSaysWhatWasSeen(t *testing.T) {
	pool := database(t)
	apply(t, pool, []told{
		{id: "1", words: "a"},
		{id: "1", words: "b", revision: 1},
		{id: "2", words: "a"},
		{id: "r", typ: "event.retracted", retracts: "3@4"},
	})
	id := func(id string) domain.EventID { return domain.IdentityOf(source, id) }
	known, err := Known(t.Context(), pool, []domain.EventID{id("1"), id("2"), id("3"), id("4")})
	if err != nil {
		t.Fatal(err)
	}
	a, b := given(told{id: "1", words: "a"}).Digest, given(told{id: "1", words: "b", revision: 1}).Digest
	one := known[id("1")]
	for _, tt := range []struct {
		revision    int
		digest      [32]byte
		same, other bool
	}{{0, a, true, false}, {0, b, false, true}, {1, b, true, false}, {1, a, false, true}, {2, a, false, false}} {
		if same, other := one.Said(tt.revision, tt.digest); same != tt.same || other != tt.other {
			t.Errorf("said revision %d: got %t %t, want %t %t", tt.revision, same, other, tt.same, tt.other)
		}
	}
	if one.Revision != 1 || one.Retracted != -1 || len(known[id("2")].Others) != 0 {
		t.Errorf("got %+v and %+v", one, known[id("2")])
	}
	if three := known[id("3")]; three.Revision != -1 || three.Retracted != 4 {
		t.Errorf("got %+v, want only a retraction up to 4", three)
	}
	if _, ok := known[id("4")]; ok {
		t.Error("what never came is known")
	}
}

func TestStatus(t *testing.T) {
	pool := database(t)
	apply(t, pool, []told{
		{id: "1", typ: "interaction.started", call: "named", names: "account:A"},
		{id: "2", typ: "interaction.started", call: "by a phone", names: "phone:P"},
		{id: "3", typ: "interaction.started", call: "by nobody"},
		{id: "4", typ: "interaction.started", call: "after nobody", continues: "by nobody"},
		{id: "5", names: "account:A phone:S"},
		{id: "6", names: "account:B phone:S"},
		{id: "7", typ: "interaction.started", call: "by a shared phone", names: "phone:S"},
		{id: "8"},
	})
	state, err := Status(t.Context(), pool, topic, map[int]int64{0: 10, 1: 3})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	const partitions = `"lag":5,"partitions":[{"partition":0,"next":8,"end":10,"lag":2},{"partition":1,"next":0,"end":3,"lag":3}],"parked":0}`
	want := `{"projections":[{"name":"problems","generation":1,` + partitions + `,{"name":"timeline","generation":1,` + partitions + `,{"name":"trail","generation":1,` + partitions +
		`],"unresolved":4,"unresolved_by":{"nobody":3,"shared":1}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestShowEvent(t *testing.T) {
	pool := database(t)
	apply(t, pool, []told{
		{id: "1", names: "account:A", words: "a"},
		{id: "1", names: "account:A", words: "b"},
		{id: "2", typ: "interaction.started", call: "c"},
		{id: "r", typ: "event.retracted", names: "account:A", retracts: "3@1"},
		{id: "3", words: "a"},
		{id: "4", revision: 1},
		{id: "4"},
		{id: "s", typ: "event.retracted", names: "account:A", retracts: "5"},
	})
	for id, want := range map[string][]string{
		"1": {"stands     yes: revision 0 stands", "kind       account", "conflict   revision 0 came with 2 different contents"},
		"2": {"stands     yes", "kind       reference", "unresolved it belongs to no identified customer"},
		"3": {"stands     no: up to revision 1 it is retracted by r of /vendors/acme/crm"},
		"5": {"stands     no: it has not come; s of /vendors/acme/crm retracts it up to revision 0"},
	} {
		shown, err := ShowEvent(t.Context(), pool, source, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range want {
			if !strings.Contains(shown.String(), line) {
				t.Errorf("event %s: %q is missing in\n%s", id, line, shown)
			}
		}
	}
	if _, err := ShowEvent(t.Context(), pool, source, "6"); !errors.Is(err, ErrUnknownEvent) {
		t.Errorf("got %v, want %v", err, ErrUnknownEvent)
	}
}

func TestFingerprintSeesAnyRow(t *testing.T) {
	pool := database(t)
	apply(t, pool, []told{{id: "1", names: "account:A"}})
	before, err := Fingerprint(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "UPDATE read.timeline_1 SET subject = 'other'"); err != nil {
		t.Fatal(err)
	}
	if after, err := Fingerprint(t.Context(), pool); err != nil || after == before {
		t.Errorf("got %s %v for other rows too", after, err)
	}
}
