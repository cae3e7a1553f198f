package projections

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// foldChunk is how many customers are folded again from one read of the timeline.
// It bounds memory: their lives are held, and what was folded of them.
const foldChunk = 50

// folding brings the folds of every customer that a batch touches up to its events.
type folding struct {
	r *run
	p *plan

	customers map[domain.PersonID]*group            // touched, as they will be
	arrived   map[domain.PersonID][]lived           // customer → events, in life order
	moved     map[domain.PersonID][]domain.PersonID // customer → persons with a life that joined it
	again     map[domain.PersonID]struct{}          // customers to fold from the start
	removed   []domain.PersonID                     // persons, and so customers, that nobody needs

	forward []forwardFold                // by fold
	states  []map[domain.PersonID][]byte // by fold, of those that step forward
}

// forwardFold is what a fold's steps wrote; wholeFold what folding anew wrote.
type forwardFold struct {
	states sheet
	tables []sheet
}

type wholeFold struct {
	forwardFold
	owners []domain.PersonID
}

func newFolding(r *run) *folding {
	f := &folding{
		r: r, p: r.plan, customers: map[domain.PersonID]*group{}, arrived: map[domain.PersonID][]lived{},
		moved: map[domain.PersonID][]domain.PersonID{}, again: map[domain.PersonID]struct{}{},
	}
	for _, s := range r.sql.folds {
		f.forward = append(f.forward, newForwardFold(s))
		f.states = append(f.states, map[domain.PersonID][]byte{})
	}
	f.findCustomers()
	f.findMoves()
	f.findEvents()
	return f
}

func newForwardFold(s foldStatements) forwardFold {
	f := forwardFold{states: statesOf("").newSheet()}
	for _, t := range s.tables {
		f.tables = append(f.tables, t.newSheet())
	}
	return f
}

// findCustomers lists the customers as they will be: those that won or lost
// somebody, and those that were only locked.
func (f *folding) findCustomers() {
	for root, id := range f.p.named {
		g := &group{customer: id, root: root}
		if stored := f.p.groups[id]; stored != nil && stored.root == root {
			g.last = stored.last
		} else if stored != nil {
			f.again[id] = struct{}{} // another had the id, and left rows under it
		}
		f.customers[id] = g
	}
	for customer := range f.p.locks {
		_, gone := f.p.vanished[customer]
		if g := f.p.groups[customer]; f.customers[customer] == nil && g != nil && !gone {
			f.customers[customer] = &group{customer: customer, root: g.root, last: g.last}
		}
	}
	for _, id := range f.p.renamed {
		f.again[id] = struct{}{}
	}
}

// findMoves finds the lives that pass from one customer to another. Who loses one is
// folded again; who wins one steps forward where it comes after all there was.
func (f *folding) findMoves() {
	for person, n := range f.p.nodes {
		if n.stored == nil || n.stored.first == nil || n.stored.customer == n.customer {
			continue
		}
		if f.customers[n.stored.customer] != nil {
			f.again[n.stored.customer] = struct{}{}
		}
		f.moved[n.customer] = append(f.moved[n.customer], person)
	}
}

// findEvents hands the batch's events to their customers.
func (f *folding) findEvents() {
	joining := map[domain.PersonID]bool{}
	for _, persons := range f.moved {
		for _, person := range persons {
			joining[person] = true
		}
	}
	for i := range f.p.changes {
		c := &f.p.changes[i]
		if c.old != nil {
			f.again[f.p.nodes[c.old.Person].customer] = struct{}{}
		}
		if c.new != nil && !joining[c.new.Person] { // whose life is read whole
			customer := f.p.nodes[c.new.Person].customer
			f.arrived[customer] = append(f.arrived[customer], c.new.lived)
		}
	}
	for customer := range f.again {
		delete(f.moved, customer)
		delete(f.arrived, customer)
	}
	for customer := range f.moved {
		if f.customers[customer] == nil { // it is locked, having won somebody
			delete(f.moved, customer)
		}
	}
	for customer, events := range f.arrived {
		inLifeOrder(events)
		if _, waits := f.moved[customer]; !waits && !f.follows(customer, events) {
			f.again[customer] = struct{}{}
			delete(f.arrived, customer)
		}
	}
}

// follows reports whether the events, in life order, come after all that the
// customer's folds have seen.
func (f *folding) follows(customer domain.PersonID, events []lived) bool {
	return f.r.e.broken.noRefold || len(events) == 0 || events[0].life.after(f.customers[customer].last)
}

// readStates asks for the states of those that surely step forward.
func (f *folding) readStates(w *writing) {
	var stepping []domain.PersonID
	for customer := range f.arrived {
		if _, waits := f.moved[customer]; !waits && f.customers[customer].last != nil {
			stepping = append(stepping, customer)
		}
	}
	if len(stepping) == 0 {
		return
	}
	for i, s := range f.r.sql.folds {
		w.rows(func(rows pgx.Rows, err error) error { return f.takeStates(i, rows, err) }, s.read, stepping)
	}
}

func (f *folding) takeStates(fold int, rows pgx.Rows, err error) error {
	if err != nil {
		return fmt.Errorf("read states: %w", err)
	}
	var customer domain.PersonID
	var state []byte
	if _, err := pgx.ForEachRow(rows, []any{&customer, &state}, func() error {
		f.states[fold][customer] = state
		return nil
	}); err != nil {
		return fmt.Errorf("read states: %w", err)
	}
	return nil
}

// stepForward steps those whose events are new and whose states are read.
func (f *folding) stepForward() error {
	for _, customer := range sortedKeys(f.arrived) {
		if _, waits := f.moved[customer]; waits {
			continue
		}
		if err := f.step(customer, f.arrived[customer]); err != nil {
			return err
		}
	}
	return nil
}

// foldMoved reads the lives that joined customers, and steps these forward where
// they may.
func (f *folding) foldMoved(ctx context.Context) error {
	if len(f.moved) == 0 {
		return nil
	}
	var persons, stepping []domain.PersonID
	for _, joining := range f.moved {
		persons = append(persons, joining...)
	}
	if err := readTimeline(ctx, f.r.tx, f.r.sql.timelineOfPersons, persons, func(customer domain.PersonID, e lived) error {
		f.arrived[customer] = append(f.arrived[customer], e)
		return nil
	}); err != nil {
		return err
	}
	for customer := range f.moved {
		inLifeOrder(f.arrived[customer])
		if f.follows(customer, f.arrived[customer]) {
			stepping = append(stepping, customer)
		} else {
			f.again[customer] = struct{}{}
		}
	}
	slices.SortFunc(stepping, domain.PersonID.Compare)
	for i, s := range f.r.sql.folds {
		rows, err := f.r.tx.Query(ctx, s.read, stepping)
		if err := f.takeStates(i, rows, err); err != nil {
			return err
		}
	}
	for _, customer := range stepping {
		if err := f.step(customer, f.arrived[customer]); err != nil {
			return err
		}
	}
	return nil
}

// step folds events of a customer on from its states.
func (f *folding) step(customer domain.PersonID, events []lived) error {
	if len(events) == 0 {
		return nil
	}
	for i, s := range f.r.sql.folds {
		before, there := f.states[i][customer]
		var changes Changes
		after, err := s.projection.fold(before, events, &changes)
		if err != nil {
			return fmt.Errorf("fold customer %s: %w", customer, err)
		}
		f.forward[i].take(customer, after, s, &changes, there && bytes.Equal(before, after))
	}
	f.customers[customer].last = latest(f.customers[customer].last, events[len(events)-1].life)
	return nil
}

func (f *forwardFold) take(customer domain.PersonID, state []byte, s foldStatements, changes *Changes, same bool) {
	if !same {
		f.states.(*sheetOf[[]byte]).put([16]byte(customer), state)
	}
	for i, t := range s.tables {
		if set, ok := changes.tables[t.name()]; ok {
			f.tables[i].take([16]byte(customer), set)
		}
	}
}

// foldAgain folds customers from the start, all folds from one read of the timeline.
func (f *folding) foldAgain(ctx context.Context) error {
	for chunk := range slices.Chunk(sortedKeys(f.again), foldChunk) {
		lives := map[domain.PersonID][]lived{}
		if err := readTimeline(ctx, f.r.tx, f.r.sql.timelineOfCustomers, chunk, func(customer domain.PersonID, e lived) error {
			lives[customer] = append(lives[customer], e)
			return nil
		}); err != nil {
			return err
		}
		for _, customer := range chunk {
			inLifeOrder(lives[customer])
			f.customers[customer].last = nil
			if life := lives[customer]; len(life) > 0 {
				f.customers[customer].last = life[len(life)-1].life
			}
		}
		w := &writing{}
		for _, s := range f.r.sql.folds {
			whole, err := foldWhole(s, chunk, lives)
			if err != nil {
				return err
			}
			whole.keepOnly(w, s)
			whole.upsert(w, s)
		}
		if err := w.send(ctx, f.r.tx, 0, func() error { return nil }); err != nil {
			return fmt.Errorf("write customers folded again: %w", err)
		}
	}
	return nil
}

// foldWhole folds lives, each in life order. Who has none has neither state nor rows.
func foldWhole(s foldStatements, customers []domain.PersonID, lives map[domain.PersonID][]lived) (wholeFold, error) {
	whole := wholeFold{forwardFold: newForwardFold(s), owners: customers}
	for _, customer := range customers {
		if len(lives[customer]) == 0 {
			continue
		}
		var changes Changes
		state, err := s.projection.fold(nil, lives[customer], &changes)
		if err != nil {
			return whole, fmt.Errorf("fold customer %s: %w", customer, err)
		}
		whole.take(customer, state, s, &changes, false)
	}
	return whole, nil
}

func latest(a, b lifeBytes) lifeBytes {
	if a.after(b) {
		return a
	}
	return b
}
