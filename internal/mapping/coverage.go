package mapping

import (
	"maps"
	"slices"
)

// codesListed bounds the codes that are listed of one table.
const codesListed = 10_000

// Coverage is what a run met: how many rows, what became of them, and what in them
// the mapping could not make the best of.
type Coverage struct {
	Rows    int `json:"rows"` // = Mapped + Skipped + Broken
	Mapped  int `json:"mapped"`
	Skipped int `json:"skipped"`
	Broken  int `json:"broken"`
	Made    int `json:"events"`

	Types      map[string]int             `json:"types"`                  // events by type
	Reasons    map[string]int             `json:"skipped_for,omitempty"`  // skipped rows by reason
	Codes      map[string]*CodeCoverage   `json:"codes,omitempty"`        // by table
	Future     map[string]*FutureCoverage `json:"future,omitempty"`       // by column
	NoCustomer RowsCounted                `json:"without_customer"`       // mapped rows whose events name no identifier
	Doubled    map[string]int             `json:"doubled_hour,omitempty"` // by column: times in an hour that stood twice
	Missing    map[string]int             `json:"missing_hour,omitempty"` // by column: times in an hour that never was
}

// RowsCounted is a number of rows and the line of the first.
type RowsCounted struct {
	Rows  int `json:"rows"`
	First int `json:"first_line,omitempty"`
}

func (c *RowsCounted) add(line int) {
	if c.Rows == 0 {
		c.First = line
	}
	c.Rows++
}

// CodeCoverage is how far a table of codes reaches.
type CodeCoverage struct {
	Mapped   int            `json:"mapped"`   // values that the table has
	Unmapped int            `json:"unmapped"` // values that it has not
	Codes    map[string]int `json:"codes"`    // the unmapped ones, the first 10,000 that were met
}

// Frequent is the table's unmapped codes, the most frequent first.
func (c *CodeCoverage) Frequent() []string {
	return slices.SortedFunc(maps.Keys(c.Codes), func(a, b string) int {
		if d := c.Codes[b] - c.Codes[a]; d != 0 {
			return d
		}
		if a < b {
			return -1
		}
		return 1
	})
}

// FutureCoverage is how many dates of a column are later than their row: what the
// tool knew only afterwards and copied onto every row.
type FutureCoverage struct {
	Dates  int         `json:"dates"`
	Future RowsCounted `json:"future"`
}

func newCoverage() Coverage {
	return Coverage{
		Types: map[string]int{}, Reasons: map[string]int{}, Codes: map[string]*CodeCoverage{},
		Future: map[string]*FutureCoverage{}, Doubled: map[string]int{}, Missing: map[string]int{},
	}
}

func (c *Coverage) code(table, code string, mapped bool) {
	t := c.Codes[table]
	if t == nil {
		t = &CodeCoverage{Codes: map[string]int{}}
		c.Codes[table] = t
	}
	if mapped {
		t.Mapped++
		return
	}
	t.Unmapped++
	if _, listed := t.Codes[code]; listed || len(t.Codes) < codesListed {
		t.Codes[code]++
	}
}

func (c *Coverage) told(column string, r reading) {
	if r.doubled {
		c.Doubled[column]++
	}
	if r.missing {
		c.Missing[column]++
	}
}

func (c *Coverage) date(column string, future bool, line int) {
	f := c.Future[column]
	if f == nil {
		f = &FutureCoverage{}
		c.Future[column] = f
	}
	f.Dates++
	if future {
		f.Future.add(line)
	}
}

// row counts what became of a row.
func (c *Coverage) row(r *Row) {
	c.Rows++
	switch {
	case r.Broken != nil:
		c.Broken++
	case r.Skipped != "":
		c.Skipped++
		c.Reasons[r.Skipped]++
	default:
		c.Mapped++
		named := false
		for i := range r.Events {
			c.Made++
			c.Types[r.Events[i].Type]++
			named = named || r.Events[i].identifies()
		}
		if !named {
			c.NoCustomer.add(r.Line)
		}
	}
}
