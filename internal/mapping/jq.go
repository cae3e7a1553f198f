package mapping

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
)

// expression is a jq expression of the mapping, compiled once. What is plain
// enough runs as Go functions (plain.go); gojq runs the rest, and whatever a plain
// run is unsure of, so that an expression means what jq says it means.
type expression struct {
	at    place
	plain plain // nil where it is not plain
	code  *gojq.Code
	uses  []int // the variables that code takes, as places in scope.variables
}

// refused are the functions whose answer is not the row's alone: the same file
// must give the same events on every run and machine.
var refused = []string{
	"now", "localtime", "strflocaltime", "input", "inputs", "input_filename", "input_line_number",
	"env", "$ENV", "debug", "stderr", "halt", "halt_error", "modulemeta", "get_search_list", "$__prog_args",
}

// names are what an expression may name beside its columns.
type names struct {
	columns   map[string]int // nil: the row itself is the input, whatever it holds
	variables []string       // with their dollar, "" where one may not be used; a place here is a place in scope.variables
	previous  []string       // the columns that $previous has
}

// compile reads an expression.
func (n *names) compile(t *text) (*expression, error) {
	query, err := gojq.Parse(t.value)
	if err != nil {
		var parse *gojq.ParseError
		if errors.As(err, &parse) {
			return nil, t.near(parse.Offset-len(parse.Token)).wrong("%v", err)
		}
		return nil, t.at.wrong("%v", err)
	}
	e := &expression{at: t.at}
	called := map[string]bool{}
	if err := namedIn(reflect.ValueOf(query), called); err != nil {
		return nil, t.at.wrong("%v", err)
	}
	var taken []string
	for i, v := range n.variables {
		if v != "" && called[v] {
			e.uses = append(e.uses, i)
			taken = append(taken, v)
		}
	}
	for _, f := range refused {
		if called[f] {
			return nil, t.at.wrong("%s is refused: the same file must give the same events on every run", f)
		}
	}
	if e.code, err = gojq.Compile(query, gojq.WithVariables(taken)); err != nil {
		return nil, t.at.wrong("%v%s", err, n.hint(err))
	}
	if e.plain, err = (&plainer{names: n}).query(query, true); err != nil && !errors.Is(err, errNotPlain) {
		return nil, t.at.wrong("%v", err)
	}
	return e, nil
}

// hint lists the variables where one was not found.
func (n *names) hint(err error) string {
	if !strings.Contains(err.Error(), "variable not defined") {
		return ""
	}
	return "; there are " + strings.Join(slices.DeleteFunc(slices.Clone(n.variables), func(v string) bool { return v == "" }), " ")
}

// namedIn collects the functions and variables that a query names.
func namedIn(v reflect.Value, into map[string]bool) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		switch node := v.Interface().(type) {
		case *gojq.Import:
			return errors.New("imports are refused: a mapping is whole in itself")
		case *gojq.Func:
			into[node.Name] = true
		case *gojq.ObjectKeyVal:
			if strings.HasPrefix(node.Key, "$") { // {$name} is short for {name: $name}
				into[node.Key] = true
			}
		}
		return namedIn(v.Elem(), into)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := namedIn(v.Field(i), into); err != nil {
				return err
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := namedIn(v.Index(i), into); err != nil {
				return err
			}
		}
	}
	return nil
}

// value is what the expression gives for the row in scope: one value, nil where it
// gives none. An error is a fault with the expression's place.
func (e *expression) value(s *scope) (any, error) {
	if e.plain != nil {
		v, err := e.plain(s, nil)
		if err == nil {
			return v, nil
		}
		if !errors.Is(err, errUnsure) {
			return nil, e.at.fault("%v", err)
		}
	}
	var one any
	n := 0
	err := e.run(s, func(v any) error {
		if n++; n > 1 {
			return errors.New("it gives more than one value")
		}
		one = v
		return nil
	})
	return one, err
}

// values is all that the expression gives, at most limit values.
func (e *expression) values(s *scope, limit int) ([]any, error) {
	var all []any
	err := e.run(s, func(v any) error {
		if len(all) == limit {
			return fmt.Errorf("it gives more than %d values", limit)
		}
		all = append(all, v)
		return nil
	})
	return all, err
}

func (e *expression) run(s *scope, take func(any) error) error {
	input, err := s.input()
	if err != nil {
		return err
	}
	taken := make([]any, len(e.uses))
	for i, v := range e.uses {
		if taken[i], err = s.variable(v); err != nil {
			return err
		}
	}
	ctx, limit := s.bounded()
	for it := e.code.RunWithContext(ctx, input, taken...); ; {
		v, more := it.Next()
		if !more {
			return nil
		}
		if err, ok := v.(error); ok {
			if errors.Is(err, context.DeadlineExceeded) && s.ctx.Err() == nil {
				return e.at.fault("it runs for more than %v", limit)
			}
			if s.ctx.Err() != nil {
				return s.ctx.Err()
			}
			return e.at.fault("%v", err)
		}
		if err := take(v); err != nil {
			return e.at.fault("%v", err)
		}
	}
}

// truth is whether a condition holds; one that is not written does.
func (e *expression) truth(s *scope) (bool, error) {
	if e == nil {
		return true, nil
	}
	v, err := e.value(s)
	return truthy(v), err
}

func truthy(v any) bool { return v != nil && v != false }

// nearest is a hint at a name that was meant.
func nearest(name string, known []string) string {
	known = slices.Sorted(slices.Values(known))
	for _, k := range known {
		if strings.EqualFold(k, name) || min(len(k), len(name)) > 2 && (strings.HasPrefix(k, name) || strings.HasPrefix(name, k)) {
			return fmt.Sprintf("; is %q meant?", k)
		}
	}
	return "; there are " + strings.Join(known, " ")
}
