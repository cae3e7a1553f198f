package events

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/domain"
)

var update = flag.Bool("update", false, "write the golden files that are made from the schemas")

// sameAsFile holds what was made against a golden file.
func sameAsFile(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what the schemas say; go test ./schema/events -update writes it anew (-there +said):\n%s", path, diff)
	}
}

type taken = map[domain.Class]map[string]any

func TestSplit(t *testing.T) {
	for name, tt := range map[string]struct {
		typ, data string
		want      taken
		left      string
	}{
		"texts, names and numbers go by their classes": {
			"step.tried.v1",
			`{"customer":{"account":"A1","name":"Zoé"},"agent":{"id":"a1","name":"Luc","team":"n1"},"step":"reboot.box","label":"Redémarrer","outcome":"failed","note":"calme"}`,
			taken{
				domain.IdentifierCls: {"/customer/account": "A1", "/customer/name": "Zoé"},
				domain.Staff:         {"/agent/id": "a1", "/agent/name": "Luc"},
				domain.Words:         {"/label": "Redémarrer", "/note": "calme"},
			},
			`{"agent":{"team":"n1"},"outcome":"failed","step":"reboot.box"}`,
		},
		"of a list each item": {
			"note.added.v1", `{"customer":{"phone":["0612345678","0639981234"]}}`,
			taken{domain.IdentifierCls: {"/customer/phone/0": "0612345678", "/customer/phone/1": "0639981234"}},
			`{}`,
		},
		"an asset stays, without what names it": {
			"note.added.v1", `{"problem":{"reason":"internet.down","asset":{"contract":"C9"}}}`,
			taken{domain.IdentifierCls: {"/problem/asset/contract": "C9"}},
			`{"problem":{"asset":{},"reason":"internet.down"}}`,
		},
		"a recording stays, without where it is": {
			"note.added.v1", `{"recording":{"ref":"s3://x","held_by":"acme"}}`,
			taken{domain.IdentifierCls: {"/recording/ref": "s3://x"}},
			`{"recording":{"held_by":"acme"}}`,
		},
		"the holder's agent is an agent": {
			"ticket.assigned.v1", `{"holder":{"vendor":"acme","agent":{"id":"a1","site":"Lille"}}}`,
			taken{domain.Staff: {"/holder/agent/id": "a1"}},
			`{"holder":{"agent":{"site":"Lille"},"vendor":"acme"}}`,
		},
		"within the items of a list": {
			"appointment.reported.v1", `{"id":"R1","by":"device","evidence":[{"kind":"call"},{"kind":"photograph","ref":"p/1"}]}`,
			taken{domain.IdentifierCls: {"/evidence/1/ref": "p/1"}},
			`{"by":"device","evidence":[{"kind":"call"},{"kind":"photograph"}],"id":"R1"}`,
		},
		"places and banks": {
			"bill.issued.v1", `{"bill":"F1","bank":"FR76","amount":{"amount":"1","currency":"EUR"}}`,
			taken{domain.Bank: {"/bank": "FR76"}},
			`{"amount":{"amount":"1","currency":"EUR"},"bill":"F1"}`,
		},
		"what no schema describes is kept among the words": {
			"note.added.v1", `{"mood":{"caller":"Zoé"},"agent":{"login":"zm","site":"Lille"},"text":"x"}`,
			taken{domain.Words: {"/mood": map[string]any{"caller": "Zoé"}, "/agent/login": "zm", "/text": "x"}},
			`{"agent":{"site":"Lille"}}`,
		},
		"a name with a slash": {
			"note.added.v1", `{"a/b~":1}`, taken{domain.Words: {"/a~1b~0": 1.0}}, `{}`,
		},
		"nothing personal": {
			"interaction.answered.v1", `{"waited":{"queue":12}}`, nil, `{"waited":{"queue":12}}`,
		},
		"a type that nobody knows is left alone": {
			"x.v1", `{"a":1}`, nil, `{"a":1}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var data map[string]any
			if err := json.Unmarshal([]byte(tt.data), &data); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, Split(tt.typ, data)); diff != "" {
				t.Errorf("(-want +taken):\n%s", diff)
			}
			left, err := json.Marshal(data)
			if err != nil {
				t.Fatal(err)
			}
			if string(left) != tt.left {
				t.Errorf("left %s, want %s", left, tt.left)
			}
		})
	}
}

// strings are the texts of a value, at any depth.
func stringsIn(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, stringsIn(item)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, below := range v {
			all = append(all, stringsIn(below)...)
		}
		return all
	}
	return nil
}

// The personal values of the golden files are words that stand nowhere else in
// them, so that a search for them in what is left is a proof.
func TestNothingPersonalIsLeftOfGoldenEvents(t *testing.T) {
	shown := map[domain.Class]bool{}
	for _, typ := range domain.Catalogue {
		data := goldenData(t, typ.Name)
		personal := Split(typ.Name, data)
		left, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		for class, values := range personal {
			shown[class] = true
			for at, value := range values {
				for _, text := range stringsIn(value) {
					written, err := json.Marshal(text)
					if err != nil {
						t.Fatal(err)
					}
					if strings.Contains(string(left), strings.Trim(string(written), `"`)) {
						t.Errorf("%s: the %s at %s are left in clear: %s", typ.Name, class, at, left)
					}
				}
			}
		}
	}
	for _, class := range classes {
		if !shown[class] {
			t.Errorf("no golden file has a value of class %s", class)
		}
	}
}

// What is taken and what is left are together what was sent.
func TestSplitLosesNothing(t *testing.T) {
	readGoldens(t)
	rapid.Check(t, func(t *rapid.T) {
		typ, data := broken(t)
		if len(Check(typ, data)) > 0 {
			return
		}
		before := len(stringsIn(data))
		personal := Split(typ, data)
		after := len(stringsIn(data))
		for _, values := range personal {
			for _, value := range values {
				after += len(stringsIn(value))
			}
		}
		if before != after {
			t.Fatalf("%d texts before, %d after", before, after)
		}
		if again := Split(typ, data); len(again) > 0 {
			t.Fatalf("something personal was left: %v", again)
		}
		if unknown := Unknown(typ, data); len(unknown) > 0 {
			t.Fatalf("something unknown was left: %v", unknown)
		}
	})
}

func TestUnknown(t *testing.T) {
	for name, tt := range map[string]struct {
		data string
		want []string
	}{
		"none":                        {`{"step":"x","agent":{"team":"n1"}}`, nil},
		"in the order of their bytes": {`{"mood":1,"agent":{"login":"zm"},"Z":{"a":1}}`, []string{"/data/Z", "/data/agent/login", "/data/mood"}},
	} {
		t.Run(name, func(t *testing.T) {
			var data map[string]any
			if err := json.Unmarshal([]byte(tt.data), &data); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, Unknown("step.tried.v1", data)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// personalMembers lists the personal members below a plan, "class pointer".
func personalMembers(p *plan, at string) []string {
	var lines []string
	for _, name := range p.names() {
		member := p.members[name]
		if member.class != "" {
			lines = append(lines, fmt.Sprintf("%-10s %s/%s", member.class, at, name))
		}
		lines = append(lines, personalMembers(member, at+"/"+name)...)
	}
	if p.items != nil {
		lines = append(lines, personalMembers(p.items, at+"/*")...)
	}
	return lines
}

// The list is for reading: a member that becomes clear, or personal, shows in it.
func TestPersonalMembersAreTheListed(t *testing.T) {
	common := personalMembers(compiled().plans["interaction.answered.v1"], "")
	out := "every event\n  " + strings.Join(common, "\n  ") + "\n"
	for _, typ := range domain.Catalogue {
		own := slices.DeleteFunc(personalMembers(compiled().plans[typ.Name], ""), func(line string) bool { return slices.Contains(common, line) })
		if len(own) > 0 {
			out += "\n" + typ.Name + "\n  " + strings.Join(own, "\n  ") + "\n"
		}
	}
	sameAsFile(t, filepath.Join("testdata", "personal.txt"), out)
}

// A text is personal wherever it stands.
func TestEveryTextIsPersonal(t *testing.T) {
	files := []string{definitionsFile}
	for _, typ := range Types() {
		files = append(files, typ.File)
	}
	for _, file := range files {
		schema, err := readSchema(file)
		if err != nil {
			t.Fatal(err)
		}
		var walk func(at string, value any)
		walk = func(at string, value any) {
			switch v := value.(type) {
			case map[string]any:
				if ref, _ := v["$ref"].(string); strings.HasSuffix(ref, "#/$defs/text") && v["x-personal"] == nil {
					t.Errorf("%s: %s is a text and not marked x-personal", file, at)
				}
				for name, below := range v {
					walk(at+"/"+name, below)
				}
			case []any:
				for _, item := range v {
					walk(at+"/*", item)
				}
			}
		}
		walk("", schema)
	}
}

func BenchmarkSplit(b *testing.B) {
	data := goldenData(b, "step.tried.v1")
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		one := copied(data).(map[string]any)
		b.StartTimer()
		Split("step.tried.v1", one)
	}
}
