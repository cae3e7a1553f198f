package importer

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/tellonce/tellonce/internal/mapping"
)

// shownFaults is how many broken rows and refused events are told one by one; a
// report file has them all.
const shownFaults = 20

// fault is a broken row or a refused event, as a report file has it.
type fault struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Outcome  string `json:"outcome"` // broken or refused
	Type     string `json:"type,omitempty"`
	ID       string `json:"id,omitempty"`
	Problem  string `json:"problem,omitempty"`
	Pointer  string `json:"pointer,omitempty"`
	Expected string `json:"expected,omitempty"`
	Detail   string `json:"detail"`
}

func (f *fault) String() string {
	s := fmt.Sprintf("%s:%d: %s: ", f.File, f.Line, f.Outcome)
	if f.ID != "" {
		s += f.Type + " " + f.ID + ": "
	}
	s += f.Detail
	if f.Pointer != "" {
		s += " (" + f.Pointer + ")"
	}
	return s
}

func faultOfEvent(e *pending) fault {
	p := e.answer.Problem
	return fault{
		File: e.table, Line: e.line, Outcome: refusedOutcome, Type: e.event.Type, ID: e.event.ID,
		Problem: p.Type, Pointer: p.Pointer, Expected: p.Expected, Detail: p.Error(),
	}
}

func faultOfRow(e *mapping.RowError) fault {
	detail := e.Reason
	if e.Path != "" {
		detail = fmt.Sprintf("%s: %s (%s:%d)", e.Path, e.Reason, e.Document, e.Written)
	}
	return fault{File: e.File, Line: e.Line, Outcome: "broken", Detail: detail}
}

// report tells of broken rows and refused events, the first of them to who waits,
// all of them to a file where one is asked for.
type report struct {
	say   func(string)
	file  *os.File
	shown int
	kinds map[string]int
	err   error // of the file, the first
}

func newReport(path string, say func(string)) (*report, error) {
	r := &report{say: say, kinds: map[string]int{}}
	if path == "" {
		return r, nil
	}
	var err error
	if r.file, err = os.Create(path); err != nil {
		return nil, fmt.Errorf("open report: %w", err)
	}
	return r, nil
}

func (r *report) tell(f fault) {
	kind := f.Outcome
	if f.Problem != "" {
		kind += " " + f.Problem[strings.LastIndexByte(f.Problem, ':')+1:]
	}
	r.kinds[kind]++
	if r.shown++; r.shown <= shownFaults {
		r.say(f.String())
	}
	if r.file == nil || r.err != nil {
		return
	}
	line, err := json.Marshal(f)
	if err == nil {
		_, err = r.file.Write(append(line, '\n'))
	}
	r.err = err
}

// close tells what was left out, and ends the file.
func (r *report) close() error {
	if more := r.shown - shownFaults; more > 0 {
		where := "; --report FILE has them all"
		if r.file != nil {
			where = "; they are in " + r.file.Name()
		}
		r.say(fmt.Sprintf("… and %s more%s", number(more), where))
	}
	if len(r.kinds) > 1 {
		var parts []string
		for _, kind := range slices.Sorted(maps.Keys(r.kinds)) {
			parts = append(parts, number(r.kinds[kind])+" "+kind)
		}
		r.say("in all " + strings.Join(parts, ", "))
	}
	if r.file == nil {
		return nil
	}
	if err := r.file.Close(); r.err == nil {
		r.err = err
	}
	if r.err != nil {
		return fmt.Errorf("write report: %w", r.err)
	}
	return nil
}

// tellCoverage writes what the mapping could not make the best of.
func tellCoverage(to *strings.Builder, c *mapping.Coverage) {
	for _, reason := range slices.Sorted(maps.Keys(c.Reasons)) {
		fmt.Fprintf(to, "skipped: %s rows, %s\n", number(c.Reasons[reason]), reason)
	}
	if n := c.NoCustomer; n.Rows > 0 {
		fmt.Fprintf(to, "rows that name no customer: %s, the first at line %d\n", number(n.Rows), n.First)
	}
	for _, table := range slices.Sorted(maps.Keys(c.Codes)) {
		t := c.Codes[table]
		if t.Unmapped == 0 {
			continue
		}
		codes := t.Frequent()
		shown := make([]string, 0, 8)
		for _, code := range codes[:min(len(codes), cap(shown))] {
			shown = append(shown, fmt.Sprintf("%q (%s)", code, number(t.Codes[code])))
		}
		more := ""
		if len(codes) > len(shown) {
			more = fmt.Sprintf(" and %s more", number(len(codes)-len(shown)))
		}
		fmt.Fprintf(to, "codes that the table %s has not: %s in %s of %s values: %s%s\n",
			table, number(len(codes)), number(t.Unmapped), number(t.Mapped+t.Unmapped), strings.Join(shown, ", "), more)
	}
	for _, column := range slices.Sorted(maps.Keys(c.Future)) {
		if f := c.Future[column]; f.Future.Rows > 0 {
			fmt.Fprintf(to, "dates in the future of their row: %s in %s of %s, the first at line %d\n",
				column, number(f.Future.Rows), number(f.Dates), f.Future.First)
		}
	}
	for _, hour := range []struct {
		what   string
		counts map[string]int
	}{{"that stood twice", c.Doubled}, {"that never was", c.Missing}} {
		for _, column := range slices.Sorted(maps.Keys(hour.counts)) {
			fmt.Fprintf(to, "times in an hour %s: %s in %s\n", hour.what, column, number(hour.counts[column]))
		}
	}
}
