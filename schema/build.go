package schema

import (
	"fmt"
	"strings"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// builder makes the types of graphql-go of a declaration.
type builder struct {
	declared *declaration
	types    map[string]graphql.Type
	objects  map[string]*graphql.Object
	err      error // the first
}

// build makes the schema of graphql-go, every type of it complete: the library
// completes types when they are first used, which is not safe for many at once.
func build(d *declaration) (*graphql.Schema, error) {
	b := &builder{declared: d, objects: map[string]*graphql.Object{}, types: map[string]graphql.Type{
		"String": graphql.String, "Int": graphql.Int, "Float": graphql.Float,
		"Boolean": graphql.Boolean, "ID": graphql.ID,
	}}
	b.leaves()
	for i := range d.inputs {
		in := &d.inputs[i]
		b.types[in.name] = graphql.NewInputObject(graphql.InputObjectConfig{
			Name: in.name, Description: in.doc,
			Fields: graphql.InputObjectConfigFieldMapThunk(func() graphql.InputObjectConfigFieldMap { return b.inputFields(in.fields) }),
		})
	}
	for i := range d.interfaces {
		of := &d.interfaces[i]
		b.types[of.name] = graphql.NewInterface(graphql.InterfaceConfig{
			Name: of.name, Description: of.doc, ResolveType: b.typeOf,
			Fields: graphql.FieldsThunk(func() graphql.Fields { return b.fields(of.fields) }),
		})
	}
	for i := range d.objects {
		b.object(&d.objects[i])
	}
	for i := range d.unions {
		of := &d.unions[i]
		members := make([]*graphql.Object, len(of.members))
		for j, name := range of.members {
			if members[j] = b.objects[name]; members[j] == nil {
				return nil, fmt.Errorf("build schema: union %s names %s, which is no object", of.name, name)
			}
		}
		b.types[of.name] = graphql.NewUnion(graphql.UnionConfig{Name: of.name, Description: of.doc, Types: members, ResolveType: b.typeOf})
	}
	config := graphql.SchemaConfig{Query: b.objects[d.query]}
	for _, o := range d.objects {
		config.Types = append(config.Types, b.objects[o.name])
	}
	s, err := graphql.NewSchema(config)
	if err == nil {
		err = b.err
	}
	if err != nil {
		return nil, fmt.Errorf("build schema: %w", err)
	}
	warm(&s)
	return &s, nil
}

func (b *builder) leaves() {
	for _, s := range b.declared.scalars {
		parse := s.parse
		b.types[s.name] = graphql.NewScalar(graphql.ScalarConfig{
			Name: s.name, Description: s.doc, Serialize: s.write, ParseValue: parse,
			ParseLiteral: func(v ast.Value) any {
				if text, ok := v.(*ast.StringValue); ok {
					return parse(text.Value)
				}
				return nil
			},
		})
	}
	for _, e := range b.declared.enums {
		values := graphql.EnumValueConfigMap{}
		for _, v := range e.values {
			values[v.name] = &graphql.EnumValueConfig{Value: v.name, Description: v.doc}
		}
		b.types[e.name] = graphql.NewEnum(graphql.EnumConfig{Name: e.name, Description: e.doc, Values: values})
	}
}

func (b *builder) object(o *object) {
	t := graphql.NewObject(graphql.ObjectConfig{
		Name: o.name, Description: o.doc,
		Fields: graphql.FieldsThunk(func() graphql.Fields { return b.fields(o.fields) }),
		Interfaces: graphql.InterfacesThunk(func() []*graphql.Interface {
			var all []*graphql.Interface
			for _, name := range o.interfaces {
				if of, ok := b.typeNamed(name).(*graphql.Interface); ok {
					all = append(all, of)
				}
			}
			return all
		}),
	})
	b.types[o.name], b.objects[o.name] = t, t
}

// typeOf is the object of a value, which says its name.
func (b *builder) typeOf(p graphql.ResolveTypeParams) *graphql.Object {
	if typed, ok := p.Value.(interface{ typeName() string }); ok {
		return b.objects[typed.typeName()]
	}
	return nil
}

func (b *builder) fields(fields []field) graphql.Fields {
	all := graphql.Fields{}
	for i := range fields {
		f := &fields[i]
		if f.class != open && strings.HasSuffix(f.typ, "!") && b.err == nil {
			b.err = fmt.Errorf("field %s is of a class and never null", f.name)
		}
		args := graphql.FieldConfigArgument{}
		for _, a := range f.args {
			args[a.name] = &graphql.ArgumentConfig{Type: b.typ(a.typ), Description: a.doc, DefaultValue: a.otherwise}
		}
		all[f.name] = &graphql.Field{Type: b.typ(f.typ), Description: f.doc, Args: args, Resolve: resolve(f)}
	}
	return all
}

func (b *builder) inputFields(fields []argument) graphql.InputObjectConfigFieldMap {
	all := graphql.InputObjectConfigFieldMap{}
	for _, a := range fields {
		all[a.name] = &graphql.InputObjectFieldConfig{Type: b.typ(a.typ), Description: a.doc, DefaultValue: a.otherwise}
	}
	return all
}

// typ is the type that the SDL writes so.
func (b *builder) typ(text string) graphql.Type {
	if inner, ok := strings.CutSuffix(text, "!"); ok {
		return graphql.NewNonNull(b.typ(inner))
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		return graphql.NewList(b.typ(strings.TrimSuffix(inner, "]")))
	}
	return b.typeNamed(text)
}

func (b *builder) typeNamed(name string) graphql.Type {
	t, ok := b.types[name]
	if !ok && b.err == nil {
		b.err = fmt.Errorf("type %s is not declared", name)
	}
	if !ok {
		return graphql.String
	}
	return t
}

// warm completes every type, with all that is looked up in it.
func warm(s *graphql.Schema) {
	var objects []*graphql.Object
	for _, t := range s.TypeMap() {
		if o, ok := t.(*graphql.Object); ok {
			objects = append(objects, o)
		}
	}
	for _, t := range s.TypeMap() {
		switch t := t.(type) {
		case *graphql.Object:
			t.Fields()
			t.Interfaces()
		case *graphql.Interface:
			t.Fields()
			for _, o := range objects {
				s.IsPossibleType(t, o)
			}
		case *graphql.Union:
			for _, o := range objects {
				s.IsPossibleType(t, o)
			}
		case *graphql.InputObject:
			t.Fields()
		case *graphql.Enum:
			t.ParseValue("")
			t.Serialize("")
		}
	}
}

// named is the name in a type of the SDL.
func named(typ string) string { return strings.Trim(typ, "[]!") }
