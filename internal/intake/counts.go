package intake

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Counts are what an intake did since it began.
type Counts struct {
	Accepted, Duplicate uint64
	Refused             map[string]uint64 // events, by the name of the problem's type
	Unknown             uint64            // members that no schema describes
	Away                uint64            // batches not taken because ring or log was away
}

type counts struct {
	accepted, duplicate, unknown, away atomic.Uint64

	mu      sync.Mutex
	refused map[string]uint64
}

func (c *counts) add(answers []Answer) {
	for i := range answers {
		switch a := &answers[i]; a.Outcome {
		case Accepted:
			c.accepted.Add(1)
		case Duplicate:
			c.duplicate.Add(1)
		case Refused:
			c.refuse(a.Problem.name())
		}
		for _, w := range answers[i].Warnings {
			if w.Code == WarnUnknown {
				c.unknown.Add(1)
			}
		}
	}
}

func (c *counts) refuse(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil {
		c.refused = map[string]uint64{}
	}
	c.refused[name]++
}

// Counts are what was done so far, for metrics.
func (in *Intake) Counts() Counts {
	c := &in.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	return Counts{
		Accepted: c.accepted.Load(), Duplicate: c.duplicate.Load(), Refused: maps.Clone(c.refused),
		Unknown: c.unknown.Load(), Away: c.away.Load(),
	}
}
