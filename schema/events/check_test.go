package events

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tellonce/tellonce/domain"
)

func TestCheckSaysWhatWasExpectedWhere(t *testing.T) {
	long := strings.Repeat("é", 8001)
	for name, tt := range map[string]struct {
		typ   string
		spoil func(map[string]any) // of the type's golden data
		want  []Problem
	}{
		"a required member is missing": {
			"step.tried.v1", func(d map[string]any) { delete(d, "outcome") },
			[]Problem{{"/data/outcome", "required: one of worked, failed, inconclusive, refused, pending"}},
		},
		"a word outside a closed list": {
			"step.tried.v1", func(d map[string]any) { d["outcome"] = "broken" },
			[]Problem{{"/data/outcome", "one of worked, failed, inconclusive, refused, pending"}},
		},
		"a word of the list with a capital": {
			"interaction.ended.v1", func(d map[string]any) { d["end"] = "Cut" },
			[]Problem{{"/data/end", "one of completed, abandoned, deflected, contained, cut, transferred"}},
		},
		"seconds below zero": {
			"interaction.ended.v1", func(d map[string]any) { d["talk_seconds"] = -1.0 },
			[]Problem{{"/data/talk_seconds", "a number of seconds ≥ 0"}},
		},
		"seconds as text": {
			"interaction.answered.v1", func(d map[string]any) { d["waited"] = map[string]any{"queue": "12"} },
			[]Problem{{"/data/waited/queue", "a number of seconds ≥ 0"}},
		},
		"a number that no machine holds": {
			"interaction.ended.v1", func(d map[string]any) { d["talk_seconds"] = json.Number("1e999999999") },
			[]Problem{{"/data/talk_seconds", "a number of seconds ≥ 0"}},
		},
		"a count with a fraction": {
			"ticket.opened.v1", func(d map[string]any) { d["reopenings"] = 1.5 },
			[]Problem{{"/data/reopenings", "a whole number ≥ 0"}},
		},
		"a count written with a point": {
			"ticket.opened.v1", func(d map[string]any) { d["reopenings"] = json.Number("1.0") },
			[]Problem{{"/data/reopenings", "a whole number ≥ 0"}},
		},
		"a text that is too long": {
			"note.added.v1", func(d map[string]any) { d["text"] = long },
			[]Problem{{"/data/text", "a text of at most 8000 characters"}},
		},
		"a code that is empty": {
			"step.tried.v1", func(d map[string]any) { d["step"] = "" },
			[]Problem{{"/data/step", "a text of 1 to 200 characters"}},
		},
		"an object in the place of a text": {
			"step.tried.v1", func(d map[string]any) { d["step"] = map[string]any{} },
			[]Problem{{"/data/step", "a text of 1 to 200 characters"}},
		},
		"true in the place of a text": {
			"step.tried.v1", func(d map[string]any) { d["step"] = true },
			[]Problem{{"/data/step", "a text of 1 to 200 characters"}},
		},
		"null": {
			"step.tried.v1", func(d map[string]any) { d["by"] = nil },
			[]Problem{{"/data/by", "one of agent, customer, technician, automation; the member is left out where there is none, null is not accepted"}},
		},
		"a time without its offset": {
			"promise.made.v1", func(d map[string]any) { d["due"] = "2026-03-12T19:00:00" },
			[]Problem{{"/data/due", "a time such as 2026-01-02T03:04:05Z, from 1970 to 2100"}},
		},
		"a time of another age": {
			"promise.made.v1", func(d map[string]any) { d["due"] = "2199-01-01T00:00:00Z" },
			[]Problem{{"/data/due", "a time such as 2026-01-02T03:04:05Z, from 1970 to 2100"}},
		},
		"a day that is none": {
			"interaction.ended.v1", func(d map[string]any) { d["recording"].(map[string]any)["until"] = "2026-02-30" },
			[]Problem{{"/data/recording/until", "a date such as 2026-01-31"}},
		},
		"an amount as a number": {
			"credit.granted.v1", func(d map[string]any) { d["amount"].(map[string]any)["amount"] = 12.5 },
			[]Problem{{"/data/amount/amount", `a decimal number written as text, such as "12.50"`}},
		},
		"an amount with a comma": {
			"credit.granted.v1", func(d map[string]any) { d["amount"].(map[string]any)["amount"] = "12,50" },
			[]Problem{{"/data/amount/amount", `a decimal number written as text, such as "12.50"`}},
		},
		"a currency by its sign": {
			"credit.granted.v1", func(d map[string]any) { d["amount"].(map[string]any)["currency"] = "€" },
			[]Problem{{"/data/amount/currency", "a currency code of ISO 4217, such as EUR"}},
		},
		"a misspelt identifier": {
			"step.tried.v1", func(d map[string]any) { d["customer"] = map[string]any{"acount": "A1"} },
			[]Problem{{"/data/customer/acount", "no such member: one of account, customer, device, email, line, name, phone"}},
		},
		"an identifier as a number": {
			"step.tried.v1", func(d map[string]any) { d["customer"] = map[string]any{"account": 48210077.0} },
			[]Problem{{"/data/customer/account", "a text of 1 to 254 characters, or a list of 1 to 20 of them"}},
		},
		"one of a list of identifiers": {
			"step.tried.v1", func(d map[string]any) { d["customer"] = map[string]any{"phone": []any{"0612345678", ""}} },
			[]Problem{{"/data/customer/phone/1", "a text of 1 to 254 characters"}},
		},
		"no identifier in a list": {
			"step.tried.v1", func(d map[string]any) { d["customer"] = map[string]any{"phone": []any{}} },
			[]Problem{{"/data/customer/phone", "a text of 1 to 254 characters, or a list of 1 to 20 of them"}},
		},
		"both of either": {
			"step.tried.v1", func(d map[string]any) {
				d["problem"] = map[string]any{"asset": map[string]any{"line": "1", "contract": "2"}}
			},
			[]Problem{{"/data/problem/asset", "an object with exactly one of line, contract"}},
		},
		"a person, which tellonce names": {
			"step.tried.v1", func(d map[string]any) { d["agent"] = map[string]any{"person": "aa010000000000000000000000000000"} },
			[]Problem{{"/data/agent/person", "no such member: tellonce fills it in itself"}},
		},
		"a member that differs in case alone": {
			"step.tried.v1", func(d map[string]any) { d["Outcome"] = "worked" },
			[]Problem{{"/data/Outcome", "the member's name is outcome"}},
		},
		"a list that is too short": {
			"problem.joined.v1", func(d map[string]any) { d["problem_ids"] = []any{"p_1"} },
			[]Problem{{"/data/problem_ids", "a list of 2 to 50, each a text of 1 to 256 characters"}},
		},
		"a member of an item": {
			"appointment.booked.v1", func(d map[string]any) {
				d["windows"] = []any{map[string]any{"from": "2026-03-12T08:00:00Z", "until": "2026-03-12T12:00:00Z"}, map[string]any{"from": "noon"}}
			},
			[]Problem{
				{"/data/windows/1/from", "a time such as 2026-01-02T03:04:05Z, from 1970 to 2100"},
				{"/data/windows/1/until", "required: a time such as 2026-01-02T03:04:05Z, from 1970 to 2100"},
			},
		},
		"a page with its query": {
			"selfcare.visited.v1", func(d map[string]any) { d["page"] = "/pay?phone=0612345678" },
			[]Problem{{"/data/page", "a path without ? and #"}},
		},
		"a language by its name": {
			"note.added.v1", func(d map[string]any) { d["lang"] = "français" },
			[]Problem{{"/data/lang", "a language tag of BCP 47, such as fr or pt-BR"}},
		},
		"a name with a slash and a tilde": {
			"step.tried.v1", func(d map[string]any) { d["customer"] = map[string]any{"a/b~c": "x"} },
			[]Problem{{"/data/customer/a~1b~0c", "no such member: one of account, customer, device, email, line, name, phone"}},
		},
		"several at once, in the order of their pointers": {
			"step.tried.v1", func(d map[string]any) { delete(d, "step"); d["by"] = 7.0; d["channel"] = "fax" },
			[]Problem{
				{"/data/by", "one of agent, customer, technician, automation"},
				{"/data/channel", "one of phone, chat, email, sms, social, web, app, shop, visit, letter"},
				{"/data/step", "required: a text of 1 to 200 characters"},
			},
		},
		"an unknown member is none": {
			"step.tried.v1", func(d map[string]any) { d["mood"] = []any{map[string]any{"angry": true}} }, nil,
		},
		"an unmapped code is none": {
			"step.tried.v1", func(d map[string]any) { d["step"] = "acme:REBOOT 2" }, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := goldenData(t, tt.typ)
			tt.spoil(data)
			if diff := cmp.Diff(tt.want, Check(tt.typ, data)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckOfWhatIsNoEvent(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  string
		data any
		want Problem
	}{
		"an unknown type":        {"step.danced.v1", map[string]any{}, Problem{"/type", "an event type of the catalogue with its version, such as step.tried.v1"}},
		"a type without version": {"step.tried", map[string]any{}, Problem{"/type", "step.tried.v1: an event type carries its version"}},
		"data that is a list":    {"step.tried.v1", []any{}, Problem{"/data", "an object with step, outcome"}},
		"data that is a text":    {"note.added.v1", "hello", Problem{"/data", "an object"}},
		"no data":                {"step.tried.v1", nil, Problem{"/data", "an object with step, outcome; the member is left out where there is none, null is not accepted"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]Problem{tt.want}, Check(tt.typ, tt.data)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckReportsAFewOfMany(t *testing.T) {
	data := goldenData(t, "problem.described.v1")
	data["symptoms"] = slices.Repeat([]any{""}, 40)
	if got := len(Check("problem.described.v1", data)); got != maxProblems {
		t.Errorf("%d problems reported, at most %d expected", got, maxProblems)
	}
}

// Whatever passes Check is read by the folds' decoder, and what Split leaves too.
func FuzzCheck(f *testing.F) {
	for _, typ := range domain.Catalogue {
		b, err := json.Marshal(goldenData(f, typ.Name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(typ.Name, b)
	}
	f.Add("ticket.opened.v1", []byte(`{"reopenings":1.0,"customer":{"phone":["\ud800"]}}`))
	f.Add("line.measured.v1", []byte(`{"measure":"x","value":1e400}`))
	f.Fuzz(func(t *testing.T, typ string, b []byte) {
		d := json.NewDecoder(strings.NewReader(string(b)))
		d.UseNumber()
		var data map[string]any
		if d.Decode(&data) != nil || data == nil {
			return
		}
		Unknown(typ, data)
		if len(Check(typ, data)) > 0 {
			return
		}
		if err := readable(typ, data); err != nil {
			t.Fatal(err)
		}
		Split(typ, data)
		if err := readable(typ, data); err != nil {
			t.Fatalf("after Split: %v", err)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	for _, typ := range []string{"step.tried.v1", "ticket.opened.v1", "interaction.started.v1"} {
		data := goldenData(b, typ)
		b.Run(typ, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p := Check(typ, data); p != nil {
					b.Fatal(p)
				}
			}
		})
	}
	judge := judge(b)["step.tried.v1"]
	data := goldenData(b, "step.tried.v1")
	b.Run("the library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := judge.Validate(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
