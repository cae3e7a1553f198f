package mapping

import (
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// document is the YAML form of a mapping; doc.go has its grammar.
type document struct {
	System  text                  `yaml:"system"`
	Input   inputForm             `yaml:"input"`
	Times   timesForm             `yaml:"times"`
	Columns members[columnForm]   `yaml:"columns"`
	Row     rowForm               `yaml:"row"`
	Skip    []skipForm            `yaml:"skip"`
	Codes   map[string]*tableForm `yaml:"codes"`
	Define  members[text]         `yaml:"define"`
	Events  []eventForm           `yaml:"events"`
}

type inputForm struct {
	Format    text     `yaml:"format"`
	Encoding  text     `yaml:"encoding"`
	Delimiter text     `yaml:"delimiter"`
	Header    *bool    `yaml:"header"`
	Nulls     []string `yaml:"nulls"`
}

type timesForm struct {
	Layout  texts `yaml:"layout"`
	Zone    text  `yaml:"zone"`
	Doubled text  `yaml:"doubled"`
	Missing text  `yaml:"missing"`
}

type columnForm struct {
	Name       text      `yaml:"name"`
	Occurrence int       `yaml:"occurrence"`
	Position   int       `yaml:"position"`
	Path       text      `yaml:"path"`
	As         text      `yaml:"as"`
	Nulls      *[]string `yaml:"nulls"`
	Codes      text      `yaml:"codes"`
	Layout     texts     `yaml:"layout"`
	Zone       text      `yaml:"zone"`
}

type rowForm struct {
	Time     text   `yaml:"time"`
	Key      text   `yaml:"key"`
	Previous []text `yaml:"previous"`
}

type skipForm struct {
	When   text `yaml:"when"`
	Reason text `yaml:"reason"`
}

type tableForm struct {
	Map       map[string]*string `yaml:"map"`
	Otherwise text               `yaml:"otherwise"`
}

type eventForm struct {
	Type     text `yaml:"type"`
	Each     text `yaml:"each"`
	When     text `yaml:"when"`
	ID       text `yaml:"id"`
	Subject  text `yaml:"subject"`
	Time     text `yaml:"time"`
	Sequence text `yaml:"sequence"`
	Revision text `yaml:"revision"`
	Data     text `yaml:"data"`
}

// UnmarshalYAML reads `name` as short for `{name: name}`.
func (c *columnForm) UnmarshalYAML(n ast.Node) error {
	if _, ok := n.(ast.MapNode); !ok {
		return c.Name.UnmarshalYAML(n)
	}
	type plain columnForm
	return yaml.NodeToValue(n, (*plain)(c), yaml.Strict())
}

// text is a text of the mapping and where it is written.
type text struct {
	value string
	at    place
	block bool // written as a block: its first line is the one after at
}

func (t *text) given() bool { return t.at.line > 0 }

// UnmarshalYAML takes a scalar as it is written: 5, true and "x" are texts.
func (t *text) UnmarshalYAML(n ast.Node) error {
	t.at = placeOf(n)
	switch n := n.(type) {
	case *ast.LiteralNode:
		t.value, t.block = n.Value.Value, true
	case *ast.StringNode:
		t.value = n.Value
	case *ast.NullNode, *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return t.at.wrong("a text is expected")
	case ast.ScalarNode:
		t.value = n.GetToken().Value
	default:
		return t.at.wrong("a text is expected")
	}
	return nil
}

// near is the place of a byte of the text.
func (t *text) near(offset int) place {
	p := t.at
	before := t.value[:min(max(offset, 0), len(t.value))]
	lines := strings.Count(before, "\n")
	if t.block {
		p.line += 1 + lines
	} else if lines == 0 {
		p.column += len(before)
	}
	return p
}

// texts is one text or a list of them.
type texts []text

// UnmarshalYAML reads either form.
func (ts *texts) UnmarshalYAML(n ast.Node) error {
	if list, ok := n.(*ast.SequenceNode); ok {
		for _, v := range list.Values {
			var t text
			if err := t.UnmarshalYAML(v); err != nil {
				return err
			}
			*ts = append(*ts, t)
		}
		return nil
	}
	var t text
	if err := t.UnmarshalYAML(n); err != nil {
		return err
	}
	*ts = texts{t}
	return nil
}

// members is a YAML mapping in the order in which it is written.
type members[V any] []member[V]

type member[V any] struct {
	name  string
	at    place
	value V
}

// UnmarshalYAML keeps names, order and places.
func (ms *members[V]) UnmarshalYAML(n ast.Node) error {
	all, ok := n.(ast.MapNode)
	if !ok {
		return placeOf(n).wrong("names with values are expected")
	}
	for it := all.MapRange(); it.Next(); {
		m := member[V]{name: it.Key().String(), at: placeOf(it.Value())}
		if err := yaml.NodeToValue(it.Value(), &m.value, yaml.Strict()); err != nil {
			return err
		}
		*ms = append(*ms, m)
	}
	return nil
}
