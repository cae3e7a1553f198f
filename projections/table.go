package projections

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
