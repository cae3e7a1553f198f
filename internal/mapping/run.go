package mapping

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// Row is what became of one row: events, or the reason why it was skipped, or what
// is broken in it. It has exactly one of the three.
type Row struct {
	Line    int // of its file, from 1
	Events  []Event
	Skipped string
	Broken  *RowError
}

// noEvent is the reason of a row that no event's condition holds for.
const noEvent = "no event's `when` holds"

// eventLimit bounds the events of one row: they travel in one request.
const eventLimit = 1000

// Run maps the files of one log, in the order in which they are given to it: it
// remembers the last row of each key. It is used by one goroutine.
type Run struct {
	Coverage Coverage

	mapping *Mapping
	vendor  string
	source  string
	former  map[string]map[string]any // by key, the columns that `row.previous` names
	scope   *scope
	times   []time.Time // of the row's columns; zero where there is none
}

var vendorForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// NewRun begins to map logs of that vendor.
func (m *Mapping) NewRun(vendor string) (*Run, error) {
	if !vendorForm.MatchString(vendor) {
		return nil, fmt.Errorf("map for vendor %q: letters, digits and - _ . are expected", vendor)
	}
	r := &Run{
		Coverage: newCoverage(),
		mapping:  m, vendor: vendor, source: "/vendors/" + vendor + "/" + m.system,
		former: map[string]map[string]any{}, times: make([]time.Time, len(m.columns)),
	}
	r.scope = &scope{
		columns: make([]any, len(m.columns)), names: m.columnNames(),
		variables: make([]any, len(m.variables)), known: make([]bool, len(m.variables)),
		define: m.define,
	}
	r.scope.variables[varVendor], r.scope.variables[varSource] = vendor, r.source
	for i := range varDefined {
		r.scope.known[i] = true
	}
	return r, nil
}

// Source is the source of the run's events: "/vendors/<vendor>/<system>".
func (r *Run) Source() string { return r.source }

// Read maps a file row by row and gives each to take, whose error ends the
// reading. An error says that the file cannot be read, or not further; file is its
// name in errors.
func (r *Run) Read(ctx context.Context, file string, in io.Reader, take func(*Row) error) error {
	source, err := r.open(in)
	if err != nil {
		return r.unreadable(file, err)
	}
	for {
		row := Row{}
		row.Line, err = source.next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = r.mapped(ctx, source, &row)
		}
		if err != nil && !errors.As(err, &row.Broken) {
			return r.unreadable(file, err)
		}
		if row.Broken != nil {
			row.Events, row.Broken.File, row.Broken.Line = nil, file, row.Line
		}
		r.Coverage.row(&row)
		if err := take(&row); err != nil {
			return err
		}
	}
}

func (r *Run) open(in io.Reader) (rows, error) {
	in, err := decoded(in, r.mapping.encoding)
	if err != nil {
		return nil, err
	}
	if r.mapping.format == formatJSONL {
		return newJSONRows(in), nil
	}
	return newCSVRows(r.mapping, in)
}

func (r *Run) unreadable(file string, err error) error {
	var row *RowError
	if errors.As(err, &row) {
		row.File = file
		return row
	}
	return fmt.Errorf("read %s: %w", file, err)
}

// mapped makes the row's events. A fault breaks the row.
func (r *Run) mapped(ctx context.Context, source rows, row *Row) error {
	s := r.scope
	s.next(ctx, nil)
	defer s.done()
	err := source.fill(r, s)
	if err == nil {
		r.dates(row.Line)
		err = r.emit(row)
	}
	var f *fault
	if errors.As(err, &f) {
		return &RowError{Document: r.mapping.name, Written: f.at.line, Path: f.at.path, Reason: f.reason}
	}
	return err
}

func (r *Run) emit(row *Row) error {
	s, m := r.scope, r.mapping
	key := ""
	if m.key >= 0 && s.columns[m.key] != nil {
		key = fmt.Sprint(s.columns[m.key])
		if former, ok := r.former[key]; ok {
			s.variables[varPrevious] = former
		}
	}
	for i := range m.skips {
		if holds, err := m.skips[i].when.truth(s); err != nil || holds {
			row.Skipped = m.skips[i].reason
			return err
		}
	}
	if key != "" {
		defer r.remember(key)
	}
	var err error
	for _, e := range m.events {
		if row.Events, err = e.emit(r, row.Events); err != nil {
			return err
		}
		if len(row.Events) > eventLimit {
			return e.at.fault("the row gives more than %d events", eventLimit)
		}
	}
	if len(row.Events) == 0 {
		row.Skipped = noEvent
	}
	return nil
}

// remember keeps of the row what the next one of its key may ask for.
func (r *Run) remember(key string) {
	kept := make(map[string]any, len(r.mapping.previous))
	for _, i := range r.mapping.previous {
		v := r.scope.columns[i]
		if text, ok := v.(string); ok {
			v = strings.Clone(text) // not the whole line with it
		}
		kept[r.mapping.columns[i].name] = v
	}
	r.former[strings.Clone(key)] = kept
}

// column reads one column of the row.
func (r *Run) column(s *scope, i int, raw any) error {
	c := r.mapping.columns[i]
	v, err := c.value(r, raw)
	if err != nil {
		return c.at.fault("%v", err)
	}
	r.times[i] = time.Time{}
	if told, ok := v.(reading); ok {
		r.times[i] = told.at
		v = textOf(told.at)
	}
	s.columns[i] = v
	return nil
}

// dates counts the dates that are later than their row.
func (r *Run) dates(line int) {
	if r.mapping.time < 0 || r.times[r.mapping.time].IsZero() {
		return
	}
	now := r.times[r.mapping.time]
	for i, t := range r.times {
		if i != r.mapping.time && !t.IsZero() {
			r.Coverage.date(r.mapping.columns[i].name, t.After(now), line)
		}
	}
}
