package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// DocumentError says what is wrong with a mapping, and where it is written.
type DocumentError struct {
	Document string // the mapping's file
	Line     int    // from 1; 0 where it is the whole
	Column   int    // from 1
	Path     string // of the place in the YAML: "events[2].when"
	Reason   string
}

func (e *DocumentError) Error() string {
	var b strings.Builder
	b.WriteString(e.Document)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": ")
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	return b.String() + e.Reason
}

// RowError says why a row could not be mapped: it is broken, and none of its events
// is made. The reason may quote a value of the row: it is for who holds the file, and
// for no log.
type RowError struct {
	File     string // of the row, with its name in the archive
	Line     int    // in that file, from 1; 0 where it is the whole file
	Document string // the mapping's file
	Written  int    // line there of the expression or column that failed; 0 where none did
	Path     string // its place in the YAML: "events[2].time"
	Reason   string
}

func (e *RowError) Error() string {
	at := e.File
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.Path == "" {
		return at + ": " + e.Reason
	}
	return fmt.Sprintf("%s: %s: %s (%s:%d)", at, e.Path, e.Reason, e.Document, e.Written)
}

// place is where something is written in the mapping.
type place struct {
	line, column int
	path         string
}

func placeOf(n ast.Node) place {
	p := place{path: strings.TrimPrefix(strings.TrimPrefix(n.GetPath(), "$"), ".")}
	if t := n.GetToken(); t != nil && t.Position != nil {
		p.line, p.column = t.Position.Line, t.Position.Column
	}
	return p
}

// under is the place of a member of what is written at p.
func (p place) under(name string) place {
	p.path = strings.TrimPrefix(p.path+"."+name, ".")
	return p
}

// wrong is an error in the mapping at that place.
func (p place) wrong(reason string, args ...any) error {
	if len(args) > 0 {
		reason = fmt.Sprintf(reason, args...)
	}
	return &DocumentError{Line: p.line, Column: p.column, Path: p.path, Reason: reason}
}

// fault is an error in evaluating what is written at a place.
type fault struct {
	at     place
	reason string
}

func (f *fault) Error() string { return f.at.path + ": " + f.reason }

func (p place) fault(reason string, args ...any) error {
	if len(args) > 0 {
		reason = fmt.Sprintf(reason, args...)
	}
	return &fault{at: p, reason: reason}
}

// documentError gives an error of the YAML decoder its place.
func documentError(name string, err error) error {
	var known *DocumentError
	if errors.As(err, &known) {
		known.Document = name
		return known
	}
	var written yaml.Error
	if errors.As(err, &written) {
		e := &DocumentError{Document: name, Reason: written.GetMessage()}
		if t := written.GetToken(); t != nil && t.Position != nil {
			e.Line, e.Column = t.Position.Line, t.Position.Column
		}
		return e
	}
	return &DocumentError{Document: name, Reason: err.Error()}
}
