package projections

import (
	"fmt"
	"strings"
)

// Table is one table of a read model: the columns of a row R, the key first. Its
// name in Postgres is read.<Name>_<generation>. In a fold's table the customer
// comes first, added by the engine: it is no column here, and Key is unique within
// one customer.
type Table[R any] struct {
	Name   string
	Key    []Column[R]
	Values []Column[R]
}

// Column is one column of a row R.
type Column[R any] struct {
	Name string
	Type string // in Postgres: "uuid", "text", "timestamptz", "bytea", "int8", "float8", "bool", "text[]"
	one  func(*R) any
	many func([]R) any
}

// Col declares a column whose values get reads. T must be what pgx encodes as the
// Postgres type; a pointer where the column may be null.
func Col[R, T any](name, pgType string, get func(*R) T) Column[R] {
	return Column[R]{
		Name: name, Type: pgType,
		one: func(r *R) any { return get(r) },
		many: func(rows []R) any {
			values := make([]T, len(rows))
			for i := range rows {
				values[i] = get(&rows[i])
			}
			return values
		},
	}
}

// AnyTable is a Table of any row type.
type AnyTable interface {
	name() string
	newChanges() changeSet
	newSheet() sheet
	shape() (key, values []columnShape)
}

type columnShape struct{ name, pgType string }

func (t *Table[R]) name() string { return t.Name }

func (t *Table[R]) columns() []*Column[R] {
	columns := make([]*Column[R], 0, len(t.Key)+len(t.Values))
	for i := range t.Key {
		columns = append(columns, &t.Key[i])
	}
	for i := range t.Values {
		columns = append(columns, &t.Values[i])
	}
	return columns
}

func (t *Table[R]) shape() (key, values []columnShape) {
	for _, c := range t.Key {
		key = append(key, columnShape{c.Name, c.Type})
	}
	for _, c := range t.Values {
		values = append(values, columnShape{c.Name, c.Type})
	}
	return key, values
}

// tableSQL is the statements over one table of one generation. Their arguments are a
// sheet's columns.
type tableSQL struct {
	name   string // read.<table>_<generation>
	insert string // rows that are not there
	upsert string // rows that may be there; one that is the same is not written
	drop   string // rows by key
	keep   string // of the owners $1, drop all rows but those of the keys that follow
	forget string // all rows of the owners $1
}

// newTableSQL writes the statements; owner is the column that the engine adds in
// front: "customer" or "identity".
func newTableSQL(t AnyTable, owner string, generation int) tableSQL {
	key, values := t.shape()
	key = append([]columnShape{{owner, "uuid"}}, key...)
	s := tableSQL{name: fmt.Sprintf("read.%s_%d", t.name(), generation)}
	all := append(append([]columnShape{}, key...), values...)
	s.insert = "INSERT INTO " + s.name + " AS t (" + names("", all) + ") SELECT " + casts("u.", all) + " FROM unnest(" + arrays(1, all) + ") u(" + names("", all) + ")"
	s.upsert = s.insert + " ON CONFLICT (" + names("", key) + ") DO "
	if len(values) == 0 {
		s.upsert += "NOTHING"
	} else {
		s.upsert += "UPDATE SET (" + names("", values) + ") = ROW(" + names("excluded.", values) + ") WHERE (" + names("t.", values) + ") IS DISTINCT FROM (" + names("excluded.", values) + ")"
	}
	s.drop = "DELETE FROM " + s.name + " t USING unnest(" + arrays(1, key) + ") u(" + names("", key) + ") WHERE (" + names("t.", key) + ") = (" + names("u.", key) + ")"
	// NOT IN is a look-up in a hash; NOT EXISTS may be planned as a loop in a loop.
	s.keep = "DELETE FROM " + s.name + " t WHERE t." + owner + " = ANY($1) AND (" + names("t.", key) + ") NOT IN (SELECT * FROM unnest(" + arrays(2, key) + "))"
	s.forget = "DELETE FROM " + s.name + " WHERE " + owner + " = ANY($1)"
	return s
}

func names(prefix string, columns []columnShape) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = prefix + `"` + c.name + `"`
	}
	return strings.Join(quoted, ", ")
}

func casts(prefix string, columns []columnShape) string {
	cast := make([]string, len(columns))
	for i, c := range columns {
		cast[i] = prefix + `"` + c.name + `"`
		if strings.HasSuffix(c.pgType, "[]") {
			cast[i] += "::" + c.pgType
		}
	}
	return strings.Join(cast, ", ")
}

// arrays are the parameters $first… of the columns' arrays.
func arrays(first int, columns []columnShape) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = fmt.Sprintf("$%d::%s[]", first+i, strings.TrimSuffix(c.pgType, "[]"))
	}
	return strings.Join(list, ", ")
}
