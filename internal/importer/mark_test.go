package importer

import (
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// Law: over any number of runs, each stopped anywhere, an event is settled if it was
// answered, and the last answer to it was not a refusal.
func TestMarksRememberWhatWasSettled(t *testing.T) {
	folder := t.TempDir()
	digest := [32]byte{1}
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.IntRange(0, 60).Draw(t, "events")
		answered, refused := make([]bool, events), make([]bool, events)
		state := filepath.Join(folder, rapid.StringMatching(`[a-z]{12}`).Draw(t, "folder"))
		for range rapid.IntRange(1, 4).Draw(t, "runs") {
			m := newMark(state, "i", "v", digest, digest, "f")
			if err := m.load(); err != nil {
				t.Fatal(err)
			}
			before := *m
			for from := 0; from < events; {
				if rapid.IntRange(0, 5).Draw(t, "stop") == 0 {
					break
				}
				until := rapid.IntRange(from+1, events).Draw(t, "until")
				b := &batch{from: int64(from), upto: int64(until)}
				for o := from; o < until; o++ {
					if before.settled(int64(o)) {
						continue
					}
					e := pending{ordinal: int64(o)}
					answered[o], refused[o] = true, rapid.Bool().Draw(t, "refused")
					if refused[o] {
						e.answer.Outcome = refusedOutcome
					}
					b.events = append(b.events, e)
				}
				m.move(b)
				from = until
			}
			if err := m.save(); err != nil {
				t.Fatal(err)
			}
		}
		m := newMark(state, "i", "v", digest, digest, "f")
		if err := m.load(); err != nil {
			t.Fatal(err)
		}
		for o := range events {
			if got, want := m.settled(int64(o)), answered[o] && !refused[o]; got != want {
				t.Fatalf("event %d is settled: %v, want %v; %+v", o, got, want, m)
			}
		}
	})
}
