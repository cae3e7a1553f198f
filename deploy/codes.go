package deploy

import (
	"bytes"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/tellonce/tellonce/domain"
)

// ParseCodes reads an operator's catalogue; the package's tour has its grammar. The
// error joins a CatalogueError for each thing that is wrong, in the order of lines;
// what holds together is looked at once all could be read.
func ParseCodes(document []byte) (domain.Codes, error) {
	document = bytes.TrimPrefix(document, []byte("\ufeff"))
	file, err := parser.ParseBytes(document, 0, parser.AllowDuplicateMapKey()) // members says it better
	if err != nil {
		return domain.Codes{}, unreadable(err)
	}
	var r reader
	if len(file.Docs) > 1 {
		r.add(placeOf(file.Docs[1].Body, ""), "one YAML document is expected, not several")
	} else {
		r.catalogue(file)
	}
	if err := r.join(); err != nil {
		return domain.Codes{}, err
	}
	r.check()
	if err := r.join(); err != nil {
		return domain.Codes{}, err
	}
	return r.codes(), nil
}

// word is a text of the catalogue and where it is written.
type word struct {
	text string
	at   place
}

// entry is a reason or a step as it is written.
type entry struct {
	code   word
	labels []word // one for each of the languages; without a line where not written
	steps  []word // of a reason
	listed bool   // a reason's steps are written, be they none

	kind, validity word // of a step
	resets         []word
}

// reader reads a catalogue; what is wrong is in its faults.
type reader struct {
	faults
	languages, equipment, measures []word
	reasons, steps                 []entry
}

// catalogue reads the sections: languages first, as labels are named after them.
func (r *reader) catalogue(file *ast.File) {
	sections := []string{"languages", "equipment", "measures", "reasons", "steps"}
	written := map[string]ast.Node{}
	var all []member
	if len(file.Docs) == 1 && file.Docs[0].Body != nil {
		all = r.members(file.Docs[0].Body, "")
	}
	for _, m := range all {
		if !slices.Contains(sections, m.name.text) {
			r.add(m.name.at, "unknown section; expected are %s", strings.Join(sections, ", "))
			continue
		}
		written[m.name.text] = m.value
	}
	if len(r.faults) > 0 {
		return
	}
	for _, section := range []string{"languages", "reasons", "steps"} {
		if written[section] == nil {
			r.add(place{}, "section %s is expected", section)
		}
	}
	if len(r.faults) > 0 {
		return
	}
	if r.languages = r.words(written["languages"], "languages"); len(r.languages) == 0 {
		r.add(placeOf(written["languages"], "languages"), "a language is expected, as [fr, en]")
		return
	}
	for _, section := range []struct {
		name string
		to   *[]word
	}{{"equipment", &r.equipment}, {"measures", &r.measures}} {
		if n := written[section.name]; n != nil {
			*section.to = r.words(n, section.name)
		}
	}
	r.reasons = r.entries(written["reasons"], "reasons", r.reasonKey, "steps")
	r.steps = r.entries(written["steps"], "steps", r.stepKey, "kind", "validity", "resets")
}

// entries reads the codes of a section. What is neither a label nor one of keys is
// unknown.
func (r *reader) entries(n ast.Node, section string, read func(*entry, member), keys ...string) []entry {
	expected := make([]string, 0, len(r.languages)+len(keys))
	for _, l := range r.languages {
		expected = append(expected, l.text)
	}
	expected = append(expected, keys...)
	var all []entry
	for _, m := range r.members(n, section) {
		e := entry{code: m.name, labels: make([]word, len(r.languages))}
		for _, key := range r.members(m.value, m.name.at.path) {
			at := slices.Index(expected, key.name.text)
			switch {
			case at < 0:
				r.add(key.name.at, "unknown key; expected are %s", strings.Join(expected, ", "))
			case at < len(r.languages):
				e.labels[at] = r.word(key.value, key.name.at.path)
			default:
				read(&e, key)
			}
		}
		all = append(all, e)
	}
	return all
}

func (r *reader) reasonKey(e *entry, key member) {
	e.steps, e.listed = r.words(key.value, key.name.at.path), true
}

func (r *reader) stepKey(e *entry, key member) {
	switch key.name.text {
	case "kind":
		e.kind = r.word(key.value, key.name.at.path)
	case "validity":
		e.validity = r.word(key.value, key.name.at.path)
	case "resets":
		e.resets = r.words(key.value, key.name.at.path)
	}
}

// member is a key with its value.
type member struct {
	name  word
	value ast.Node
}

// members are those of a YAML mapping in the order in which they are written.
func (r *reader) members(n ast.Node, path string) []member {
	all, ok := n.(ast.MapNode)
	if !ok {
		r.add(placeOf(n, path), "names with values are expected")
		return nil
	}
	var ms []member
	for it := all.MapRange(); it.Next(); {
		key, ok := it.Key().(ast.ScalarNode)
		if !ok {
			r.add(placeOf(it.Key(), path), "a plain name is expected")
			continue
		}
		name := key.GetToken().Value
		under := name
		if path != "" {
			under = path + ": " + name
		}
		m := member{name: word{name, placeOf(key, under)}, value: it.Value()}
		if i := slices.IndexFunc(ms, func(o member) bool { return o.name.text == name }); i >= 0 {
			r.add(m.name.at, "stands twice, first in line %d", ms[i].name.at.line)
			continue
		}
		ms = append(ms, m)
	}
	return ms
}

// words reads a list of texts.
func (r *reader) words(n ast.Node, path string) []word {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.add(placeOf(n, path), "a list is expected, as [a, b]")
		return nil
	}
	all := make([]word, 0, len(list.Values))
	for _, v := range list.Values {
		w := r.word(v, path)
		if slices.ContainsFunc(all, func(o word) bool { return o.text == w.text && w.text != "" }) {
			r.add(w.at, "%q stands twice", w.text)
		}
		all = append(all, w)
	}
	return all
}

// word reads a text as it is written: 5, true and "x" are texts.
func (r *reader) word(n ast.Node, path string) word {
	at := placeOf(n, path)
	switch n := n.(type) {
	case *ast.StringNode:
		return word{n.Value, at}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return word{n.GetToken().Value, at}
	case ast.MapNode:
		r.add(at, "a text is expected; one with a colon stands between quotes")
	default:
		r.add(at, "a text is expected")
	}
	return word{at: at}
}
