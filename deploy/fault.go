package deploy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// CatalogueError says what is wrong in a catalogue, where, and what was expected.
type CatalogueError struct {
	Line   int    // from 1; 0 where it is the whole
	Column int    // from 1, in characters
	Path   string // of the place: "reasons: internet.slow: steps"; "": the whole
	Reason string
}

func (e *CatalogueError) Error() string {
	text := e.Reason
	if e.Path != "" {
		text = e.Path + ": " + text
	}
	if e.Line == 0 {
		return text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, text)
}

// place is where something is written.
type place struct {
	line, column int
	path         string
}

func placeOf(n ast.Node, path string) place {
	p := place{path: path}
	if n == nil {
		return p
	}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key // its own token is the colon
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		p.line, p.column = t.Position.Line, t.Position.Column
	}
	return p
}

// faults are what is wrong in one catalogue.
type faults []*CatalogueError

func (fs *faults) add(at place, reason string, args ...any) {
	if len(args) > 0 {
		reason = fmt.Sprintf(reason, args...)
	}
	*fs = append(*fs, &CatalogueError{Line: at.line, Column: at.column, Path: at.path, Reason: reason})
}

// join is one error of all, in the order of their lines; nil where there are none.
func (fs faults) join() error {
	slices.SortStableFunc(fs, func(a, b *CatalogueError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	all := make([]error, len(fs))
	for i, f := range fs {
		all[i] = f
	}
	return errors.Join(all...)
}

// unreadable is the error of a text that is no YAML.
func unreadable(err error) error {
	var written yaml.Error
	if !errors.As(err, &written) {
		return &CatalogueError{Reason: err.Error()}
	}
	e := &CatalogueError{Reason: written.GetMessage()}
	if t := written.GetToken(); t != nil && t.Position != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
	}
	return e
}
