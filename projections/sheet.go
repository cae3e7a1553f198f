package projections

import "strings"

// sheet collects rows of one table for many owners (customers, or the identities of
// events), in the columns that one statement takes.
type sheet interface {
	// take adds what steps of one owner changed.
	take(owner [16]byte, changes changeSet)
	// puts are the arrays of the rows to write: owner, key, values.
	puts() (rows int, columns []any)
	// drops are the arrays of the keys to remove: owner, key.
	drops() (rows int, columns []any)
}

type sheetOf[R any] struct {
	table       *Table[R]
	owners      [][16]byte
	rows        []R
	dropsOwners [][16]byte
	dropped     []R
}

func (t *Table[R]) newSheet() sheet { return &sheetOf[R]{table: t} }

func (s *sheetOf[R]) put(owner [16]byte, row R) {
	s.owners, s.rows = append(s.owners, owner), append(s.rows, row)
}

func (s *sheetOf[R]) take(owner [16]byte, changes changeSet) {
	c := changes.(*tableChanges[R])
	for key, row := range c.rows {
		if row != nil {
			s.put(owner, *row)
		} else {
			s.dropsOwners, s.dropped = append(s.dropsOwners, owner), append(s.dropped, c.keys[key])
		}
	}
}

func (s *sheetOf[R]) puts() (int, []any) {
	columns := []any{s.owners}
	for _, c := range s.table.columns() {
		columns = append(columns, c.array(s.rows))
	}
	return len(s.rows), columns
}

func (s *sheetOf[R]) drops() (int, []any) {
	columns := []any{s.dropsOwners}
	for i := range s.table.Key {
		columns = append(columns, s.table.Key[i].array(s.dropped))
	}
	return len(s.dropped), columns
}

// array is the column's values of the rows. Arrays in Postgres are rectangular, so
// that a column of lists goes as their text forms.
func (c *Column[R]) array(rows []R) any {
	values := c.many(rows)
	lists, ok := values.([][]string)
	if !ok {
		return values
	}
	texts := make([]*string, len(lists))
	for i, list := range lists {
		if list != nil {
			text := arrayText(list)
			texts[i] = &text
		}
	}
	return texts
}

// arrayText is the text form of a text[].
func arrayText(list []string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, s := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		for j := range len(s) {
			if s[j] == '"' || s[j] == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(s[j])
		}
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}
