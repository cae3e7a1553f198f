package projections

import (
	"fmt"

	"github.com/tellonce/tellonce/domain"
)

// Projection is a line of All: a *Rows or a *Fold. Each has a row in
// engine.generation, made by the migration that makes its tables.
type Projection interface {
	// title is its name, and the version of its meaning.
	title() (name string, version int)
	tables() []AnyTable
}

// Rows is a row projection: it turns one standing event into rows keyed by that
// event's identity (domain.EventID), which the engine adds in front of the key as
// the column "identity".
type Rows[R any] struct {
	Name    string
	Version int // raised by hand when Row's meaning changes: the read model is stale then
	Table   Table[R]
	Row     func(*domain.Recorded) []R
}

// Fold is a pure step over one customer's standing events in life order. Step
// returns the state after the event and puts or drops rows by key in out. It reads
// no clock and no database; the same life gives the same state and rows, byte for
// byte. State is bounded: it holds what later events may need, not history. It is
// kept in read.<Name>_state_<generation> (customer uuid PRIMARY KEY, state bytea).
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

// rowProjection is a Rows of any row.
type rowProjection interface {
	Projection
	add(r *domain.Recorded, to sheet)
}

// foldProjection is a Fold of any state.
type foldProjection interface {
	Projection
	fold(state []byte, life []lived, out *Changes) ([]byte, error)
}

func (p *Rows[R]) title() (string, int) { return p.Name, p.Version }
func (p *Rows[R]) tables() []AnyTable   { return []AnyTable{&p.Table} }

func (p *Rows[R]) add(r *domain.Recorded, to sheet) {
	s := to.(*sheetOf[R])
	for _, row := range p.Row(r) {
		s.put([16]byte(r.Identity()), row)
	}
}

func (f *Fold[S]) title() (string, int) { return f.Name, f.Version }
func (f *Fold[S]) tables() []AnyTable   { return f.Tables }

// fold is the one function that folds a customer, whoever calls it: on from a state,
// or from nil the whole life.
func (f *Fold[S]) fold(state []byte, life []lived, out *Changes) (after []byte, err error) {
	s, err := f.Parse(state)
	if err != nil {
		return nil, fmt.Errorf("read state of %s: %w", f.Name, err)
	}
	at := 0
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("step %s at event %s: it panicked: %v", f.Name, life[at].Identity(), cause)
		}
	}()
	for at = range life {
		s = f.Step(s, life[at].Recorded, out)
	}
	return f.Append([]byte{}, &s), nil
}
