package mapping

import (
	"errors"
	"strings"
	"testing"
)

func TestMistakesHaveTheirPlace(t *testing.T) {
	for name, tt := range map[string]struct{ from, to, want string }{
		"an unknown key":             {"row:", "rows:", `m.yaml:13:1: unknown field "rows"`},
		"an unknown key of a column": {"from\n", "{name: from, az: text}\n", `m.yaml:9:24: unknown field "az"`},
		"no YAML":                    {"input: {", "input: {{", `m.yaml:3:9: `},
		"no system":                  {"system: pbx", "", "m.yaml: system: the tool's name is expected"},
		"a format":                   {"format: csv", "format: xlsx", `m.yaml:3:17: input.format: "xlsx" is none of csv, jsonl`},
		"an encoding":                {"format: csv", "format: csv, encoding: utf-7", `input.encoding: "utf-7" is none of`},
		"a delimiter":                {"format: csv", "format: csv, delimiter: ab", "input.delimiter: one character"},
		"a layout":                   {"HH:mm:ss", "HH:mm:qq", `m.yaml:4:17: times.layout: "dd/MM/yyyy HH:mm:qq": 'q' means nothing here`},
		"a zone":                     {"Europe/Paris", "Europe/Lutetia", `times.zone: "Europe/Lutetia" is no time zone`},
		"no zone":                    {", zone: Europe/Paris", "", "columns.at: its zone is nowhere stated"},
		"a policy":                   {"zone: Europe/Paris", "zone: Europe/Paris, doubled: both", `times.doubled: "both" is none of first, second, refuse`},
		"a type of a column":         {"as: integer", "as: float", `m.yaml:12:23: columns.turn.as: "float" is none of`},
		"a table":                    {"codes: reasons}", "codes: raisons}", `columns.reason.codes: there is no table "raisons"`},
		"an otherwise":               {`"8": ~}}`, `"8": ~}, otherwise: guess}`, `codes.reasons.otherwise: "guess" is none of`},
		"a path in CSV":              {"from\n", "{path: .from}\n", "columns.caller.path: a path is of JSON lines"},
		"two places of a column":     {"from\n", "{name: from, position: 2}\n", "columns.caller: a column has either a name or a position"},
		"the row's time":             {"time: at,", "time: reason,", "row.time: the column reason is not read `as: time`"},
		"the key":                    {"key: number", "key: numbr", `m.yaml:13:22: row.key: there is no column "numbr"`},
		"a kept column":              {"[turn, reason]", "[turn, raison]", `m.yaml:13:47: row.previous[1]: there is no column "raison"`},
		"no reason to skip":          {", reason: a test call", "", "skip: what is skipped has a `when` and a `reason`"},
		"jq":                         {".ended != null", ".ended != (", `m.yaml:30:22: events[1].when: unexpected EOF`},
		"jq in a block":              {"'{end: \"completed\", waited: {queue: .waited}}'", "|\n      {end: 1,\n       waited: }", "m.yaml:36:11: events[1].data: unexpected token \"}\""},
		"a column of an expression":  {".ended != null", ".end != null", `events[1].when: there is no column "end"; is "ended" meant?`},
		"a column not kept":          {"$previous == null", "$previous.at == null", "define.first: $previous has no \"at\": row.previous does not list it"},
		"a variable":                 {"when: $first", "when: $frist", "events[0].when: variable not defined: $frist; there are $previous $vendor $source $first $who"},
		"a function":                 {".ended != null", ".ended | nope", "events[1].when: function not defined: nope/0"},
		"the clock":                  {".ended != null", "now > 0", "events[1].when: now is refused"},
		"the environment":            {".ended != null", "$ENV.HOME", "events[1].when: $ENV is refused"},
		"an input":                   {".ended != null", "'[inputs]'", "events[1].when: inputs is refused"},
		"an import":                  {".ended != null", "'import \"a\" as a; .ended'", "events[1].when: imports are refused"},
		"an event type":              {"interaction.ended.v1", "interaction.ended", `m.yaml:29:11: events[1].type: "interaction.ended" is no event type; is "interaction.ended.v1" meant?`},
		"no id":                      {"    id: '\"\\(.number)/end\"'\n", "", "events[1].type: an event of this type has no `id`"},
		"an each outside of one":     {".ended != null", "$each == 1", "events[1].when: variable not defined: $each"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(calls, tt.from) {
				t.Fatalf("the mapping has no %q", tt.from)
			}
			_, err := Parse("m.yaml", []byte(strings.Replace(calls, tt.from, tt.to, 1)))
			var mistake *DocumentError
			if !errors.As(err, &mistake) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(calls)
	f.Add("system: x\ninput: {format: jsonl}\nevents: [{type: note.added.v1, id: .a, time: .b}]")
	f.Add("a: &a [*a]")
	f.Add("columns: {a: !!str 1, b: ~}")
	f.Fuzz(func(t *testing.T, document string) {
		m, err := Parse("m.yaml", []byte(document))
		var mistake *DocumentError
		if (m == nil) == (err == nil) || err != nil && !errors.As(err, &mistake) {
			t.Errorf("mapping %v, error %v", m, err)
		}
	})
}
