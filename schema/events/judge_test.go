package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/domain"
)

// judge is the schemas as a JSON Schema library understands them.
func judge(t testing.TB) map[string]*jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	names := []string{definitionsFile}
	for _, typ := range domain.Catalogue {
		names = append(names, typ.Name+".json")
	}
	for _, name := range names {
		schema, err := readSchema(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("events:///"+name, schema); err != nil {
			t.Fatal(err)
		}
	}
	judges := map[string]*jsonschema.Schema{}
	for _, typ := range domain.Catalogue {
		s, err := c.Compile("events:///" + typ.Name + ".json")
		if err != nil {
			t.Fatalf("schema of %s: %v", typ.Name, err)
		}
		judges[typ.Name] = s
	}
	envelope, err := c.Compile("events:///" + definitionsFile + "#/$defs/cloudevent")
	if err != nil {
		t.Fatal(err)
	}
	judges["cloudevent"] = envelope
	return judges
}

func TestGoldenEventsPassTheJudge(t *testing.T) {
	judges := judge(t)
	for _, typ := range domain.Catalogue {
		if err := judges["cloudevent"].Validate(golden(t, typ.Name)); err != nil {
			t.Errorf("%s: %v", typ.Name, err)
		}
		if err := judges[typ.Name].Validate(goldenData(t, typ.Name)); err != nil {
			t.Errorf("%s: %v", typ.Name, err)
		}
	}
}

// values are put at random places of golden data.
var values = []any{
	nil, true, "", "x", "failed", "phone", "2026-03-12T08:00:00Z", "2026-03-12", "2026-02-30T00:00:00Z", "12.50", "EUR", "fr-FR", "a b", "?",
	strings.Repeat("a", 201), strings.Repeat("é", 254), strings.Repeat("é", 255), strings.Repeat("x", 2001), strings.Repeat("ü", 8001),
	0.0, -1.0, 1.5, 7.0, 1e9, 1e10, 1e16, -1e16, 9007199254740993.0,
	[]any{},
	[]any{"a"},
	[]any{"a", "b"},
	[]any{1.0},
	[]any{map[string]any{}},
	slices.Repeat([]any{"a"}, 21), slices.Repeat([]any{"a"}, 201),
	map[string]any{},
	map[string]any{"line": "1"},
	map[string]any{"subject": "1"},
	map[string]any{"id": "1", "source": 7.0},
}

// broken is the golden data of a type with a few members changed, removed or added.
func broken(t *rapid.T) (string, map[string]any) {
	typ := rapid.SampledFrom(domain.Catalogue).Draw(t, "type").Name
	data := copied(goldens[typ]).(map[string]any)
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		object := data
		for {
			names := slices.Sorted(maps.Keys(object))
			names = append(names, "mood", "note", "agent", "customer", "person", "kind", "asset", "contract")
			name := rapid.SampledFrom(names).Draw(t, "member")
			if below, ok := object[name].(map[string]any); ok && rapid.Bool().Draw(t, "below") {
				object = below
				continue
			}
			if list, ok := object[name].([]any); ok && len(list) > 0 && rapid.Bool().Draw(t, "item") {
				if below, ok := list[0].(map[string]any); ok {
					object = below
					continue
				}
			}
			if rapid.Bool().Draw(t, "remove") {
				delete(object, name)
			} else {
				object[name] = copied(rapid.SampledFrom(values).Draw(t, "value"))
			}
			break
		}
	}
	return typ, data
}

// goldens are the golden data by type, read once.
var goldens = map[string]map[string]any{}

func readGoldens(t testing.TB) {
	for _, typ := range domain.Catalogue {
		goldens[typ.Name] = goldenData(t, typ.Name)
	}
}

func copied(value any) any {
	switch v := value.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for name, below := range v {
			c[name] = copied(below)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i := range v {
			c[i] = copied(v[i])
		}
		return c
	default:
		return v
	}
}

func TestCheckAndTheJudgeAgree(t *testing.T) {
	judges := judge(t)
	readGoldens(t)
	rapid.Check(t, func(t *rapid.T) {
		typ, data := broken(t)
		problems := Check(typ, data)
		err := judges[typ].Validate(data)
		if (err == nil) != (len(problems) == 0) {
			t.Fatalf("Check: %v\nthe judge: %v", problems, err)
		}
		var wrong *jsonschema.ValidationError
		if !errors.As(err, &wrong) {
			return
		}
		for _, p := range problems {
			if !strings.HasPrefix(p.Pointer, "/data") || p.Expected == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}

// Every member of every golden event is put to every value in turn.
func TestCheckAndTheJudgeAgreeOnEachMember(t *testing.T) {
	for typ, judge := range judge(t) {
		if typ == "cloudevent" {
			continue
		}
		data := goldenData(t, typ)
		agree := func(at string) {
			if err, problems := judge.Validate(data), Check(typ, data); (err == nil) != (len(problems) == 0) {
				t.Errorf("%s, %s: Check: %v\nthe judge: %v", typ, at, problems, err)
			}
		}
		var each func(at string, value any, put func(any))
		each = func(at string, value any, put func(any)) {
			for _, other := range values {
				put(other)
				agree(at)
			}
			put(value)
			switch v := value.(type) {
			case map[string]any:
				for name, below := range maps.Clone(v) {
					delete(v, name)
					agree(at + "/" + name)
					each(at+"/"+name, below, func(other any) { v[name] = other })
				}
			case []any:
				for i, item := range v {
					each(fmt.Sprint(at, "/", i), item, func(other any) { v[i] = other })
				}
			}
		}
		for name, value := range maps.Clone(data) {
			each("/data/"+name, value, func(other any) { data[name] = other })
		}
	}
}

func TestWhatPassesCanBeReadAndWritten(t *testing.T) {
	readGoldens(t)
	rapid.Check(t, func(t *rapid.T) {
		typ, data := broken(t)
		if len(Check(typ, data)) > 0 {
			return
		}
		if err := readable(typ, data); err != nil {
			t.Fatal(err)
		}
	})
}

func readable(typ string, data map[string]any) error {
	written, err := json.Marshal(data)
	if err != nil {
		return err
	}
	event, err := domain.DecodeData(typ, written)
	if err != nil {
		return err
	}
	if _, err := json.Marshal(event); err != nil {
		return fmt.Errorf("write the event: %w", err)
	}
	return nil
}
