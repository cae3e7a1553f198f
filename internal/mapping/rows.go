package mapping

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The formats and encodings of a file.
const (
	formatCSV   = "csv"
	formatJSONL = "jsonl"

	encodingUTF8   = "utf-8"
	encodingCP1252 = "cp1252"
)

// rowLimit bounds the bytes of one row, so that a quote which nothing closes does
// not read the rest of a file into memory.
const rowLimit = 1 << 20

// rows reads a file row by row. The error of next is io.EOF at the end, a
// *RowError for a row that is broken in itself (the next may be whole), and any
// other where nothing more can be read.
type rows interface {
	next(ctx context.Context) (line int, err error)
	// fill reads the columns of the row into s.
	fill(r *Run, s *scope) error
}

// decoded is the file as UTF-8, without a byte order mark.
func decoded(in io.Reader, encoding string) (io.Reader, error) {
	b := bufio.NewReaderSize(in, 64<<10)
	start, err := b.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.Equal(start, []byte("\xef\xbb\xbf")):
		_, err = b.Discard(3)
		return b, err // a mark says it, whatever the mapping does
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, errors.New("the file is UTF-16; save it as UTF-8")
	case encoding == encodingCP1252:
		return charmap.Windows1252.NewDecoder().Reader(b), nil
	}
	return b, nil
}

// metered fails once a row is longer than rowLimit.
type metered struct {
	in   io.Reader
	left int
}

var errRowLimit = fmt.Errorf("a row is longer than %d KiB: is there a quote that nothing closes?", rowLimit>>10)

func (m *metered) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errRowLimit
	}
	n, err := m.in.Read(p)
	m.left -= n
	return n, err
}

// csvRows are the rows of a CSV file (RFC 4180).
type csvRows struct {
	in     *csv.Reader
	meter  *metered
	fields []string
	places []int // of each column of the mapping, its field
	width  int   // fields of a row; 0 until the first tells, where there is no header
}

func newCSVRows(m *Mapping, in io.Reader) (*csvRows, error) {
	r := &csvRows{meter: &metered{in: in, left: rowLimit}, places: make([]int, len(m.columns))}
	r.in = csv.NewReader(r.meter)
	r.in.Comma = m.delimiter
	r.in.FieldsPerRecord = -1
	r.in.ReuseRecord = true
	if !m.header {
		for i, c := range m.columns {
			r.places[i] = c.position - 1
		}
		return r, nil
	}
	header, err := r.in.Read()
	if errors.Is(err, io.EOF) {
		return nil, &RowError{Line: 1, Reason: "the file is empty; a header line is expected"}
	}
	if err != nil {
		return nil, fmt.Errorf("read header line: %w", err)
	}
	r.width = len(header)
	for i, c := range m.columns {
		if r.places[i], err = c.find(header); err != nil {
			return nil, &RowError{Line: 1, Document: m.name, Written: c.at.line, Path: c.at.path, Reason: err.Error()}
		}
	}
	return r, nil
}

// find is the field of the column by the header line.
func (c *column) find(header []string) (int, error) {
	if c.position > 0 {
		if c.position > len(header) {
			return 0, fmt.Errorf("position %d: the file has %d columns", c.position, len(header))
		}
		return c.position - 1, nil
	}
	var places []int
	for i, name := range header {
		if strings.TrimSpace(name) == c.header {
			places = append(places, i)
		}
	}
	switch {
	case len(places) == 0:
		return 0, fmt.Errorf("the file has no column %q%s", c.header, nearest(c.header, header))
	case c.occurrence == 0 && len(places) > 1:
		return 0, fmt.Errorf("the column %q stands %d times: say which with `occurrence`", c.header, len(places))
	case max(c.occurrence, 1) > len(places):
		return 0, fmt.Errorf("the column %q stands %d times, and occurrence %d is asked for", c.header, len(places), c.occurrence)
	}
	return places[max(c.occurrence, 1)-1], nil
}

func (r *csvRows) next(context.Context) (int, error) {
	r.meter.left = rowLimit
	var err error
	r.fields, err = r.in.Read()
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse) && !errors.Is(err, errRowLimit):
		return parse.StartLine, &RowError{Line: parse.StartLine, Reason: fmt.Sprintf("no CSV, at column %d: %v", parse.Column, parse.Err)}
	case err != nil:
		return 0, err
	}
	line, _ := r.in.FieldPos(0)
	if r.width == 0 {
		r.width = len(r.fields)
	}
	if len(r.fields) != r.width {
		return line, &RowError{Line: line, Reason: fmt.Sprintf("%d columns stand there, and %d are expected", len(r.fields), r.width)}
	}
	return line, nil
}

func (r *csvRows) fill(run *Run, s *scope) error {
	for i, c := range run.mapping.columns {
		at := r.places[i]
		if at >= len(r.fields) {
			return c.at.fault("position %d: the row has %d columns", at+1, len(r.fields))
		}
		field := r.fields[at]
		if !utf8.ValidString(field) {
			return c.at.fault("not UTF-8; the mapping may say `input.encoding: cp1252`")
		}
		if err := run.column(s, i, field); err != nil {
			return err
		}
	}
	return nil
}

// jsonRows are the rows of a file with one JSON object a line. Empty lines are
// none.
type jsonRows struct {
	in   *bufio.Reader
	line int
	row  any
}

func newJSONRows(in io.Reader) *jsonRows {
	return &jsonRows{in: bufio.NewReaderSize(in, 64<<10)}
}

func (r *jsonRows) next(ctx context.Context) (int, error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		text, err := r.read()
		if err != nil {
			return r.line, err
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if !utf8.Valid(text) {
			return r.line, &RowError{Line: r.line, Reason: "not UTF-8; the mapping may say `input.encoding: cp1252`"}
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		r.row = nil
		if err := d.Decode(&r.row); err != nil {
			return r.line, &RowError{Line: r.line, Reason: "no JSON: " + err.Error()}
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return r.line, &RowError{Line: r.line, Reason: "more than one JSON value stands on the line"}
		}
		if _, ok := r.row.(map[string]any); !ok {
			return r.line, &RowError{Line: r.line, Reason: "a JSON object is expected"}
		}
		return r.line, nil
	}
}

// read is the next line, without its end.
func (r *jsonRows) read() ([]byte, error) {
	var text []byte
	r.line++
	for {
		part, err := r.in.ReadSlice('\n')
		if len(text)+len(part) <= rowLimit {
			text = append(text, part...)
		} else {
			text = text[:rowLimit:rowLimit]
			text = append(text, 0) // longer than a row may be, told below
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(text) == 0:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		}
		if len(text) > rowLimit {
			return nil, &RowError{Line: r.line, Reason: fmt.Sprintf("the line is longer than %d KiB", rowLimit>>10)}
		}
		return text, nil
	}
}

func (r *jsonRows) fill(run *Run, s *scope) error {
	m := run.mapping
	if len(m.columns) == 0 {
		s.whole = r.row
		return nil
	}
	object, _ := r.row.(map[string]any)
	for i, c := range m.columns {
		raw := object[c.header]
		if c.path != nil {
			s.whole = r.row // what a dot means in a path
			var err error
			if raw, err = c.path.value(s); err != nil {
				return err
			}
		}
		if err := run.column(s, i, raw); err != nil {
			return err
		}
	}
	s.whole = nil // made of the columns from here on
	return nil
}

func knownFormat(t text) error {
	if !slices.Contains([]string{formatCSV, formatJSONL}, t.value) {
		return t.at.wrong("%q is none of csv, jsonl", t.value)
	}
	return nil
}
