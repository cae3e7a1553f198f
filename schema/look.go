package schema

import (
	"slices"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// looker looks ahead in a valid operation, so that everything it asks for is in one
// batch before anything is executed.
type looker struct {
	declared  *declaration
	schema    *graphql.Schema
	fragments map[string]*ast.FragmentDefinition
	variables map[string]any // coerced
}

// selection is a field that an operation selects, in all places that select it
// under one name of the answer.
type selection struct {
	*looker
	name  string // in the answer
	field *field
	args  arguments
	below [][]ast.Selection
}

// fields are the fields selected of an object, in the order of the document, with
// @skip and @include followed.
func (l *looker) fields(o *object, below [][]ast.Selection) []*selection {
	var found []*selection
	var add func([]ast.Selection)
	add = func(selections []ast.Selection) {
		for _, one := range selections {
			switch s := one.(type) {
			case *ast.Field:
				if l.included(s.Directives) {
					found = l.addField(found, o, s)
				}
			case *ast.InlineFragment:
				if l.included(s.Directives) && (s.TypeCondition == nil || l.declared.covers(s.TypeCondition.Name.Value, o.name)) {
					add(s.SelectionSet.Selections)
				}
			case *ast.FragmentSpread:
				fragment := l.fragments[s.Name.Value]
				if fragment != nil && l.included(s.Directives) && l.declared.covers(fragment.TypeCondition.Name.Value, o.name) {
					add(fragment.SelectionSet.Selections)
				}
			}
		}
	}
	for _, selections := range below {
		add(selections)
	}
	return found
}

func (l *looker) addField(found []*selection, o *object, s *ast.Field) []*selection {
	f := o.field(s.Name.Value)
	if f == nil {
		return found // __typename
	}
	i := slices.IndexFunc(found, func(have *selection) bool { return have.name == answerName(s) })
	if i < 0 {
		i = len(found)
		found = append(found, &selection{looker: l, name: answerName(s), field: f, args: l.arguments(f, s)})
	}
	if s.SelectionSet != nil {
		found[i].below = append(found[i].below, s.SelectionSet.Selections)
	}
	return found
}

// of are the fields selected below, of the object that the field answers with or,
// where it may be one of several, of the named one.
func (s *selection) of(object string) []*selection {
	o := s.declared.object(object)
	if o == nil {
		return nil
	}
	return s.fields(o, s.below)
}

// selectsOn reports whether a field of the named object is selected below.
func (s *selection) selectsOn(object, name string) bool {
	return slices.ContainsFunc(s.of(object), func(one *selection) bool { return one.field.name == name })
}

// selects reports whether the path of fields is selected below, whatever objects
// they are of.
func (s *selection) selects(path ...string) bool {
	if len(path) == 0 {
		return true
	}
	for _, object := range s.declared.objectsOf(named(s.field.typ)) {
		for _, one := range s.of(object) {
			if one.field.name == path[0] && one.selects(path[1:]...) {
				return true
			}
		}
	}
	return false
}

// included follows @skip and @include.
func (l *looker) included(directives []*ast.Directive) bool {
	for _, d := range directives {
		for _, a := range d.Arguments {
			given, _ := l.value(a.Value, graphql.Boolean).(bool)
			if a.Name.Value == "if" && (d.Name.Value == "skip" && given || d.Name.Value == "include" && !given) {
				return false
			}
		}
	}
	return true
}

// arguments are the field's arguments as the operation gives them.
func (l *looker) arguments(f *field, s *ast.Field) arguments {
	args := arguments{}
	for _, a := range f.args {
		if a.otherwise != nil {
			args[a.name] = a.otherwise
		}
		for _, given := range s.Arguments {
			if given.Name.Value != a.name {
				continue
			}
			if v := l.value(given.Value, l.inputType(a.typ)); v != nil {
				args[a.name] = v
			}
		}
	}
	return args
}

// inputType is the type that the SDL writes so, without its "!".
func (l *looker) inputType(text string) graphql.Type {
	if text != "" && text[len(text)-1] == '!' {
		return l.inputType(text[:len(text)-1])
	}
	if text != "" && text[0] == '[' {
		return graphql.NewList(l.inputType(text[1 : len(text)-1]))
	}
	if t := l.schema.Type(text); t != nil {
		return t
	}
	return graphql.String // a directive's argument has no declared type
}

// value coerces a literal, or gives a variable's value, which is coerced already.
func (l *looker) value(v ast.Value, t graphql.Type) any {
	if variable, ok := v.(*ast.Variable); ok {
		return l.variables[variable.Name.Value]
	}
	switch t := t.(type) {
	case *graphql.NonNull:
		return l.value(v, t.OfType)
	case *graphql.List:
		list, ok := v.(*ast.ListValue)
		if !ok {
			return []any{l.value(v, t.OfType)}
		}
		values := make([]any, len(list.Values))
		for i, one := range list.Values {
			values[i] = l.value(one, t.OfType)
		}
		return values
	case *graphql.InputObject:
		given, ok := v.(*ast.ObjectValue)
		if !ok {
			return nil
		}
		values := map[string]any{}
		for name, f := range t.Fields() {
			if f.DefaultValue != nil {
				values[name] = f.DefaultValue
			}
			for _, one := range given.Fields {
				if one.Name.Value != name {
					continue
				}
				if value := l.value(one.Value, f.Type); value != nil {
					values[name] = value
				}
			}
		}
		return values
	case *graphql.Scalar:
		return t.ParseLiteral(v)
	case *graphql.Enum:
		return t.ParseLiteral(v)
	default:
		return nil
	}
}

// cost is what the operation may cost: what each field costs, and what a page
// selects as often as the page may be long.
func (l *looker) cost(o *object, below [][]ast.Selection) int {
	total := 0
	for _, s := range l.fields(o, below) {
		total += s.cost()
	}
	return min(total, enough)
}

func (s *selection) cost() int {
	most := 0
	for _, name := range s.declared.objectsOf(named(s.field.typ)) {
		most = max(most, s.looker.cost(s.declared.object(name), s.below))
	}
	one := 1 + s.field.cost + most
	if !s.field.page {
		return min(one, enough)
	}
	n := pageLength(s.args)
	if n < 1 || n > maxPage {
		n = maxPage // refused when it is read
	}
	return min(n*one, enough)
}
