package projections

import (
	"context"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"
)

// statements are the SQL over the tables of the generations that serve.
type statements struct {
	generations map[string]int
	rows        []rowStatements
	folds       []foldStatements

	timelineOfIdentities string // (person, record) of the identities $1
	timelineOfReferences string // (person, record) of the references $1
	timelineOfPersons    string // (customer, record) of the persons $1
	timelineOfCustomers  string // (customer, record) of the customers $1
	recount              string // set first and last of the persons $1 from their timelines
}

type rowStatements struct {
	projection rowProjection
	table      tableSQL
}

type foldStatements struct {
	projection foldProjection
	state      tableSQL
	read       string // (customer, state) of the customers $1
	tables     []AnyTable
	sql        []tableSQL // by table
}

// states is the table of a fold's states: a column as any other table's.
func statesOf(name string) *Table[[]byte] {
	return &Table[[]byte]{Name: name + "_state", Values: []Column[[]byte]{Col("state", "bytea", func(b *[]byte) []byte { return *b })}}
}

// readGenerations is asked in every batch, so that a swap is seen by the next one.
const readGenerations = "SELECT projection, serving FROM engine.generation"

// statementsFor are the statements of the generations, made when they change.
func (e *Engine) statementsFor(generations map[string]int) (*statements, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.statements != nil && maps.Equal(e.statements.generations, generations) {
		return e.statements, nil
	}
	s, err := newStatements(e.all, generations)
	if err == nil {
		e.statements = s
	}
	return s, err
}

func newStatements(all []Projection, generations map[string]int) (*statements, error) {
	s := &statements{generations: generations}
	for _, p := range all {
		name, _ := p.title()
		generation, ok := generations[name]
		if !ok {
			return nil, fmt.Errorf("find the tables of %s: engine.generation has no row of that name; `tellonce migrate up` makes it", name)
		}
		switch p := p.(type) {
		case rowProjection:
			s.rows = append(s.rows, rowStatements{p, newTableSQL(p.tables()[0], "identity", generation)})
		case foldProjection:
			f := foldStatements{projection: p, state: newTableSQL(statesOf(name), "customer", generation), tables: p.tables()}
			f.read = "SELECT customer, state FROM " + f.state.name + " WHERE customer = ANY($1)"
			for _, t := range f.tables {
				f.sql = append(f.sql, newTableSQL(t, "customer", generation))
			}
			s.folds = append(s.folds, f)
		}
	}
	timeline := fmt.Sprintf("read.%s_%d", Timeline.Table.Name, generations[Timeline.Name])
	s.timelineOfIdentities = "SELECT t.person, t.record FROM " + timeline + " t WHERE t.identity = ANY($1)"
	s.timelineOfReferences = "SELECT t.person, t.record FROM " + timeline + " t WHERE t.reference = ANY($1)"
	const lived = "SELECT p.customer, t.record FROM engine.person p JOIN %s t ON t.person = p.person AND t.time >= p.since AND t.time < p.until WHERE p.%s = ANY($1)"
	s.timelineOfPersons = fmt.Sprintf(lived, timeline, "person")
	s.timelineOfCustomers = fmt.Sprintf(lived, timeline, "customer")
	s.recount = "UPDATE engine.person p SET first = t.first, last = t.last FROM (SELECT u.person, min(t.time) AS first, max(t.time) AS last FROM unnest($1::uuid[]) u(person) LEFT JOIN " +
		timeline + " t USING (person) GROUP BY u.person) t WHERE p.person = t.person"
	return s, nil
}

// generationsIn reads the answer of readGenerations.
func generationsIn(rows pgx.Rows, err error) (map[string]int, error) {
	if err != nil {
		return nil, fmt.Errorf("read generations: %w", err)
	}
	generations := map[string]int{}
	var name string
	var serving int
	if _, err := pgx.ForEachRow(rows, []any{&name, &serving}, func() error { generations[name] = serving; return nil }); err != nil {
		return nil, fmt.Errorf("read generations: %w", err)
	}
	return generations, nil
}

// readStatements makes the statements of what serves in db now.
func readStatements(ctx context.Context, db DB, all []Projection) (*statements, error) {
	rows, err := db.Query(ctx, readGenerations)
	generations, err := generationsIn(rows, err)
	if err != nil {
		return nil, err
	}
	return newStatements(all, generations)
}
