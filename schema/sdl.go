package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// SDL is the schema in GraphQL's schema definition language, in the order of its
// declarations.
func SDL() string { return declared().sdl() }

func (d *declaration) sdl() string {
	var b strings.Builder
	if d.query != "Query" {
		fmt.Fprintf(&b, "schema {\n  query: %s\n}\n\n", d.query)
	}
	for i := range d.objects {
		o := &d.objects[i]
		header := "type " + o.name
		if len(o.interfaces) > 0 {
			header += " implements " + strings.Join(o.interfaces, " & ")
		}
		writeFields(&b, o.doc, header, o.fields)
	}
	for i := range d.interfaces {
		writeFields(&b, d.interfaces[i].doc, "interface "+d.interfaces[i].name, d.interfaces[i].fields)
	}
	for i := range d.unions {
		writeDoc(&b, "", d.unions[i].doc)
		fmt.Fprintf(&b, "union %s = %s\n\n", d.unions[i].name, strings.Join(d.unions[i].members, " | "))
	}
	for i := range d.inputs {
		writeDoc(&b, "", d.inputs[i].doc)
		fmt.Fprintf(&b, "input %s {\n", d.inputs[i].name)
		for _, a := range d.inputs[i].fields {
			writeDoc(&b, "  ", a.doc)
			fmt.Fprintf(&b, "  %s\n", a.sdl())
		}
		b.WriteString("}\n\n")
	}
	for i := range d.enums {
		writeDoc(&b, "", d.enums[i].doc)
		fmt.Fprintf(&b, "enum %s {\n", d.enums[i].name)
		for _, v := range d.enums[i].values {
			writeDoc(&b, "  ", v.doc)
			fmt.Fprintf(&b, "  %s\n", v.name)
		}
		b.WriteString("}\n\n")
	}
	for i := range d.scalars {
		writeDoc(&b, "", d.scalars[i].doc)
		fmt.Fprintf(&b, "scalar %s\n\n", d.scalars[i].name)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func writeFields(b *strings.Builder, doc, header string, fields []field) {
	writeDoc(b, "", doc)
	fmt.Fprintf(b, "%s {\n", header)
	for i := range fields {
		f := &fields[i]
		writeDoc(b, "  ", f.doc)
		b.WriteString("  " + f.name)
		if len(f.args) > 0 {
			b.WriteString("(\n")
			for _, a := range f.args {
				writeDoc(b, "    ", a.doc)
				fmt.Fprintf(b, "    %s\n", a.sdl())
			}
			b.WriteString("  )")
		}
		fmt.Fprintf(b, ": %s\n", f.typ)
	}
	b.WriteString("}\n\n")
}

func (a argument) sdl() string {
	s := a.name + ": " + a.typ
	switch v := a.otherwise.(type) {
	case nil:
	case string:
		s += " = " + strconv.Quote(v)
	default:
		s += fmt.Sprintf(" = %v", v)
	}
	return s
}

func writeDoc(b *strings.Builder, indent, doc string) {
	switch {
	case doc == "":
	case strings.ContainsRune(doc, '\n'):
		fmt.Fprintf(b, "%s\"\"\"\n%s%s\n%s\"\"\"\n", indent, indent, strings.ReplaceAll(doc, "\n", "\n"+indent), indent)
	default:
		fmt.Fprintf(b, "%s\"\"\"%s\"\"\"\n", indent, doc)
	}
}
