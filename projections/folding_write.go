package projections

import (
	"maps"
	"slices"

	"github.com/tellonce/tellonce/domain"
)

// write writes the states and rows of what stepped forward, and drops those of
// customers that are no more. A row that is the same is not written.
func (f *folding) write(w *writing) {
	gone := slices.Concat(slices.Collect(maps.Keys(f.p.vanished)), f.removed)
	for i, s := range f.r.sql.folds {
		if len(gone) > 0 {
			w.exec(s.state.forget, gone)
			for _, t := range s.sql {
				w.exec(t.forget, gone)
			}
		}
		f.forward[i].drop(w, s)
		f.forward[i].upsert(w, s)
	}
}

// keepOnly drops the rows that folding anew did not write.
func (f *wholeFold) keepOnly(w *writing, s foldStatements) {
	keep := func(t tableSQL, rows sheet, key int) {
		_, columns := rows.puts()
		w.exec(t.keep, append([]any{f.owners}, columns[:1+key]...)...)
	}
	keep(s.state, f.states, 0)
	for i, t := range s.tables {
		key, _ := t.shape()
		keep(s.sql[i], f.tables[i], len(key))
	}
}

func (f *forwardFold) drop(w *writing, s foldStatements) {
	for i, t := range s.sql {
		if n, columns := f.tables[i].drops(); n > 0 {
			w.exec(t.drop, columns...)
		}
	}
}

func (f *forwardFold) upsert(w *writing, s foldStatements) {
	if n, columns := f.states.puts(); n > 0 {
		w.exec(s.state.upsert, columns...)
	}
	for i, t := range s.sql {
		if n, columns := f.tables[i].puts(); n > 0 {
			w.exec(t.upsert, columns...)
		}
	}
}

const upsertCustomers = `INSERT INTO engine.customer AS c (customer, root, last)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[])
ON CONFLICT (customer) DO UPDATE SET root = excluded.root, last = excluded.last, changed = excluded.changed`

// writeCustomers marks every locked customer as changed by this transaction: who
// planned on what it was plans again.
func (f *folding) writeCustomers(w *writing) {
	gone := slices.Concat(slices.Collect(maps.Keys(f.p.vanished)), f.removed)
	for _, person := range f.removed {
		delete(f.customers, person)
	}
	if len(gone) > 0 {
		w.exec("DELETE FROM engine.customer WHERE customer = ANY($1)", gone)
	}
	n := len(f.customers)
	if n == 0 {
		return
	}
	customers, roots, last := make([]domain.PersonID, 0, n), make([]domain.PersonID, 0, n), make([][]byte, 0, n)
	for customer, g := range f.customers {
		customers, roots, last = append(customers, customer), append(roots, g.root), append(last, g.last)
	}
	w.exec(upsertCustomers, customers, roots, last)
}
