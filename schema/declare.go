package schema

import "slices"

// The schema is declared as the values below. The types of graphql-go, the
// resolvers, the plans and the SDL all come from them.

// object is a type with fields.
type object struct {
	name, doc  string
	interfaces []string
	fields     []field
}

// field is one field of an object.
type field struct {
	name string
	typ  string // as in the SDL: "[Problem!]!"
	doc  string
	args []argument
	// get gives the value from the row of its object. Where the field reads, the row
	// is what its read has brought. It is pure.
	get func(*call) any
	// read is what the field adds to the request's batch; nil where the row of its
	// object has everything.
	read reader
	// cost is what one value of it costs to read, 0 for a column of a row. What a page
	// selects costs as often as the page may be long.
	cost int
	page bool
	// class is who may see it; for the others it is null, so that it must be nullable
	// where it has one.
	class class
}

// argument is an argument of a field, or a field of an input.
type argument struct {
	name, typ, doc string
	otherwise      any // its value where absent; nil: none
}

// input is a type of arguments.
type input struct {
	name, doc string
	fields    []argument
}

// enum is a type of fixed words.
type enum struct {
	name, doc string
	values    []word
}

type word struct{ name, doc string }

// union is one of several objects.
type union struct {
	name, doc string
	members   []string
}

// iface is what several objects have in common.
type iface struct {
	name, doc string
	fields    []field
}

// scalar is a leaf. parse gives nil for what is none of it.
type scalar struct {
	name, doc string
	write     func(any) any
	parse     func(any) any
}

// declaration is a whole schema.
type declaration struct {
	query      string // the name of the object that queries start from
	scalars    []scalar
	enums      []enum
	inputs     []input
	interfaces []iface
	unions     []union
	objects    []object
}

// object is the object of that name, nil where there is none.
func (d *declaration) object(name string) *object {
	for i := range d.objects {
		if d.objects[i].name == name {
			return &d.objects[i]
		}
	}
	return nil
}

// field is the field of that name, nil where there is none.
func (o *object) field(name string) *field {
	for i := range o.fields {
		if o.fields[i].name == name {
			return &o.fields[i]
		}
	}
	return nil
}

// covers reports whether an object of that name fits a type condition.
func (d *declaration) covers(condition, object string) bool {
	if condition == object {
		return true
	}
	for i := range d.unions {
		if d.unions[i].name == condition {
			return slices.Contains(d.unions[i].members, object)
		}
	}
	o := d.object(object)
	return o != nil && slices.Contains(o.interfaces, condition)
}

// objectsOf are the names of the objects that a value of the named type may be; none
// for a leaf.
func (d *declaration) objectsOf(name string) []string {
	if d.object(name) != nil {
		return []string{name}
	}
	for i := range d.unions {
		if d.unions[i].name == name {
			return d.unions[i].members
		}
	}
	var all []string
	for i := range d.objects {
		if slices.Contains(d.objects[i].interfaces, name) {
			all = append(all, d.objects[i].name)
		}
	}
	return all
}

// call is one resolution of a field.
type call struct {
	*request
	row  any
	args arguments
}

// arguments are the arguments of a field, coerced, with those absent filled in.
type arguments map[string]any

// text is a text argument, "" where absent.
func (a arguments) text(name string) string {
	s, _ := a[name].(string)
	return s
}

// column is a field's get from a row of type R.
func column[R any](get func(R) any) func(*call) any {
	return func(c *call) any {
		row, ok := c.row.(R)
		if !ok {
			return nil
		}
		return get(row)
	}
}

// class says which values a field may show.
type class int

const (
	open       class = iota // to whoever may read the customer
	words                   // free text
	identifier              // identifiers as written
)
