package schema

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/graphql-go/graphql/language/ast"
)

// order is the order in which a selection's fields stand in the answer: that of the
// document, its fragments expanded (October 2021, section 3.2.2). graphql-go answers
// with maps, which have none. Where fragments of several types select the same name,
// its first place counts for all.
type order struct {
	names []string
	below []*order // of each name; nil for a leaf
}

// orderOf is the order of a selection of a valid document.
func (d *document) orderOf(set *ast.SelectionSet) *order {
	if set == nil {
		return nil
	}
	o, at := &order{}, map[string]int{}
	var under [][]ast.Selection
	var add func([]ast.Selection)
	add = func(selections []ast.Selection) {
		for _, selection := range selections {
			switch s := selection.(type) {
			case *ast.Field:
				i, ok := at[answerName(s)]
				if !ok {
					i = len(o.names)
					at[answerName(s)] = i
					o.names, under = append(o.names, answerName(s)), append(under, nil)
				}
				if s.SelectionSet != nil {
					under[i] = append(under[i], s.SelectionSet.Selections...)
				}
			case *ast.InlineFragment:
				add(s.SelectionSet.Selections)
			case *ast.FragmentSpread:
				if fragment := d.fragments[s.Name.Value]; fragment != nil {
					add(fragment.SelectionSet.Selections)
				}
			}
		}
	}
	add(set.Selections)
	o.below = make([]*order, len(o.names))
	for i, selections := range under {
		if selections != nil {
			o.below[i] = d.orderOf(&ast.SelectionSet{Selections: selections})
		}
	}
	return o
}

// appendValue appends the JSON of an answer's value in the order of its selection.
// This and graphql.Execute are what a compiled encoder will replace: it appends the
// same bytes from the rows of the batch, and Execute stays to be compared with.
func appendValue(b []byte, v any, o *order) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case json.RawMessage:
		return append(b, v...), nil
	case []any:
		b = append(b, '[')
		for i, one := range v {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendValue(b, one, o); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case map[string]any:
		if o != nil {
			return appendObject(b, v, o)
		}
	}
	other, err := json.Marshal(v)
	return append(b, other...), err
}

func appendObject(b []byte, v map[string]any, o *order) ([]byte, error) {
	b = append(b, '{')
	first := true
	for i, name := range o.names {
		value, ok := v[name]
		if !ok {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(appendText(b, name), ':')
		var err error
		if b, err = appendValue(b, value, o.below[i]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// appendText appends a JSON string. Bytes that are no UTF-8 become U+FFFD.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size != 1 {
				i += size
				continue
			}
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			if c >= utf8.RuneSelf {
				b = append(b, `\ufffd`...)
			} else {
				b = append(b, `\u00`...)
				b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
			}
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
