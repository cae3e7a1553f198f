package schema

import "github.com/graphql-go/graphql/language/ast"

// enough is where sums stop: more than any limit, far from overflow.
const enough = 1 << 30

// extent is how far a selection reaches with its fragments expanded.
type extent struct {
	depth      int // fields below one another
	fields     int // of this level
	aliases    int
	selections int // fields and spreads, of all levels
	lists      int // lists of introspection below one another
}

func (e *extent) add(other extent) {
	e.depth = max(e.depth, other.depth)
	e.lists = max(e.lists, other.lists)
	e.fields = min(e.fields+other.fields, enough)
	e.aliases = min(e.aliases+other.aliases, enough)
	e.selections = min(e.selections+other.selections, enough)
}

// listsOfLists are the lists of introspection that lead back to themselves: a few
// below one another answer with millions of rows.
var listsOfLists = map[string]bool{"fields": true, "inputFields": true, "interfaces": true, "possibleTypes": true}

// maxLists is what the usual tools ask for, and one more.
const maxLists = 2

// measurer measures a document without fragment cycles. Each fragment is measured
// once, however often it is spread, so that the work is that of reading the document.
type measurer struct {
	fragments map[string]*ast.FragmentDefinition
	measured  map[string]extent
}

func newMeasurer(tree *ast.Document) *measurer {
	m := &measurer{fragments: map[string]*ast.FragmentDefinition{}, measured: map[string]extent{}}
	for _, definition := range tree.Definitions {
		if fragment, ok := definition.(*ast.FragmentDefinition); ok && fragment.Name != nil {
			m.fragments[fragment.Name.Value] = fragment
		}
	}
	return m
}

func (m *measurer) set(set *ast.SelectionSet) extent {
	var total extent
	if set == nil {
		return total
	}
	for _, selection := range set.Selections {
		one := extent{selections: 1}
		switch s := selection.(type) {
		case *ast.Field:
			below := m.set(s.SelectionSet)
			one.add(extent{aliases: below.aliases, selections: below.selections})
			one.depth, one.lists, one.fields = below.depth+1, below.lists, 1
			if s.Alias != nil {
				one.aliases++
			}
			if listsOfLists[s.Name.Value] {
				one.lists++
			}
		case *ast.InlineFragment:
			one.add(m.set(s.SelectionSet))
		case *ast.FragmentSpread:
			one.add(m.fragment(s.Name.Value))
		}
		total.add(one)
	}
	return total
}

func (m *measurer) fragment(name string) extent {
	if e, ok := m.measured[name]; ok {
		return e
	}
	var e extent
	if fragment := m.fragments[name]; fragment != nil {
		e = m.set(fragment.SelectionSet)
	}
	m.measured[name] = e
	return e
}

// repeated is how often the name most repeated in one selection stands there with
// fragments expanded. It expands them one by one: only for what is measured small.
func (m *measurer) repeated(set *ast.SelectionSet) int {
	if set == nil {
		return 0
	}
	counts, most := map[string]int{}, 0
	var count func(*ast.SelectionSet)
	count = func(set *ast.SelectionSet) {
		for _, selection := range set.Selections {
			switch s := selection.(type) {
			case *ast.Field:
				counts[answerName(s)]++
				most = max(most, counts[answerName(s)], m.repeated(s.SelectionSet))
			case *ast.InlineFragment:
				count(s.SelectionSet)
			case *ast.FragmentSpread:
				if fragment := m.fragments[s.Name.Value]; fragment != nil {
					count(fragment.SelectionSet)
				}
			}
		}
	}
	count(set)
	return most
}

// answerName is the name of a field in the answer.
func answerName(f *ast.Field) string {
	if f.Alias != nil {
		return f.Alias.Value
	}
	return f.Name.Value
}

// checkTree bounds a document that has no fragment cycle.
func checkTree(tree *ast.Document, limits *Limits) *Refusal {
	m := newMeasurer(tree)
	selections := 0
	for _, definition := range tree.Definitions {
		var e extent
		switch d := definition.(type) {
		case *ast.OperationDefinition:
			e = m.set(d.SelectionSet)
			if e.fields > limits.RootFields {
				return refuse(CodeTooManyRootFields, "the operation has %d fields at its root, at most %d are taken: send several requests", e.fields, limits.RootFields)
			}
		case *ast.FragmentDefinition:
			if d.Name == nil {
				continue
			}
			e = m.fragment(d.Name.Value)
		default:
			return refuse(CodeInvalid, "the document defines types: only operations and fragments are taken")
		}
		if selections = min(selections+e.selections, enough); selections > limits.Selections {
			return refuse(CodeTooManySelections, "the document selects more than %d fields with its fragments expanded: ask for less at a time", limits.Selections)
		}
		if e.depth > limits.Depth {
			return refuse(CodeTooDeep, "fields lie %d below one another, at most %d are taken: select less deeply", e.depth, limits.Depth)
		}
		if e.lists > maxLists {
			return refuse(CodeTooDeep, "lists of introspection lie %d below one another, at most %d are taken: ask for one type at a time", e.lists, maxLists)
		}
		if e.aliases > limits.Aliases {
			return refuse(CodeTooManyAliases, "the document has %d aliases, at most %d are taken: send several requests", e.aliases, limits.Aliases)
		}
	}
	for _, definition := range tree.Definitions {
		if n := m.repeated(selectionOf(definition)); n > limits.Repeated {
			return refuse(CodeRepeated, "one field stands %d times in a selection, at most %d are taken: select it once", n, limits.Repeated)
		}
	}
	return nil
}

func selectionOf(definition ast.Node) *ast.SelectionSet {
	switch d := definition.(type) {
	case *ast.OperationDefinition:
		return d.SelectionSet
	case *ast.FragmentDefinition:
		return d.SelectionSet
	default:
		return nil
	}
}
