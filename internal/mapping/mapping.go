package mapping

import (
	"crypto/sha256"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/tellonce/tellonce/domain"
)

// Mapping is a vendor's form of records, compiled. It may be used by several runs
// at once.
type Mapping struct {
	name      string // its file, for errors
	digest    [sha256.Size]byte
	system    string
	format    string
	encoding  string
	delimiter rune
	header    bool
	columns   []*column
	time      int // the column that is the row's own time, -1 where none is
	key       int // the column that names whose former row `$previous` is, -1 where none
	previous  []int
	skips     []skip
	define    []*expression
	variables []string
	events    []*emission
}

type skip struct {
	when   *expression
	reason string
}

// Digest is the SHA-256 of the mapping as it is written: another text is another
// mapping.
func (m *Mapping) Digest() [sha256.Size]byte { return m.digest }

// Name is the mapping's file, as Parse was told.
func (m *Mapping) Name() string { return m.name }

// System is the tool that the mapping reads: the end of its events' source.
func (m *Mapping) System() string { return m.system }

// Remembers reports whether a row's events depend on rows before it.
func (m *Mapping) Remembers() bool { return m.key >= 0 }

var (
	systemForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	nameForm   = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
)

// Parse compiles a mapping; name is its file. An error is a *DocumentError that
// says where it is wrong.
func Parse(name string, source []byte) (*Mapping, error) {
	doc := document{}
	if err := yaml.UnmarshalWithOptions(source, &doc, yaml.Strict()); err != nil {
		return nil, documentError(name, err)
	}
	m := &Mapping{name: name, digest: sha256.Sum256(source), system: doc.System.value, time: -1, key: -1}
	for _, part := range []func(*document) error{m.readInput, m.readColumns, m.readRow, m.readDefinitions, m.readEvents} {
		if err := part(&doc); err != nil {
			return nil, documentError(name, err)
		}
	}
	return m, nil
}

func (m *Mapping) readInput(doc *document) error {
	if !systemForm.MatchString(m.system) {
		return doc.System.at.under("system").wrong("the tool's name is expected, in small letters, digits and - _ .")
	}
	in := &doc.Input
	m.format, m.encoding, m.delimiter, m.header = in.Format.value, in.Encoding.value, ',', true
	if err := knownFormat(in.Format); err != nil {
		return err
	}
	if m.encoding == "" {
		m.encoding = encodingUTF8
	}
	if !slices.Contains([]string{encodingUTF8, encodingCP1252}, m.encoding) {
		return in.Encoding.at.wrong("%q is none of utf-8, cp1252", m.encoding)
	}
	if in.Delimiter.given() {
		d := in.Delimiter.value
		if d == `\t` {
			d = "\t"
		}
		m.delimiter, _ = utf8.DecodeRuneInString(d)
		if utf8.RuneCountInString(d) != 1 || slices.Contains([]rune{'"', '\r', '\n', utf8.RuneError}, m.delimiter) {
			return in.Delimiter.at.wrong("one character is expected, other than a quote or the end of a line")
		}
	}
	if in.Header != nil {
		m.header = *in.Header
	}
	if in.Nulls == nil {
		in.Nulls = []string{""}
	}
	return nil
}

func (m *Mapping) readColumns(doc *document) error {
	tables := map[string]*table{}
	for _, name := range slices.Sorted(maps.Keys(doc.Codes)) {
		var err error
		if tables[name], err = tableOf(name, doc.Codes[name]); err != nil {
			return err
		}
	}
	if len(doc.Columns) == 0 && m.format == formatCSV {
		return (&place{path: "columns"}).wrong("name the columns that are read")
	}
	row := names{variables: make([]string, varDefined)}
	for _, member := range doc.Columns {
		if !nameForm.MatchString(member.name) {
			return member.at.wrong("%q: a name in small letters, digits and _ is expected", member.name)
		}
		c, err := columnOf(member, doc, tables)
		if err != nil {
			return err
		}
		if member.value.Path.given() {
			if c.path, err = row.compile(&member.value.Path); err != nil {
				return err
			}
		}
		m.columns = append(m.columns, c)
	}
	return nil
}

func (m *Mapping) readRow(doc *document) error {
	find := func(t *text, place *int) error {
		if !t.given() {
			return nil
		}
		if *place = m.column(t.value); *place < 0 {
			return t.at.wrong("there is no column %q%s", t.value, nearest(t.value, m.columnNames()))
		}
		return nil
	}
	if err := find(&doc.Row.Time, &m.time); err != nil {
		return err
	}
	if m.time >= 0 && m.columns[m.time].as != asTime {
		return doc.Row.Time.at.wrong("the column %s is not read `as: time`", doc.Row.Time.value)
	}
	if err := find(&doc.Row.Key, &m.key); err != nil {
		return err
	}
	for i := range doc.Row.Previous {
		t := &doc.Row.Previous[i]
		if m.key < 0 {
			return t.at.wrong("`row.key` must say which rows belong together")
		}
		place := 0
		if err := find(t, &place); err != nil {
			return err
		}
		m.previous = append(m.previous, place)
	}
	return nil
}

func (m *Mapping) column(name string) int {
	return slices.IndexFunc(m.columns, func(c *column) bool { return c.name == name })
}

func (m *Mapping) columnNames() []string {
	all := make([]string, len(m.columns))
	for i, c := range m.columns {
		all[i] = c.name
	}
	return all
}

// names is what expressions may name at this point of reading the mapping.
func (m *Mapping) names(each bool) *names {
	n := &names{variables: slices.Clone(m.variables)}
	if len(m.columns) > 0 {
		n.columns = map[string]int{}
		for i, c := range m.columns {
			n.columns[c.name] = i
		}
	}
	for _, i := range m.previous {
		n.previous = append(n.previous, m.columns[i].name)
	}
	if m.key < 0 {
		n.variables[varPrevious] = ""
	}
	if !each {
		n.variables[varEach] = ""
	}
	return n
}

func (m *Mapping) readDefinitions(doc *document) error {
	m.variables = slices.Clone(builtinVariables)
	for i := range doc.Define {
		d := &doc.Define[i]
		if !nameForm.MatchString(d.name) || slices.Contains(m.variables, "$"+d.name) {
			return d.at.wrong("%q: a name of its own is expected, in small letters, digits and _", d.name)
		}
		e, err := m.names(false).compile(&d.value)
		if err != nil {
			return err
		}
		m.define = append(m.define, e)
		m.variables = append(m.variables, "$"+d.name)
	}
	for i := range doc.Skip {
		s := &doc.Skip[i]
		if !s.When.given() || !s.Reason.given() {
			return (&place{path: "skip"}).wrong("what is skipped has a `when` and a `reason`")
		}
		e, err := m.names(false).compile(&s.When)
		if err != nil {
			return err
		}
		m.skips = append(m.skips, skip{when: e, reason: s.Reason.value})
	}
	return nil
}

func (m *Mapping) readEvents(doc *document) error {
	if len(doc.Events) == 0 {
		return (&place{path: "events"}).wrong("a mapping makes at least one kind of event")
	}
	for i := range doc.Events {
		form := &doc.Events[i]
		if _, ok := domain.TypeNamed(form.Type.value); !ok {
			return form.Type.at.wrong("%q is no event type%s", form.Type.value, nearest(form.Type.value, typeNames()))
		}
		e := &emission{typ: form.Type.value, at: form.Type.at}
		known := m.names(form.Each.given())
		for _, part := range []struct {
			text   *text
			into   **expression
			needed string
		}{
			{&form.Each, &e.each, ""},
			{&form.When, &e.when, ""},
			{&form.ID, &e.id, "id"},
			{&form.Subject, &e.subject, ""},
			{&form.Time, &e.time, "time"},
			{&form.Sequence, &e.sequence, ""},
			{&form.Revision, &e.revision, ""},
			{&form.Data, &e.data, ""},
		} {
			if !part.text.given() {
				if part.needed != "" {
					return form.Type.at.wrong("an event of this type has no `%s`", part.needed)
				}
				continue
			}
			var err error
			if *part.into, err = known.compile(part.text); err != nil {
				return err
			}
		}
		m.events = append(m.events, e)
	}
	return nil
}

func typeNames() []string {
	all := make([]string, len(domain.Catalogue))
	for i, t := range domain.Catalogue {
		all[i] = t.Name
	}
	return all
}
