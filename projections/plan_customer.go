package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// nameCustomers names the customer of each root that won or lost somebody: a strong
// root is its customer's id; of the others the smallest that belongs to it is. Then
// every person of the plan has its customer.
func (p *plan) nameCustomers(ctx context.Context) error {
	joined, left := map[domain.PersonID][]*node{}, map[domain.PersonID][]*node{}
	roots := map[domain.PersonID]struct{}{}
	for _, n := range p.nodes {
		if n.stored != nil && n.root == p.storedRoot(n) {
			continue
		}
		joined[n.root] = append(joined[n.root], n)
		roots[n.root] = struct{}{}
		if n.stored != nil {
			left[p.storedRoot(n)] = append(left[p.storedRoot(n)], n)
			roots[p.storedRoot(n)] = struct{}{}
		}
	}
	stored := map[domain.PersonID]*group{}
	for _, g := range p.groups {
		stored[g.root] = g
	}
	if err := p.loadPersons(ctx, sortedKeys(roots)); err != nil {
		return err
	}
	for _, root := range sortedKeys(roots) {
		if g := stored[root]; g != nil {
			p.locks[g.customer] = struct{}{}
		}
		if p.nodes[root] == nil {
			p.doubts("name the customer of root %s: it is not there", root)
			continue
		}
		if p.nodes[root].root != root {
			continue // it has joined another, and all who leant on it with it
		}
		id, err := p.nameCustomer(ctx, root, stored[root], joined[root], left[root])
		if err != nil {
			return err
		}
		p.named[root] = id
	}
	p.compareNames(roots, stored)
	for _, n := range p.nodes {
		if id, ok := p.named[n.root]; ok {
			n.customer = id
		}
	}
	return nil
}

func (p *plan) nameCustomer(ctx context.Context, root domain.PersonID, stored *group, joined, left []*node) (id domain.PersonID, err error) {
	if p.nodes[root].kind.Strong() {
		return root, nil
	}
	if stored != nil {
		id = stored.customer
		for _, n := range left {
			if n.person == id {
				if id, err = p.smallestRemaining(ctx, stored.customer, left); err != nil {
					return id, err
				}
				break
			}
		}
	}
	for _, n := range joined {
		if id.IsZero() || n.person.Compare(id) < 0 {
			id = n.person
		}
	}
	return id, nil
}

// smallestRemaining is the smallest person of a stored customer but those who left;
// zero where all have left.
func (p *plan) smallestRemaining(ctx context.Context, customer domain.PersonID, left []*node) (smallest domain.PersonID, err error) {
	gone := sortedKeys(p.ours)
	for _, n := range left {
		gone = append(gone, n.person)
	}
	rows, err := p.tx.Query(ctx, `SELECT person FROM engine.person WHERE customer = $1 AND person NOT IN (SELECT unnest($2::uuid[])) ORDER BY person LIMIT 1`, customer, gone)
	if err != nil {
		return smallest, fmt.Errorf("read persons of customer %s: %w", customer, err)
	}
	smallest, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[domain.PersonID])
	if errors.Is(err, pgx.ErrNoRows) {
		p.doubts("name customer %s: all have left it but its root", customer)
		return smallest, nil
	}
	if err != nil {
		return smallest, fmt.Errorf("read persons of customer %s: %w", customer, err)
	}
	return smallest, nil
}

// compareNames finds the stored customers that have another id now, or none.
func (p *plan) compareNames(roots map[domain.PersonID]struct{}, stored map[domain.PersonID]*group) {
	taken := map[domain.PersonID]struct{}{}
	for _, id := range p.named {
		taken[id] = struct{}{}
	}
	for root := range roots {
		g := stored[root]
		if g == nil {
			continue
		}
		if id, ok := p.named[root]; ok && id != g.customer {
			p.renamed[g.customer] = id
		}
		if _, ok := taken[g.customer]; !ok {
			p.vanished[g.customer] = struct{}{}
		}
	}
}
