package domain

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// TestStateThroughItsBytes: a life folded in one go comes to what it comes to where
// the state is written and read between any two events.
func TestStateThroughItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := rapid.SliceOfN(rapid.Custom(anything), 0, 60).Draw(t, "life")
		slices.SortStableFunc(life, func(a, b told) int { return int(a.after - b.after) })
		whole, parts := new(Problems), new(Problems)
		for n, e := range life {
			r := recorded(n, e)
			a, b := whole.Step(r), parts.Step(r)
			if diff := cmp.Diff(a, b, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("event %d placed otherwise:\n%s", n, diff)
			}
			for _, changed := range a.Changed {
				if diff := cmp.Diff(whole.View(changed), parts.View(changed)); diff != "" {
					t.Fatalf("problem %d after event %d:\n%s", changed, n, diff)
				}
			}
			bytesOf := parts.Append(nil)
			var err error
			if parts, err = ParseProblems(bytesOf); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(whole.Append(nil), bytesOf) || !bytes.Equal(bytesOf, parts.Append(nil)) {
				t.Fatalf("bytes differ after event %d", n)
			}
		}
	})
}

func anything(t *rapid.T) told {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	reason := pick("reason", "", "", "internet", "internet.slow", "internet.slow.wifi", "billing.amount", "acme:7")
	ticket := pick("ticket", "", "", "", "aT1", "aT2", "bT1", "bT2")
	asset := pick("asset", "", "", "L1", "L2")
	c := about(reason, ticket, asset)
	c.Channel = pick("channel", "", "phone", "chat")
	events := []Event{
		&InteractionStarted{Circumstances: c, Direction: pick("direction", "inbound", "outbound", "")},
		&InteractionEnded{Circumstances: c, End: pick("end", "completed", "abandoned")},
		&InteractionWrapped{Circumstances: c, Resolution: pick("resolution", "resolved", "unresolved")},
		&ProblemDescribed{Circumstances: c}, &NoteAdded{Circumstances: c},
		&StepTried{Circumstances: c, Step: pick("step", "a", "b"), Outcome: pick("outcome", "failed", "pending")},
		&StepConcluded{Circumstances: c, Step: "a", Outcome: "worked"},
		&TicketOpened{Circumstances: c}, &TicketUpdated{Circumstances: c}, &TicketResolved{Circumstances: c},
		&TicketReopened{Circumstances: c}, &TicketClosed{Circumstances: c}, &TicketDeleted{Circumstances: c},
		&TicketMerged{Circumstances: c, Into: TicketRef{Space: "a", Number: pick("into", "T1", "T2", "T3")}},
	}
	return told{
		after: time.Duration(rapid.IntRange(0, 90).Draw(t, "day"))*day + time.Duration(rapid.IntRange(0, 2).Draw(t, "µs"))*time.Microsecond,
		in:    pick("in", "", "i1", "i2", "i3", "i4"),
		event: rapid.SampledFrom(events).Draw(t, "event"), words: rapid.Bool().Draw(t, "words"),
	}
}

func FuzzParseProblems(f *testing.F) {
	p := new(Problems)
	for n, e := range []told{
		{0, "i1", started("internet.slow", "", "L1"), true, false},
		{day, "i2", opened("internet.slow", "aT1", ""), true, false},
		{day, "i2", described("billing", "", ""), true, false},
		{2 * day, "i4", started("", "", ""), false, false},
		{3 * day, "T2", merged("aT1", "bT2"), false, false},
		{3 * day, "", &StepTried{Step: "a", Outcome: "pending"}, false, false},
	} {
		p.Step(recorded(n, e))
		f.Add(p.Append(nil))
	}
	f.Add([]byte{})
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseProblems(b)
		if err != nil {
			return
		}
		for n := range p.list {
			p.View(n)
		}
		for n, e := range []told{
			{0, "i1", started("internet.slow", "aT1", "L1"), true, false},
			{day, "T2", merged("aT1", "bT2"), false, false},
			{2 * day, "i1", &InteractionEnded{End: "abandoned"}, false, false},
			{2 * day, "i2", wrapped("a.b", "", "resolved"), false, false},
		} {
			p.Step(recorded(n, e))
		}
		again(t, p)
	})
}
