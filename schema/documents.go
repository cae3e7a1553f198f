package schema

import (
	"errors"
	"fmt"
	"sync"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/location"
	"github.com/graphql-go/graphql/language/parser"
	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// document is a document that passed the guard and is valid.
type document struct {
	tree      *ast.Document
	fragments map[string]*ast.FragmentDefinition
}

// operation is the operation to run: the named one, or the only one.
func (d *document) operation(name string) (*ast.OperationDefinition, *Refusal) {
	var found *ast.OperationDefinition
	count := 0
	for _, definition := range d.tree.Definitions {
		operation, ok := definition.(*ast.OperationDefinition)
		if !ok {
			continue
		}
		count++
		if name == "" || operation.Name != nil && operation.Name.Value == name {
			found = operation
		}
	}
	switch {
	case name != "" && found == nil:
		return nil, refuse(CodeNoSuchOperation, "the document has no operation named %q: name one that it has", name)
	case found == nil:
		return nil, refuse(CodeNoSuchOperation, "the document has no operation: add a query")
	case name == "" && count > 1:
		return nil, refuse(CodeNoSuchOperation, "the document has %d operations: name one in operationName", count)
	}
	return found, nil
}

// documents turns texts into documents, in the order that keeps each step's work
// small: bytes, tokens and brackets before anything is parsed; fragment cycles
// before anything follows a fragment; limits on the tree before the rules whose work
// grows faster than the document. What is valid is kept, the oldest dropped first.
type documents struct {
	schema *graphql.Schema
	limits *Limits

	mu    sync.Mutex
	kept  *simplelru.LRU[string, *document]
	bytes int // of the texts kept
}

func newDocuments(s *graphql.Schema, limits *Limits) (*documents, error) {
	d := &documents{schema: s, limits: limits}
	kept, err := simplelru.NewLRU(limits.Cache, func(text string, _ *document) { d.bytes -= len(text) })
	if err != nil {
		return nil, fmt.Errorf("make cache of documents: %w", err)
	}
	d.kept = kept
	return d, nil
}

// get is the document of that text, or why it is none: one refusal of the guard or
// of the parser, or up to ten of validation.
func (d *documents) get(text string) (*document, []*Refusal) {
	d.mu.Lock()
	doc, ok := d.kept.Get(text)
	d.mu.Unlock()
	if ok {
		return doc, nil
	}
	doc, refusals := d.read(text)
	if len(refusals) > 0 {
		return nil, refusals
	}
	d.keep(text, doc)
	return doc, nil
}

func (d *documents) keep(text string, doc *document) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept.Contains(text) {
		return
	}
	d.bytes += len(text)
	d.kept.Add(text, doc)
	for d.bytes > d.limits.Cache {
		d.kept.RemoveOldest()
	}
}

func (d *documents) read(text string) (*document, []*Refusal) {
	if r := checkText(text, d.limits); r != nil {
		return nil, []*Refusal{r}
	}
	tree, err := parser.Parse(parser.ParseParams{Source: text})
	if err != nil {
		return nil, []*Refusal{syntaxRefusal(err)}
	}
	if found := graphql.ValidateDocument(d.schema, tree, []graphql.ValidationRuleFn{graphql.NoFragmentCyclesRule}); !found.IsValid {
		return nil, validationRefusals(CodeFragmentCycle, found.Errors)
	}
	if r := checkTree(tree, d.limits); r != nil {
		return nil, []*Refusal{r}
	}
	if found := graphql.ValidateDocument(d.schema, tree, nil); !found.IsValid {
		return nil, validationRefusals(CodeInvalid, found.Errors)
	}
	return &document{tree: tree, fragments: newMeasurer(tree).fragments}, nil
}

func syntaxRefusal(err error) *Refusal {
	r := refuse(CodeSyntax, "%s", err)
	var located *gqlerrors.Error
	if errors.As(err, &located) {
		r.Places = places(located.Locations)
	}
	return r
}

// mostErrors is how many errors of one document are told.
const mostErrors = 10

func validationRefusals(code Code, found []gqlerrors.FormattedError) []*Refusal {
	var refusals []*Refusal
	for i := range found[:min(len(found), mostErrors)] {
		r := refuse(code, "%s", found[i].Message)
		r.Places = places(found[i].Locations)
		refusals = append(refusals, r)
	}
	return refusals
}

func places(found []location.SourceLocation) []Place {
	var all []Place
	for _, l := range found {
		all = append(all, Place{Line: l.Line, Column: l.Column})
	}
	return all
}
