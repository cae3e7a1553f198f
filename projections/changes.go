package projections

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// Changes are the rows that a fold's steps put or dropped, by table and key; of one
// key the last word stands. The zero value is ready.
type Changes struct {
	tables map[string]changeSet
}

// changeSet is the changes of one table.
type changeSet interface{ len() int }

func (t *Table[R]) newChanges() changeSet {
	return &tableChanges[R]{table: t, rows: map[string]*R{}}
}

// tableChanges holds the last word on each key: a row, or nil where it is dropped.
type tableChanges[R any] struct {
	table *Table[R]
	rows  map[string]*R
	keys  map[string]R // of the dropped
}

func (c *tableChanges[R]) len() int { return len(c.rows) }

// Put sets the row of its key in t, in place of the row that is there.
func Put[R any](c *Changes, t *Table[R], row R) {
	set := changesOf(c, t)
	set.rows[t.keyOf(&row)] = &row
}

// Drop removes the row that has the key of the given one, if it is there.
func Drop[R any](c *Changes, t *Table[R], key R) {
	set := changesOf(c, t)
	if set.keys == nil {
		set.keys = map[string]R{}
	}
	k := t.keyOf(&key)
	set.keys[k] = key
	set.rows[k] = nil
}

// Kept are the rows put and not dropped again, in the order of their keys' bytes.
func Kept[R any](c *Changes, t *Table[R]) []R {
	set := changesOf(c, t)
	var keys []string
	for k, row := range set.rows {
		if row != nil {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	rows := make([]R, len(keys))
	for i, k := range keys {
		rows[i] = *set.rows[k]
	}
	return rows
}

func changesOf[R any](c *Changes, t *Table[R]) *tableChanges[R] {
	if c.tables == nil {
		c.tables = map[string]changeSet{}
	}
	set, ok := c.tables[t.Name].(*tableChanges[R])
	if !ok {
		set = t.newChanges().(*tableChanges[R])
		c.tables[t.Name] = set
	}
	return set
}

// keyOf is the key's values in bytes that order texts and ids as Postgres does in
// collation C.
func (t *Table[R]) keyOf(row *R) string {
	var key []byte
	for i := range t.Key {
		switch v := t.Key[i].one(row).(type) {
		case string:
			key = append(append(key, v...), 0)
		case domain.PersonID:
			key = append(key, v[:]...)
		case domain.EventID:
			key = append(key, v[:]...)
		case int64:
			key = binary.BigEndian.AppendUint64(key, uint64(v)^1<<63)
		case time.Time:
			key = binary.BigEndian.AppendUint64(key, uint64(v.UnixMicro())^1<<63)
		default:
			key = fmt.Append(key, v, "\x00")
		}
	}
	return string(key)
}
