package mapping

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/itchyny/gojq"
)

// plain is an expression of a small part of jq as a Go function: paths,
// variables, texts with \(…), == and the order of texts and whole numbers, and, or,
// not, //, +, if, objects and arrays. It gives exactly one value. `in` is its
// input; at the root of an expression it is nil, and the row in scope is meant. It
// returns errUnsure for anything on which jq might have its own view.
type plain func(s *scope, in any) (any, error)

var (
	errNotPlain = errors.New("not plain")
	errUnsure   = errors.New("unsure")
)

type plainer struct{ names *names }

// query makes a query plain, or returns errNotPlain. Other errors are mistakes
// that jq would pass over in silence: a column that there is not.
func (p *plainer) query(q *gojq.Query, root bool) (plain, error) {
	if q == nil || len(q.FuncDefs) > 0 || len(q.Imports) > 0 || len(q.Patterns) > 0 || q.Meta != nil {
		return nil, errNotPlain
	}
	if q.Term != nil {
		return p.term(q.Term, root)
	}
	if q.Op == gojq.OpPipe {
		left, err := p.query(q.Left, root)
		if err != nil {
			return nil, err
		}
		right, err := p.query(q.Right, false)
		if err != nil {
			return nil, err
		}
		return func(s *scope, in any) (any, error) {
			v, err := left(s, in)
			if err != nil {
				return nil, err
			}
			return right(s, v)
		}, nil
	}
	left, err := p.query(q.Left, root)
	if err != nil {
		return nil, err
	}
	right, err := p.query(q.Right, root)
	if err != nil {
		return nil, err
	}
	return binary(q.Op, left, right)
}

func binary(op gojq.Operator, left, right plain) (plain, error) {
	switch op {
	case gojq.OpAnd, gojq.OpOr:
		return func(s *scope, in any) (any, error) {
			l, err := left(s, in)
			if err != nil {
				return nil, err
			}
			if truthy(l) == (op == gojq.OpOr) {
				return op == gojq.OpOr, nil
			}
			r, err := right(s, in)
			return truthy(r), err
		}, nil
	case gojq.OpAlt:
		return func(s *scope, in any) (any, error) {
			if l, err := left(s, in); err != nil || truthy(l) {
				return l, err
			}
			return right(s, in)
		}, nil
	}
	apply := map[gojq.Operator]func(l, r any) (any, error){
		gojq.OpAdd: add,
		gojq.OpEq:  func(l, r any) (any, error) { c, err := order(l, r); return c == 0, err },
		gojq.OpNe:  func(l, r any) (any, error) { c, err := order(l, r); return c != 0, err },
		gojq.OpLt:  func(l, r any) (any, error) { c, err := order(l, r); return c < 0, err },
		gojq.OpLe:  func(l, r any) (any, error) { c, err := order(l, r); return c <= 0, err },
		gojq.OpGt:  func(l, r any) (any, error) { c, err := order(l, r); return c > 0, err },
		gojq.OpGe:  func(l, r any) (any, error) { c, err := order(l, r); return c >= 0, err },
	}[op]
	if apply == nil {
		return nil, errNotPlain
	}
	return func(s *scope, in any) (any, error) {
		l, err := left(s, in)
		if err != nil {
			return nil, err
		}
		r, err := right(s, in)
		if err != nil {
			return nil, err
		}
		return apply(l, r)
	}, nil
}

// rank is the place of a value's type in jq's order, -1 where this file does not
// compare it.
func rank(v any) int {
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 2
		}
		return 1
	case int:
		return 3
	case string:
		return 4
	case []any:
		return 5
	case map[string]any:
		return 6
	}
	return -1
}

// order compares as jq does: null, false, true, numbers, texts, arrays, objects.
func order(l, r any) (int, error) {
	a, b := rank(l), rank(r)
	if a < 0 || b < 0 || a == b && a > 4 {
		return 0, errUnsure
	}
	if a != b {
		return a - b, nil
	}
	switch l := l.(type) {
	case int:
		if r := r.(int); l != r {
			if l < r {
				return -1, nil
			}
			return 1, nil
		}
	case string:
		return strings.Compare(l, r.(string)), nil
	}
	return 0, nil
}

func add(l, r any) (any, error) {
	if l == nil {
		return r, nil
	}
	if r == nil {
		return l, nil
	}
	switch l := l.(type) {
	case string:
		if r, ok := r.(string); ok {
			return l + r, nil
		}
	case map[string]any:
		if r, ok := r.(map[string]any); ok {
			both := make(map[string]any, len(l)+len(r))
			maps.Copy(both, l)
			maps.Copy(both, r)
			return both, nil
		}
	}
	return nil, errUnsure
}

func (p *plainer) term(t *gojq.Term, root bool) (plain, error) {
	base, steps, err := p.base(t, root)
	if err != nil {
		return nil, err
	}
	for _, name := range steps {
		from := base
		base = func(s *scope, in any) (any, error) {
			v, err := from(s, in)
			if err != nil {
				return nil, err
			}
			return memberOf(v, name)
		}
	}
	return base, nil
}

func memberOf(v any, name string) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return v[name], nil
	}
	return nil, errUnsure
}

// base is what a term starts with, and the members it then steps into.
func (p *plainer) base(t *gojq.Term, root bool) (plain, []string, error) {
	steps, err := suffixes(t.SuffixList)
	if err != nil {
		return nil, nil, err
	}
	var base plain
	switch t.Type {
	case gojq.TermTypeIdentity, gojq.TermTypeIndex:
		if t.Type == gojq.TermTypeIndex {
			name, err := indexName(t.Index)
			if err != nil {
				return nil, nil, err
			}
			steps = append([]string{name}, steps...)
		}
		return p.input(steps, root)
	case gojq.TermTypeFunc:
		base, err = p.function(t.Func, steps, root)
	case gojq.TermTypeString:
		base, err = p.text(t.Str, root)
	case gojq.TermTypeObject:
		base, err = p.object(t.Object, root)
	case gojq.TermTypeArray:
		base, err = p.array(t.Array, root)
	case gojq.TermTypeIf:
		base, err = p.choice(t.If, root)
	case gojq.TermTypeQuery:
		base, err = p.query(t.Query, root)
	case gojq.TermTypeNull:
		base = constant(nil)
	case gojq.TermTypeTrue:
		base = constant(true)
	case gojq.TermTypeFalse:
		base = constant(false)
	case gojq.TermTypeNumber:
		n, bad := strconv.Atoi(t.Number)
		if bad != nil {
			return nil, nil, errNotPlain
		}
		base = constant(n)
	default:
		return nil, nil, errNotPlain
	}
	return base, steps, err
}

func constant(v any) plain { return func(*scope, any) (any, error) { return v, nil } }

// input is the input, or at the root the row, of which a column is read without
// the others.
func (p *plainer) input(steps []string, root bool) (plain, []string, error) {
	if !root {
		return func(_ *scope, in any) (any, error) { return in, nil }, steps, nil
	}
	if p.names.columns == nil || len(steps) == 0 {
		return func(s *scope, _ any) (any, error) { return s.input() }, steps, nil
	}
	column, ok := p.names.columns[steps[0]]
	if !ok {
		return nil, nil, fmt.Errorf("there is no column %q%s", steps[0], nearest(steps[0], slices.Collect(maps.Keys(p.names.columns))))
	}
	return func(s *scope, _ any) (any, error) { return s.columns[column], nil }, steps[1:], nil
}

func (p *plainer) function(f *gojq.Func, steps []string, root bool) (plain, error) {
	if len(f.Args) > 0 {
		return nil, errNotPlain
	}
	if i := slices.Index(p.names.variables, f.Name); i >= 0 {
		if f.Name == "$previous" && len(steps) > 0 && !slices.Contains(p.names.previous, steps[0]) {
			return nil, fmt.Errorf("$previous has no %q: row.previous does not list it", steps[0])
		}
		return func(s *scope, _ any) (any, error) { return s.variable(i) }, nil
	}
	if f.Name == "not" && !root {
		return func(_ *scope, in any) (any, error) { return !truthy(in), nil }, nil
	}
	return nil, errNotPlain
}

func (p *plainer) text(t *gojq.String, root bool) (plain, error) {
	if t == nil {
		return nil, errNotPlain
	}
	if len(t.Queries) == 0 {
		return constant(t.Str), nil
	}
	parts, err := p.all(t.Queries, root)
	if err != nil {
		return nil, err
	}
	return func(s *scope, in any) (any, error) {
		var room [96]byte
		b := room[:0]
		for _, part := range parts {
			v, err := part(s, in)
			if err != nil {
				return nil, err
			}
			switch v := v.(type) {
			case string:
				b = append(b, v...)
			case int:
				b = strconv.AppendInt(b, int64(v), 10)
			case nil:
				b = append(b, "null"...)
				s.nullText = true
			default:
				return nil, errUnsure
			}
		}
		return string(b), nil
	}, nil
}

func (p *plainer) object(o *gojq.Object, root bool) (plain, error) {
	names := make([]string, len(o.KeyVals))
	values := make([]plain, len(o.KeyVals))
	for i, kv := range o.KeyVals {
		names[i] = kv.Key
		if kv.KeyString != nil && len(kv.KeyString.Queries) == 0 {
			names[i] = kv.KeyString.Str
		}
		if names[i] == "" || strings.HasPrefix(names[i], "$") || kv.KeyQuery != nil || kv.Val == nil {
			return nil, errNotPlain
		}
		var err error
		if values[i], err = p.query(kv.Val, root); err != nil {
			return nil, err
		}
	}
	return func(s *scope, in any) (any, error) {
		o := make(map[string]any, len(names))
		for i, value := range values {
			v, err := value(s, in)
			if err != nil {
				return nil, err
			}
			o[names[i]] = v
		}
		return o, nil
	}, nil
}

func (p *plainer) array(a *gojq.Array, root bool) (plain, error) {
	var queries []*gojq.Query
	for q := a.Query; q != nil; {
		if q.Term != nil || q.Op != gojq.OpComma {
			queries = append(queries, q)
			break
		}
		queries = append(queries, q.Right)
		q = q.Left
	}
	slices.Reverse(queries)
	elements, err := p.all(queries, root)
	if err != nil {
		return nil, err
	}
	return func(s *scope, in any) (any, error) {
		list := make([]any, len(elements))
		for i, element := range elements {
			var err error
			if list[i], err = element(s, in); err != nil {
				return nil, err
			}
		}
		return list, nil
	}, nil
}

func (p *plainer) choice(c *gojq.If, root bool) (plain, error) {
	arms := []*gojq.Query{c.Cond, c.Then}
	for _, elif := range c.Elif {
		arms = append(arms, elif.Cond, elif.Then)
	}
	if c.Else != nil {
		arms = append(arms, c.Else)
	}
	made, err := p.all(arms, root)
	if err != nil {
		return nil, err
	}
	if c.Else == nil { // the input is meant
		return nil, errNotPlain
	}
	return func(s *scope, in any) (any, error) {
		for i := 0; i+1 < len(made); i += 2 {
			v, err := made[i](s, in)
			if err != nil {
				return nil, err
			}
			if truthy(v) {
				return made[i+1](s, in)
			}
		}
		return made[len(made)-1](s, in)
	}, nil
}

func (p *plainer) all(queries []*gojq.Query, root bool) ([]plain, error) {
	made := make([]plain, len(queries))
	for i, q := range queries {
		var err error
		if made[i], err = p.query(q, root); err != nil {
			return nil, err
		}
	}
	return made, nil
}

func suffixes(list []*gojq.Suffix) ([]string, error) {
	var steps []string
	for _, s := range list {
		if s.Index == nil {
			return nil, errNotPlain // .a[] and .a?
		}
		name, err := indexName(s.Index)
		if err != nil {
			return nil, err
		}
		steps = append(steps, name)
	}
	return steps, nil
}

func indexName(i *gojq.Index) (string, error) {
	switch {
	case i == nil || i.IsSlice || i.Start != nil || i.End != nil:
		return "", errNotPlain
	case i.Str != nil && len(i.Str.Queries) == 0:
		return i.Str.Str, nil
	case i.Name != "":
		return i.Name, nil
	}
	return "", errNotPlain
}
