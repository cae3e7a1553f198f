package mapping

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// calls is a small mapping with most of what there is.
const calls = `
system: pbx
input: {format: csv, nulls: ["", "?"]}
times: {layout: dd/MM/yyyy HH:mm:ss, zone: Europe/Paris}
columns:
  number: call
  at: {name: time, occurrence: 1, as: time}
  ended: {name: time, occurrence: 2, as: time}
  caller: from
  reason: {name: code, codes: reasons}
  waited: {name: wait, as: number}
  turn: {name: n, as: integer}
row: {time: at, key: number, previous: [turn, reason]}
skip:
  - {when: .number == "TEST", reason: a test call}
codes:
  reasons: {map: {"1": internet.slow, "8": ~}}
define:
  first: $previous == null
  who: "{customer: {phone: .caller}}"
events:
  - type: interaction.started.v1
    when: $first
    id: '"\(.number)/start"'
    subject: .number
    time: .at
    sequence: .turn
    data: '$who + {direction: "inbound", problem: {reason: .reason}}'
  - type: interaction.ended.v1
    when: .ended != null
    id: '"\(.number)/end"'
    subject: .number
    time: .ended
    data: '{end: "completed", waited: {queue: .waited}}'
`

const callsHeader = "call,time,time,from,code,wait,n\n"

// mapped is what a file becomes: a line for each event, skipped or broken row.
func mapped(t *testing.T, document, file string) ([]string, *Run) {
	t.Helper()
	m, err := Parse("m.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	run, err := m.NewRun("acme")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = run.Read(context.Background(), "f", strings.NewReader(file), func(row *Row) error {
		switch {
		case row.Broken != nil:
			got = append(got, "broken "+row.Broken.Error())
		case row.Skipped != "":
			got = append(got, fmt.Sprintf("%d skipped: %s", row.Line, row.Skipped))
		}
		for i := range row.Events {
			e := &row.Events[i]
			data, err := json.Marshal(e.Data)
			if err != nil {
				return err
			}
			got = append(got, fmt.Sprintf("%d %s %s %s %s %d %s", row.Line, e.Type, e.ID, e.Subject, textOf(e.Time), e.Sequence, data))
		}
		return nil
	})
	if err != nil {
		got = append(got, "unreadable "+err.Error())
	}
	return got, run
}

func TestRowsBecomeEvents(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		want []string
	}{
		"an event where its condition holds": {
			"c1,02/01/2026 10:00:00,?,0612345678,1,,1\n",
			[]string{`2 interaction.started.v1 c1/start c1 2026-01-02T09:00:00Z 1 {"customer":{"phone":"0612345678"},"direction":"inbound","problem":{"reason":"internet.slow"}}`},
		},
		"several events of a row": {
			"c1,02/01/2026 10:00:00,02/07/2026 10:01:00,,,12.5,1\n",
			[]string{
				`2 interaction.started.v1 c1/start c1 2026-01-02T09:00:00Z 1 {"direction":"inbound"}`,
				`2 interaction.ended.v1 c1/end c1 2026-07-02T08:01:00Z -1 {"end":"completed","waited":{"queue":12.5}}`,
			},
		},
		"the former row of the same key": {
			"c1,02/01/2026 10:00:00,,,,,1\nc2,02/01/2026 10:00:00,,,,,1\nc1,02/01/2026 10:05:00,,,,,2\n",
			[]string{
				`2 interaction.started.v1 c1/start c1 2026-01-02T09:00:00Z 1 {"direction":"inbound"}`,
				`3 interaction.started.v1 c2/start c2 2026-01-02T09:00:00Z 1 {"direction":"inbound"}`,
				`4 skipped: no event's ` + "`when`" + ` holds`,
			},
		},
		"a code that the table lacks, and one that means nothing": {
			"c1,02/01/2026 10:00:00,,,77,,1\nc2,02/01/2026 10:00:00,,,8,,1\n",
			[]string{
				`2 interaction.started.v1 c1/start c1 2026-01-02T09:00:00Z 1 {"direction":"inbound","problem":{"reason":"acme:77"}}`,
				`3 interaction.started.v1 c2/start c2 2026-01-02T09:00:00Z 1 {"direction":"inbound"}`,
			},
		},
		"a skipped row is nobody's former row": {
			"TEST,02/01/2026 10:00:00,,,,,1\nTEST,02/01/2026 10:00:00,,,,,1\n",
			[]string{"2 skipped: a test call", "3 skipped: a test call"},
		},
		"a broken row does not stop the next": {
			"c1,yesterday,,,,,1\nc2,02/01/2026 10:00:00,,,,,1\n",
			[]string{
				`broken f:2: columns.at: "yesterday" is not a time written as dd/MM/yyyy HH:mm:ss (m.yaml:7)`,
				`3 interaction.started.v1 c2/start c2 2026-01-02T09:00:00Z 1 {"direction":"inbound"}`,
			},
		},
		"a number that is none":      {"c1,02/01/2026 10:00:00,,,,,one\n", []string{`broken f:2: columns.turn: "one" is not a whole number (m.yaml:12)`}},
		"a column too few":           {"c1,02/01/2026 10:00:00\n", []string{"broken f:2: 2 columns stand there, and 7 are expected"}},
		"a null in an id":            {",02/01/2026 10:00:00,,,,,1\n", []string{`broken f:2: events[0].id: a null stands in "null/start" (m.yaml:24)`}},
		"a quote in a bare field":    {"c1,a\"b,,,,,1\nTEST,,,,,,\n", []string{`broken f:2: no CSV, at column 5: bare " in non-quoted-field`, "3 skipped: a test call"}},
		"lines inside a field count": {"TEST,,,\"a\nb\",,,\nc1,x,,,,,1\n", []string{"2 skipped: a test call", `broken f:4: columns.at: "x" is not a time written as dd/MM/yyyy HH:mm:ss (m.yaml:7)`}},
		"bytes of another encoding":  {"c1,02/01/2026 10:00:00,,\xe9,,,1\n", []string{`broken f:2: columns.caller: not UTF-8; the mapping may say ` + "`input.encoding: cp1252`" + ` (m.yaml:9)`}},
	} {
		t.Run(name, func(t *testing.T) {
			got, run := mapped(t, calls, callsHeader+tt.file)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			c := run.Coverage
			if c.Rows != c.Mapped+c.Skipped+c.Broken {
				t.Errorf("%d rows, %d mapped, %d skipped, %d broken", c.Rows, c.Mapped, c.Skipped, c.Broken)
			}
		})
	}
}

func TestHeaderLines(t *testing.T) {
	for name, tt := range map[string]struct{ file, want string }{
		"a byte order mark":     {"\xef\xbb\xbf" + callsHeader + "TEST,,,,,,\n", "2 skipped: a test call"},
		"a column that is away": {"call,time,time,from,code,wait\n", `unreadable f:1: columns.turn: the file has no column "n"; there are call code from time time wait (m.yaml:12)`},
		"one occurrence short":  {"call,time,from,code,wait,n\n", `unreadable f:1: columns.ended: the column "time" stands 1 times, and occurrence 2 is asked for (m.yaml:8)`},
		"an empty file":         {"", "unreadable f:1: the file is empty; a header line is expected"},
		"UTF-16":                {"\xff\xfec\x00", "unreadable read f: the file is UTF-16; save it as UTF-8"},
		"a quote never closed":  {callsHeader + "\"" + strings.Repeat("x\n", rowLimit), "unreadable read f: a row is longer than 1024 KiB: is there a quote that nothing closes?"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := mapped(t, calls, tt.file)
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestForms(t *testing.T) {
	const tail = `
events:
  - {type: note.added.v1, id: .id, time: '"2026-01-02T03:04:05.123456789Z"', data: '{text: .text}'}
`
	for name, tt := range map[string]struct {
		document, file string
		want           []string
	}{
		"cp1252 with semicolons": {
			"system: x\ninput: {format: csv, encoding: cp1252, delimiter: ;}\ncolumns: {id: id, text: text}",
			"id;text\n1;caf\xe9 \x80\n",
			[]string{`2 note.added.v1 1  2026-01-02T03:04:05.123456Z -1 {"text":"café €"}`},
		},
		"tabs and positions without a header": {
			"system: x\ninput: {format: csv, header: false, delimiter: '\\t'}\ncolumns: {id: {position: 2}, text: {position: 1}}",
			"a\t1\nb\t2\nc\n",
			[]string{
				`1 note.added.v1 1  2026-01-02T03:04:05.123456Z -1 {"text":"a"}`,
				`2 note.added.v1 2  2026-01-02T03:04:05.123456Z -1 {"text":"b"}`,
				"broken f:3: 1 columns stand there, and 2 are expected",
			},
		},
		"JSON lines with paths": {
			"system: x\ninput: {format: jsonl}\ncolumns: {id: {path: .call.id, as: text}, text: {path: '.notes | join(\" \")'}}",
			"{\"call\":{\"id\":7},\"notes\":[\"a\",\"b\"]}\n\n{\"call\":7}\nnull\n{} {}\n{\n",
			[]string{
				`1 note.added.v1 7  2026-01-02T03:04:05.123456Z -1 {"text":"a b"}`,
				`broken f:3: columns.id.path: expected an object but got: number (7) (m.yaml:3)`,
				"broken f:4: a JSON object is expected",
				"broken f:5: more than one JSON value stands on the line",
				"broken f:6: no JSON: unexpected EOF",
			},
		},
		"JSON lines as they are": {
			"system: x\ninput: {format: jsonl}",
			`{"id":12345678901234567890,"text":{"a":null,"b":{}}}`,
			[]string{`1 note.added.v1 12345678901234567890  2026-01-02T03:04:05.123456Z -1 {}`},
		},
		"a line too long": {
			"system: x\ninput: {format: jsonl}",
			`{"id":"` + strings.Repeat("x", rowLimit) + "\"}\n{\"id\":1}",
			[]string{"broken f:1: the line is longer than 1024 KiB", `2 note.added.v1 1  2026-01-02T03:04:05.123456Z -1 {}`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := mapped(t, tt.document+tail, tt.file)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEachGivesAnEventForEachValue(t *testing.T) {
	const document = `
system: x
input: {format: jsonl}
columns: {id: id, legs: legs}
events:
  - type: note.added.v1
    each: .legs[]
    when: $each.kept
    id: '"\(.id)/\($each.n)"'
    time: $each.at
`
	got, _ := mapped(t, document, `{"id":"a","legs":[{"n":1,"kept":true,"at":"2026-01-02T03:04:05+01:00"},{"n":2},{"n":3,"kept":1,"at":"2026-01-02T03:04:06Z"}]}
{"id":"b","legs":[{"n":1,"kept":true,"at":"2026-01-02T03:04:05Z"},{"n":1,"kept":true,"at":"2026-01-02T03:04:05Z"}]}
{"id":"c","legs":[{"n":1,"kept":true,"at":"noon"}]}
{"id":"d"}`)
	want := []string{
		"1 note.added.v1 a/1  2026-01-02T02:04:05Z -1 {}",
		"1 note.added.v1 a/3  2026-01-02T03:04:06Z -1 {}",
		`broken f:2: events[0].id: "b/1" is the id of another event of this row (m.yaml:9)`,
		"broken f:3: events[0].time: noon is no time; a column `as: time` gives one (m.yaml:10)",
		"broken f:4: events[0].each: cannot iterate over: null (m.yaml:7)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestARowOfTooManyEvents(t *testing.T) {
	got, _ := mapped(t, "system: x\ninput: {format: jsonl}\nevents: [{type: note.added.v1, each: 'range(1001)', id: $each, time: .at}]", `{"at":"2026-01-02T03:04:05Z"}`)
	if want := []string{"broken f:1: events[0].each: it gives more than 1000 values (m.yaml:3)"}; !cmp.Equal(want, got) {
		t.Error(got)
	}
}

func TestAnExpressionThatNeverEnds(t *testing.T) {
	got, _ := mapped(t, "system: x\ninput: {format: jsonl}\nevents: [{type: note.added.v1, id: 'last(repeat(1))', time: .at}]", `{"at":"2026-01-02T03:04:05Z"}`)
	if want := []string{"broken f:1: events[0].id: it runs for more than 1s (m.yaml:3)"}; !cmp.Equal(want, got) {
		t.Error(got)
	}
}

func TestAReadingEndsWithItsContext(t *testing.T) {
	m, err := Parse("m.yaml", []byte("system: x\ninput: {format: jsonl}\nevents: [{type: note.added.v1, id: 'last(repeat(1))', time: .at}]"))
	if err != nil {
		t.Fatal(err)
	}
	run, err := m.NewRun("acme")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run.Read(ctx, "f", strings.NewReader("{}"), func(*Row) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCoverage(t *testing.T) {
	_, run := mapped(t, calls, callsHeader+
		"c1,02/01/2026 10:00:00,02/01/2026 09:00:00,0612345678,1,,1\n"+
		"c2,02/01/2026 10:00:00,02/01/2026 11:00:00,,77,,1\n"+
		"c3,25/10/2026 02:30:00,29/03/2026 02:30:00,,77,,1\n"+
		"TEST,02/01/2026 10:00:00,,,,,1\nc4,x,,,,,1\n")
	want := Coverage{
		Rows: 5, Mapped: 3, Skipped: 1, Broken: 1, Made: 6,
		Types:      map[string]int{"interaction.started.v1": 3, "interaction.ended.v1": 3},
		Reasons:    map[string]int{"a test call": 1},
		Codes:      map[string]*CodeCoverage{"reasons": {Mapped: 1, Unmapped: 2, Codes: map[string]int{"77": 2}}},
		Future:     map[string]*FutureCoverage{"ended": {Dates: 3, Future: RowsCounted{Rows: 1, First: 3}}},
		NoCustomer: RowsCounted{Rows: 2, First: 3},
		Doubled:    map[string]int{"at": 1},
		Missing:    map[string]int{"ended": 1},
	}
	if diff := cmp.Diff(want, run.Coverage); diff != "" {
		t.Error(diff)
	}
}

func TestVendorsThatMakeNoSource(t *testing.T) {
	m, err := Parse("m.yaml", []byte(calls))
	if err != nil {
		t.Fatal(err)
	}
	for _, vendor := range []string{"", "a/b", "a b", "é"} {
		if _, err := m.NewRun(vendor); err == nil {
			t.Errorf("vendor %q is taken", vendor)
		}
	}
}
