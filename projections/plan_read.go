package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

const memberColumns = `p.person, p.kind, p.customer, p.shared, p.first, p.last, p.leans_on, p.falls_back_on, p.naming, c.root, c.last, c.changed
FROM engine.person p JOIN engine.customer c USING (customer)`

// loadPersons adds nodes for those of the persons that are there.
func (p *plan) loadPersons(ctx context.Context, persons []domain.PersonID) error {
	_, err := p.loadMembers(ctx, `SELECT `+memberColumns+` WHERE p.person = ANY($1)`, p.missing(persons))
	return err
}

// loadStrongOf adds nodes for the strong persons of the customers.
func (p *plan) loadStrongOf(ctx context.Context, customers []domain.PersonID) ([]*node, error) {
	return p.loadMembers(ctx, `SELECT `+memberColumns+` WHERE p.customer = ANY($1) AND p.kind IN ('account', 'line')`, customers)
}

// loadWeakSeenWith adds nodes for the weak persons that were seen with the persons.
func (p *plan) loadWeakSeenWith(ctx context.Context, persons []domain.PersonID) ([]*node, error) {
	return p.loadMembers(ctx, `SELECT `+memberColumns+` WHERE p.person IN (SELECT l.a FROM engine.link l WHERE l.b = ANY($1) AND NOT l.together)`, persons)
}

// loadLeaningOn adds nodes for the references that lean or fall back on the persons.
func (p *plan) loadLeaningOn(ctx context.Context, persons []domain.PersonID) ([]*node, error) {
	return p.loadMembers(ctx, `SELECT `+memberColumns+` WHERE p.leans_on = ANY($1) OR p.falls_back_on = ANY($1)`, persons)
}

// missing are the persons that were not looked up yet.
func (p *plan) missing(persons []domain.PersonID) []domain.PersonID {
	var missing []domain.PersonID
	for _, person := range persons {
		if _, looked := p.looked[person]; !looked && p.nodes[person] == nil && !person.IsZero() {
			p.looked[person] = struct{}{}
			missing = append(missing, person)
		}
	}
	return missing
}

// loadMembers returns the nodes of the rows; a person that has a node keeps it as it
// is. What this transaction made itself is no row that is there.
func (p *plan) loadMembers(ctx context.Context, sql string, arg []domain.PersonID) ([]*node, error) {
	if len(arg) == 0 {
		return nil, nil
	}
	rows, err := p.tx.Query(ctx, sql, arg)
	if err != nil {
		return nil, fmt.Errorf("read persons: %w", err)
	}
	var (
		person               domain.PersonID
		kind                 domain.Kind
		m                    member
		leansOn, fallsBackOn *domain.PersonID
		first, last          *time.Time
		g                    group
		loaded               []*node
	)
	_, err = pgx.ForEachRow(rows, []any{&person, &kind, &m.customer, &m.shared, &first, &last, &leansOn, &fallsBackOn, &m.naming, &g.root, &g.last, &g.changed}, func() error {
		if p.ours[person] != nil {
			return nil
		}
		n := p.nodes[person]
		if n == nil {
			stored := m
			stored.first, stored.last = inUTC(first), inUTC(last)
			stored.leansOn, stored.fallsBackOn = orZero(leansOn), orZero(fallsBackOn)
			g := group{customer: m.customer, root: g.root, last: g.last, changed: g.changed}
			if p.groups[m.customer] == nil {
				p.groups[m.customer] = &g
			}
			n = &node{person: person, kind: kind, stored: &stored, member: stored, root: p.groups[m.customer].root}
			p.nodes[person] = n
		}
		loaded = append(loaded, n)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read persons: %w", err)
	}
	return loaded, nil
}

// loadLinks reads links by their persons: those of pairs that are stored.
func (p *plan) loadLinks(ctx context.Context, pairs []pair, each func(l pair, n int)) error {
	if len(pairs) == 0 {
		return nil
	}
	a, b := make([]domain.PersonID, len(pairs)), make([]domain.PersonID, len(pairs))
	for i, l := range pairs {
		a[i], b[i] = l.a, l.b
	}
	rows, err := p.tx.Query(ctx, `SELECT l.a, l.b, l.n FROM unnest($1::uuid[], $2::uuid[]) k(a, b) JOIN engine.link l ON l.a = k.a AND l.b = k.b`, a, b)
	return eachLink(rows, err, each)
}

// loadTogether reads which of the strong persons stand together.
func (p *plan) loadTogether(ctx context.Context, persons []domain.PersonID, each func(l pair, n int)) error {
	rows, err := p.tx.Query(ctx, `SELECT l.a, l.b, l.n FROM engine.link l WHERE l.together AND l.a = ANY($1)`, persons)
	return eachLink(rows, err, each)
}

// loadSeenWith reads the links between weak and stronger persons of two sets.
func (p *plan) loadSeenWith(ctx context.Context, weak, stronger []domain.PersonID, each func(l pair, n int)) error {
	rows, err := p.tx.Query(ctx, `SELECT l.a, l.b, l.n FROM engine.link l WHERE l.a = ANY($1) AND l.b IN (SELECT unnest($2::uuid[]))`, weak, stronger)
	return eachLink(rows, err, each)
}

func eachLink(rows pgx.Rows, err error, each func(l pair, n int)) error {
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	var l pair
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&l.a, &l.b, &n}, func() error { each(l, n); return nil }); err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	return nil
}

// loadNeighbours reads for each weak person two of the customers that it was seen
// with, leaving out shared persons and those of the given ones. It stops at the
// second, so that one who was seen with thousands costs what one seen with three does.
func (p *plan) loadNeighbours(ctx context.Context, weak, except []domain.PersonID, each func(weak domain.PersonID, g group)) error {
	const lends = `SELECT s.customer FROM engine.link l JOIN engine.person s ON s.person = l.b
  WHERE l.a = w.person AND NOT l.together AND NOT s.shared AND l.b NOT IN (SELECT unnest($2::uuid[]))`
	rows, err := p.tx.Query(ctx, `SELECT w.person, c.customer, c.root, c.last, c.changed FROM unnest($1::uuid[]) w(person)
CROSS JOIN LATERAL (`+lends+` LIMIT 1) one
LEFT JOIN LATERAL (`+lends+` AND s.customer <> one.customer LIMIT 1) two ON true
JOIN engine.customer c ON c.customer = one.customer OR c.customer = two.customer`, weak, except)
	if err != nil {
		return fmt.Errorf("read who was seen with whom: %w", err)
	}
	var person domain.PersonID
	var g group
	if _, err := pgx.ForEachRow(rows, []any{&person, &g.customer, &g.root, &g.last, &g.changed}, func() error {
		each(person, g)
		return nil
	}); err != nil {
		return fmt.Errorf("read who was seen with whom: %w", err)
	}
	return nil
}

func orZero(p *domain.PersonID) domain.PersonID {
	if p == nil {
		return domain.PersonID{}
	}
	return *p
}

func orNull(p domain.PersonID) *domain.PersonID {
	if p.IsZero() {
		return nil
	}
	return &p
}

func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
