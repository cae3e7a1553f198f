package intake

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// readWhole reads a text that is one value.
func readWhole(text string) (any, *Problem, error) {
	r := &reader{in: []byte(text), maxDepth: MaxDepth}
	v, err := r.value()
	if err == nil {
		err = r.end()
	}
	return v, r.defect, err
}

func TestReaderReadsJSON(t *testing.T) {
	for text, want := range map[string]any{
		`{}`:                           map[string]any{},
		` [ 1 , "a" , null ] `:         []any{json.Number("1"), "a", nil},
		`{"a":{"b":[true,false]}}`:     map[string]any{"a": map[string]any{"b": []any{true, false}}},
		`"é\u00e9\ud83d\ude00\n\/"`:    "éé😀\n/",
		`"a\"b\\c"`:                    `a"b\c`,
		`-0`:                           json.Number("0"),
		`1.50`:                         json.Number("1.5"),
		`10e-1`:                        json.Number("1"),
		`1E3`:                          json.Number("1000"),
		`-0.0012`:                      json.Number("-0.0012"),
		`1e-9`:                         json.Number("1e-9"),
		`12.5e30`:                      json.Number("1.25e31"),
		`9007199254740993`:             json.Number("9007199254740993"),
		`0.00`:                         json.Number("0"),
		"\t{\"a\" : [ ] }\r\n":         map[string]any{"a": []any{}},
		`{"a/b~c":{"":"empty names"}}`: map[string]any{"a/b~c": map[string]any{"": "empty names"}},
	} {
		got, defect, err := readWhole(text)
		if err != nil || defect != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v, %v; want %#v", text, got, defect, err, want)
		}
	}
}

func TestReaderFindsDefects(t *testing.T) {
	for text, want := range map[string]struct {
		kind    ProblemType
		pointer string
	}{
		`{"a":1,"a":1}`:                         {DuplicateMember, "/a"},
		`{"a":[{"b":1,"\u0062":2}]}`:            {DuplicateMember, "/a/0/b"},
		`{"a":"x\u0000"}`:                       {UnusableText, "/a"},
		"{\"a\":\"x\x00\"}":                     {UnusableText, "/a"},
		"{\"a\":\"x\ty\"}":                      {UnusableText, "/a"},
		`{"a":["\ud800"]}`:                      {UnusableText, "/a/0"},
		`{"a":"\ud800\u0041"}`:                  {UnusableText, "/a"},
		`{"a":"\udc00\ud800"}`:                  {UnusableText, "/a"},
		"{\"a\":\"\xff\"}":                      {UnusableText, "/a"},
		"{\"a\":\"\\n\xed\xa0\x80\"}":           {UnusableText, "/a"},
		`{"a":1e999}`:                           {BadData, "/a"},
		`{"a":` + strings.Repeat("9", 65) + `}`: {BadData, "/a"},
		deep(MaxDepth + 1):                      {TooDeep, strings.Repeat("/0", MaxDepth)},
		deep(100_000):                           {TooDeep, strings.Repeat("/0", MaxDepth)},
		`{"/~":{"x":"\u0000"}}`:                 {UnusableText, "/~1~0/x"},
	} {
		_, defect, err := readWhole(text)
		if err != nil || defect == nil || defect.Type != want.kind.URI() || defect.Pointer != want.pointer {
			t.Errorf("%.40s: got %v, %v; want %s at %s", text, defect, err, want.kind.Name, want.pointer)
		}
	}
}

func TestReaderRefusesWhatIsNotJSON(t *testing.T) {
	for _, text := range []string{
		``, `{`, `}`, `[`, `[1`, `[1,`, `[1,]`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,}`, `{a:1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{,}`,
		`"`, `"\x"`, `"\u12"`, `"\u12G4"`, `"\`, `tru`, `nul`, `NaN`, `Infinity`, `-`, `01`, `1.`, `.5`, `1e`, `1e+`, `+1`, `0x1`,
		`{} {}`, `'a'`, `[1 2]`, "\ufeff{}", strings.Repeat("[", MaxDepth+5), `{"a":[}`,
	} {
		if v, _, err := readWhole(text); err == nil {
			t.Errorf("%.40q was read as %#v", text, v)
		}
	}
}

func TestReaderSaysWhereJSONEnds(t *testing.T) {
	_, _, err := readWhole("{\n  \"a\": 1\n  \"b\": 2\n}")
	if err == nil || !strings.Contains(err.Error(), "line 3, column 3: a comma") {
		t.Errorf("got %v, want line 3, column 3", err)
	}
}

func deep(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func TestReaderAgreesWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyJSON(3).Draw(t, "value")
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, defect, err := readWhole(string(text))
		if err != nil || defect != nil {
			t.Fatalf("%s: %v, %v", text, defect, err)
		}
		// Written again in the one form, it is still the same value.
		var back any
		if err := json.Unmarshal(appendJSON(nil, got), &back); err != nil || !reflect.DeepEqual(back, want) {
			t.Fatalf("%s came back as %s, %v", text, appendJSON(nil, got), err)
		}
	})
}

// anyJSON is a value as encoding/json decodes it.
func anyJSON(depth int) *rapid.Generator[any] {
	text := rapid.Map(rapid.String(), func(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "0") })
	leaves := []*rapid.Generator[any]{
		rapid.Map(text, func(s string) any { return s }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just[any](nil),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	below := anyJSON(depth - 1)
	return rapid.OneOf(append(leaves,
		rapid.Map(rapid.SliceOfN(below, 0, 4), func(l []any) any { return append([]any{}, l...) }),
		rapid.Map(rapid.MapOfN(text, below, 0, 4), func(m map[string]any) any { return m }),
	)...)
}

func FuzzReader(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,"\ud83d\ude00",null,true]}`, `{"a":1,"a":2}`, `"\ud800"`, "\"\xff\"", deep(40), `[{"specversion":"1.0"}]`, `1e999`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, defect, err := readWhole(string(body))
		var library any
		libraryErr := json.Unmarshal(body, &library)
		if err == nil && defect == nil {
			if libraryErr != nil {
				t.Fatalf("%q was read, and encoding/json says %v", body, libraryErr)
			}
			again, defect, err := readWhole(string(appendJSON(nil, v)))
			if err != nil || defect != nil || !reflect.DeepEqual(v, again) {
				t.Fatalf("%q: written and read again it is another value", body)
			}
		}
		if err != nil && libraryErr == nil {
			t.Fatalf("%q was not read: %v", body, err)
		}
		_, _ = ReadBatch(body)
		_, _ = ReadEvent(body)
	})
}
