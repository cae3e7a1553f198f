package projections

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Migrations and tables are written by hand on either side; they say the same.
func TestTablesAreAsMigrated(t *testing.T) {
	pool := database(t)
	rows, err := pool.Query(t.Context(), readGenerations)
	generations, err := generationsIn(rows, err)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newStatements(All, generations)
	if err != nil {
		t.Fatalf("%v; a projection of All needs a migration with its tables, a fold's read.<name>_state_1 among them, and its row of engine.generation", err)
	}
	for i, p := range s.rows {
		checkTable(t, pool, p.table.name, "identity", s.rows[i].projection.tables()[0])
	}
	for _, f := range s.folds {
		name, _ := f.projection.title()
		checkTable(t, pool, f.state.name, "customer", statesOf(name))
		for i, table := range f.tables {
			checkTable(t, pool, f.sql[i].name, "customer", table)
		}
	}
}

func checkTable(t *testing.T, db DB, name, owner string, table AnyTable) {
	t.Helper()
	key, values := table.shape()
	key = append([]columnShape{{owner, "uuid"}}, key...)
	type column struct {
		Name, Type string
		Key        bool
	}
	var want []column
	for _, c := range key {
		want = append(want, column{c.name, c.pgType, true})
	}
	for _, c := range values {
		want = append(want, column{c.name, c.pgType, false})
	}
	rows, err := db.Query(t.Context(), `SELECT a.attname::text, replace(t.typname, '_text', 'text[]')::text, coalesce(a.attnum = ANY(i.indkey), false)
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`, name)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		t.Fatal(err)
	}
	byName := func(a, b column) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	}
	slices.SortFunc(want, byName)
	slices.SortFunc(got, byName)
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s: declared %s, migrated %s", name, fmt.Sprint(want), fmt.Sprint(got))
	}
}
