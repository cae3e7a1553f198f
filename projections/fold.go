package projections

import "github.com/tellonce/tellonce/domain"

// Rows is a row projection: it turns one standing event into rows keyed by that
// event's identity (domain.EventID), which the engine adds in front of the key.
type Rows[R any] struct {
	Name  string
	Table Table[R]
	Row   func(*domain.Recorded) []R
}

// Fold is a pure step over one customer's standing events in life order. Step
// returns the state after the event and puts or drops rows by key in out. It reads
// no clock and no database; the same life gives the same state and rows, byte for
// byte. State is bounded: it holds what later events may need, not history.
type Fold[S any] struct {
	Name    string
	Version int // raised by hand when Step's meaning changes: the read model is stale then
	Tables  []AnyTable
	Step    func(state S, r *domain.Recorded, out *Changes) S
	// Append and Parse are the state's bytes. Parse(Append(s)) equals s, and the
	// zero bytes are the zero state.
	Append func([]byte, *S) []byte
	Parse  func([]byte) (S, error)
}
