package intake

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestRingAndLogAway(t *testing.T) {
	t.Run("the log", func(t *testing.T) {
		r := newRig(t)
		batch := func() []Candidate {
			c, err := ReadEvent([]byte(event()))
			if err != nil {
				t.Fatal(err)
			}
			return []Candidate{c}
		}
		r.log.err = errors.New("no brokers")
		if _, _, err := r.Accept(t.Context(), acme, batch()); !errors.Is(err, ErrLogAway) {
			t.Fatalf("got %v", err)
		}
		if got := r.Ready(t.Context()); len(got) == 0 || !strings.Contains(got[0].Error(), "log") {
			t.Errorf("ready says %v", got)
		}
		r.log.err = nil
		if got := r.post(t, acme, event())[0].Outcome; got != Accepted {
			t.Errorf("after it came back: %s", got)
		}
		if got := r.Ready(t.Context()); len(got) != 0 {
			t.Errorf("ready says %v", got)
		}
	})
	t.Run("the ring", func(t *testing.T) {
		r := newRig(t)
		r.pool.Close()
		c, err := ReadEvent([]byte(event()))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Accept(t.Context(), acme, []Candidate{c}); !errors.Is(err, ErrRingAway) {
			t.Fatalf("got %v", err)
		}
		if got := r.Ready(t.Context()); len(got) == 0 || !strings.Contains(got[0].Error(), "ring") {
			t.Errorf("ready says %v", got)
		}
		// What is wrong with an event is told all the same.
		if got := r.post(t, acme, event("time", "noon"))[0].Outcome; got != Refused {
			t.Errorf("got %s", got)
		}
	})
	t.Run("a caller that gives up says nothing of either", func(t *testing.T) {
		r := newRig(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c, err := ReadEvent([]byte(event()))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Accept(ctx, acme, []Candidate{c}); err == nil || isAway(err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhileTheLogIsAwayOneTries(t *testing.T) {
	var g gate
	first, err := g.enter()
	if err != nil {
		t.Fatal(err)
	}
	second, err := g.enter()
	if err != nil {
		t.Fatal("two at once are fine while nothing is away")
	}
	second.leave(nil, true)
	first.leave(ErrLogAway, false)
	trial, err := g.enter()
	if err != nil {
		t.Fatal("one tries")
	}
	if _, err := g.enter(); !errors.Is(err, ErrLogAway) {
		t.Errorf("the others are told: %v", err)
	}
	trial.leave(nil, false) // duplicates only: the log was not asked
	trial, err = g.enter()
	if err != nil || g.waitsFor() == nil {
		t.Errorf("it is still away: %v", g.waitsFor())
	}
	trial.leave(nil, true)
	if g.waitsFor() != nil {
		t.Errorf("it is back: %v", g.waitsFor())
	}
}
