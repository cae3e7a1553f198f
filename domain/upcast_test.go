package domain

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUpcast(t *testing.T) {
	for name, tt := range map[string]struct {
		typ, data          string
		wantType, wantData string // "" for an error
	}{
		"the pilot's form": {
			"interaction.ended.v0", `{"outcome":"completed","talk_ms":90500,"remark":"calme","agent":{"id":"a1"}}`,
			"interaction.ended.v1", `{"agent":{"id":"a1"},"end":"completed","note":"calme","talk_seconds":90.5}`,
		},
		"its record, the remark sealed":        {"interaction.ended.v0", `{"outcome":"cut"}`, "interaction.ended.v1", `{"end":"cut"}`},
		"nothing in it":                        {"interaction.ended.v0", `{}`, "interaction.ended.v1", `{}`},
		"null":                                 {"interaction.ended.v0", `null`, "interaction.ended.v1", `null`},
		"today's member wins":                  {"interaction.ended.v0", `{"outcome":"cut","end":"completed"}`, "interaction.ended.v1", `{"end":"completed","outcome":"cut"}`},
		"a text for a number":                  {"interaction.ended.v0", `{"talk_ms":"long"}`, "", ""},
		"not an object":                        {"interaction.ended.v0", `[1]`, "", ""},
		"today's version is left as it is":     {"interaction.ended.v1", `{ "end" : "cut" }`, "interaction.ended.v1", `{ "end" : "cut" }`},
		"a type that nobody knows is as it is": {"x.v1", `7`, "x.v1", `7`},
	} {
		t.Run(name, func(t *testing.T) {
			typ, data, err := Upcast(tt.typ, []byte(tt.data))
			if (err != nil) != (tt.wantType == "") || typ != tt.wantType || string(data) != tt.wantData {
				t.Errorf("got %s %s, %v; want %s %s", typ, data, err, tt.wantType, tt.wantData)
			}
		})
	}
}

func TestOldVersionsLeadToTodays(t *testing.T) {
	for name := range upcasters {
		if _, today := TypeNamed(name); today {
			t.Errorf("%s is in the catalogue and has an upcaster: one of them is wrong", name)
		}
		last, steps := name, 0
		for old, ok := upcasters[last]; ok && steps <= len(upcasters); old, ok = upcasters[last] {
			last, steps = old.to, steps+1
		}
		if _, today := TypeNamed(last); !today {
			t.Errorf("%s leads to %s, which is not in the catalogue", name, last)
		}
		if Group(name) != Group(last) {
			t.Errorf("%s leads to another kind of event, %s", name, last)
		}
	}
}

func TestAnOldRecordIsReadAsToday(t *testing.T) {
	raw := strings.NewReplacer(
		"step.tried.v1", "interaction.ended.v0",
		`"step":"reboot.box","outcome":"failed","by":"customer"`, `"outcome":"abandoned","talk_ms":0`,
	).Replace(aRecord)
	r, err := DecodeRecord([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if r.Type != "interaction.ended.v1" || r.WireType != "interaction.ended.v0" {
		t.Errorf("type %s of wire type %s", r.Type, r.WireType)
	}
	ended, ok := r.Event.(*InteractionEnded)
	if !ok || ended.End != EndAbandoned || ended.TalkSeconds == nil || *ended.TalkSeconds != 0 {
		t.Errorf("read %+v", r.Event)
	}
	if string(r.Raw) != raw {
		t.Error("the record's bytes are not as they are in the log")
	}
}

func TestUpcastPointer(t *testing.T) {
	got := map[string]string{}
	for _, at := range []string{"/remark", "/remark/0", "/remarkable", "/words"} {
		got[at] = UpcastPointer("interaction.ended.v0", at)
	}
	want := map[string]string{"/remark": "/note", "/remark/0": "/note/0", "/remarkable": "/remarkable", "/words": "/words"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := UpcastPointer("interaction.ended.v1", "/remark"); got != "/remark" {
		t.Errorf("of today's version: %s", got)
	}
}
