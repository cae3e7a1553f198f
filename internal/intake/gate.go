package intake

import (
	"errors"
	"sync"
)

// gate keeps requests from queueing for a ring or log that does not answer. While
// one is away a single request tries; the others are told at once.
type gate struct {
	mu     sync.Mutex
	away   error // ErrRingAway or ErrLogAway, as it was last found; nil: neither
	trying bool
}

// pass is one request's way through the gate.
type pass struct {
	gate *gate
	try  bool
}

// enter lets a request through to ring and log, or says what is away. A pass that is
// given is left again.
func (g *gate) enter() (pass, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.away != nil && g.trying {
		return pass{}, g.away
	}
	g.trying = g.away != nil
	return pass{gate: g, try: g.trying}, nil
}

// leave notes what the request found: its error, and whether the log acknowledged
// anything. Requests overlap: one that began before the trouble may end after another
// has met it, and open the gate too early; then the next one finds out.
func (p pass) leave(err error, wrote bool) {
	g := p.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.try {
		g.trying = false
	}
	switch {
	case isAway(err):
		g.away = err
	case err == nil && (wrote || errors.Is(g.away, ErrRingAway)):
		g.away = nil
	}
}

// waitsFor is what is away, nil where nothing is.
func (g *gate) waitsFor() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.away
}

func isAway(err error) bool { return errors.Is(err, ErrRingAway) || errors.Is(err, ErrLogAway) }
