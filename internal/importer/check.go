package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/tellonce/tellonce/internal/mapping"
)

// CheckOptions says what to look at.
type CheckOptions struct {
	Mapping  *mapping.Mapping
	Vendor   string
	File     string
	Rows     int // shown with their events
	Defects  func(typ string, data any) []Defect
	JSON     bool // one line of Checked on Out
	Out, Err io.Writer
}

// Defect is what a type's schema has against an event: where, as a JSON pointer, and
// what was expected there.
type Defect struct {
	Pointer  string `json:"pointer"`
	Expected string `json:"expected"`
}

// Checked is what a file would become.
type Checked struct {
	Source   string           `json:"source"`
	Rows     []CheckedRow     `json:"rows"` // the first
	Coverage mapping.Coverage `json:"coverage"`
	Faults   []fault          `json:"faults,omitempty"`        // the first broken rows and events that intake would refuse
	Refused  int              `json:"refused"`                 // events that intake would refuse for their data
	Doubled  int              `json:"doubled_ids"`             // events whose id another of the file has
	Twice    *DoubledID       `json:"doubled_first,omitempty"` // the first of these
}

// CheckedRow is a row and what it would become.
type CheckedRow struct {
	File    string            `json:"file"`
	Line    int               `json:"line"`
	Events  []json.RawMessage `json:"events,omitempty"`
	Skipped string            `json:"skipped,omitempty"`
	Broken  string            `json:"broken,omitempty"`
}

// DoubledID is an id that stands twice.
type DoubledID struct {
	ID    string `json:"id"`
	Lines [2]int `json:"lines"`
}

// NotWhole is a file of which not all would be taken.
type NotWhole struct{ Broken, Refused, Doubled int }

func (n *NotWhole) Error() string {
	return fmt.Sprintf("%s rows are broken, %s events would be refused, %s ids stand twice", number(n.Broken), number(n.Refused), number(n.Doubled))
}

// ExitCode is 2.
func (n *NotWhole) ExitCode() int { return 2 }

// idsKept bounds the ids that are remembered to find those that stand twice.
const idsKept = 5_000_000

// Check maps a file and tells what would become of it; it sends nothing. It returns
// nil where all of it would be taken, *NotWhole where some would not, and another
// error where it cannot be read.
func Check(ctx context.Context, o CheckOptions) (*Checked, error) {
	run, err := o.Mapping.NewRun(o.Vendor)
	if err != nil {
		return nil, err
	}
	f, err := openFile(ctx, o.File)
	if err != nil {
		return nil, err
	}
	c := &checking{CheckOptions: &o, checked: &Checked{Source: run.Source()}, ids: map[[16]byte]int{}}
	bar := newProgress(o.Err, f.size)
	err = f.each(ctx, func(table string, in io.Reader) error {
		return run.Read(ctx, table, in, func(row *mapping.Row) error {
			if run.Coverage.Rows%1000 == 0 {
				bar.at(f.read.Load(), run.Coverage.Rows)
			}
			return c.row(table, row)
		})
	})
	bar.end()
	c.checked.Coverage = run.Coverage
	if err != nil {
		return c.checked, err
	}
	if err := c.write(); err != nil {
		return c.checked, err
	}
	if n := (NotWhole{run.Coverage.Broken, c.checked.Refused, c.checked.Doubled}); n != (NotWhole{}) {
		return c.checked, &n
	}
	return c.checked, nil
}

type checking struct {
	*CheckOptions
	checked *Checked
	ids     map[[16]byte]int // line by digest of source, id and revision
}

func (c *checking) row(table string, row *mapping.Row) error {
	shown := len(c.checked.Rows) < c.Rows
	told := CheckedRow{File: table, Line: row.Line, Skipped: row.Skipped}
	if row.Broken != nil {
		f := faultOfRow(row.Broken)
		told.Broken = f.Detail
		c.fault(f)
	}
	for i := range row.Events {
		body, err := c.event(table, row.Line, &row.Events[i], shown)
		if err != nil {
			return err
		}
		if shown {
			told.Events = append(told.Events, body)
		}
	}
	if shown {
		c.checked.Rows = append(c.checked.Rows, told)
	}
	return nil
}

func (c *checking) event(table string, line int, e *mapping.Event, shown bool) ([]byte, error) {
	if len(c.ids) < idsKept {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", e.ID, e.Revision))
		key := [16]byte(sum[:16])
		if first, ok := c.ids[key]; ok {
			if c.checked.Doubled++; c.checked.Twice == nil {
				c.checked.Twice = &DoubledID{ID: e.ID, Lines: [2]int{first, line}}
			}
		} else {
			c.ids[key] = line
		}
	}
	if !shown && c.Defects == nil {
		return nil, nil
	}
	body, err := e.JSON()
	if err != nil || c.Defects == nil {
		return body, err
	}
	var sent struct {
		Data any `json:"data"`
	}
	numbers := json.NewDecoder(bytes.NewReader(body))
	numbers.UseNumber()
	if err := numbers.Decode(&sent); err != nil {
		return nil, fmt.Errorf("read event %s: %w", e.ID, err)
	}
	if defects := c.Defects(e.Type, sent.Data); len(defects) > 0 {
		c.checked.Refused++
		c.fault(fault{
			File: table, Line: line, Outcome: refusedOutcome, Type: e.Type, ID: e.ID,
			Pointer: defects[0].Pointer, Expected: defects[0].Expected, Detail: defects[0].Expected + " expected",
		})
	}
	return body, nil
}

func (c *checking) fault(f fault) {
	if len(c.checked.Faults) < shownFaults {
		c.checked.Faults = append(c.checked.Faults, f)
	}
}

func (c *checking) write() error {
	k := c.checked
	if c.JSON {
		line, err := json.Marshal(k)
		if err != nil {
			return fmt.Errorf("write what was checked: %w", err)
		}
		_, err = fmt.Fprintf(c.Out, "%s\n", line)
		return err
	}
	var told strings.Builder
	for i := range k.Rows {
		tellRow(&told, &k.Rows[i])
	}
	v := &k.Coverage
	fmt.Fprintf(&told, "%s rows: %s mapped, %s skipped, %s broken\n", number(v.Rows), number(v.Mapped), number(v.Skipped), number(v.Broken))
	fmt.Fprintf(&told, "%s events from %s\n", number(v.Made), k.Source)
	for _, typ := range slices.Sorted(maps.Keys(v.Types)) {
		fmt.Fprintf(&told, "%12s  %s\n", number(v.Types[typ]), typ)
	}
	tellCoverage(&told, v)
	if k.Twice != nil {
		fmt.Fprintf(&told, "ids that stand twice: %s, the first %s at lines %d and %d\n", number(k.Doubled), k.Twice.ID, k.Twice.Lines[0], k.Twice.Lines[1])
	}
	for i := range k.Faults {
		fmt.Fprintln(&told, &k.Faults[i])
	}
	if more := v.Broken + k.Refused - len(k.Faults); more > 0 {
		fmt.Fprintf(&told, "… and %s more\n", number(more))
	}
	_, err := io.WriteString(c.Out, told.String())
	return err
}

func tellRow(to *strings.Builder, r *CheckedRow) {
	fmt.Fprintf(to, "line %d of %s\n", r.Line, r.File)
	switch {
	case r.Broken != "":
		fmt.Fprintf(to, "  broken: %s\n", r.Broken)
	case r.Skipped != "":
		fmt.Fprintf(to, "  skipped: %s\n", r.Skipped)
	}
	for _, body := range r.Events {
		var e struct {
			ID, Subject, Type, Time string
			Sequence                *int
			Data                    json.RawMessage
		}
		if json.Unmarshal(body, &e) != nil {
			continue
		}
		fmt.Fprintf(to, "  %s  %s  id %s", e.Type, e.Time, e.ID)
		if e.Subject != "" {
			fmt.Fprintf(to, "  subject %s", e.Subject)
		}
		if e.Sequence != nil {
			fmt.Fprintf(to, "  sequence %d", *e.Sequence)
		}
		fmt.Fprintf(to, "\n    %s\n", e.Data)
	}
	fmt.Fprintln(to)
}
