package deploy

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tellonce/tellonce/domain"
)

// small is a catalogue in which everything stands once.
const small = `languages: [fr, en]
equipment: [box]
measures: [noise_margin]
reasons:
  internet:
    fr: internet
    en: internet
  internet.slow:
    fr: internet lent
    en: slow internet
    steps: [box.reboot, line.test]
  internet.slow.wifi:
    fr: Wi-Fi lent
    en: slow Wi-Fi
  order:
    fr: commande
    en: order
    steps: []
steps:
  box.reboot:
    fr: relance de la box
    en: "box restart"
    kind: remedy
    validity: 72h
    resets: [equipment.changed:box, line.measured, step:line.test]
  line.test:
    fr: test de la ligne
    en: line test
    kind: measure
    validity: 0
    resets:
      - line.measured:noise_margin
      - equipment.changed
`

func TestACatalogueIsReadAsItIsWritten(t *testing.T) {
	want := domain.Codes{
		Reasons: map[string]domain.Reason{
			"internet":           {Code: "internet", Labels: map[string]string{"fr": "internet", "en": "internet"}},
			"internet.slow":      {Code: "internet.slow", Labels: map[string]string{"fr": "internet lent", "en": "slow internet"}, Steps: []string{"box.reboot", "line.test"}},
			"internet.slow.wifi": {Code: "internet.slow.wifi", Labels: map[string]string{"fr": "Wi-Fi lent", "en": "slow Wi-Fi"}},
			"order":              {Code: "order", Labels: map[string]string{"fr": "commande", "en": "order"}, Steps: []string{}},
		},
		Steps: map[string]domain.Step{
			"box.reboot": {
				Code: "box.reboot", Labels: map[string]string{"fr": "relance de la box", "en": "box restart"}, Kind: domain.Remedy,
				Validity: 72 * time.Hour, Resets: []string{"equipment.changed:box", "line.measured", "step:line.test"},
			},
			"line.test": {
				Code: "line.test", Labels: map[string]string{"fr": "test de la ligne", "en": "line test"}, Kind: domain.Measure,
				Resets: []string{"line.measured:noise_margin", "equipment.changed"},
			},
		},
	}
	for name, document := range map[string]string{
		"as it is":             small,
		"with Windows lines":   strings.ReplaceAll(small, "\n", "\r\n"),
		"with a mark in front": "\ufeff" + small,
		"without line at end":  strings.TrimSuffix(small, "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseCodes([]byte(document))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAValidityIsAWholeNumberOfAUnit(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30m": 30 * time.Minute, "72h": 72 * time.Hour, "7d": 7 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "3650d": 3650 * 24 * time.Hour, "0": 0, "0d": 0,
	} {
		codes, err := ParseCodes([]byte(strings.Replace(small, "72h", text, 1)))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := codes.Steps["box.reboot"].Validity; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	for name, tt := range map[string]struct{ old, put, want string }{
		"no YAML":          {"kind: remedy", "kind: [remedy", "line 24, column 5: ',' or ']' must be specified"},
		"two documents":    {"steps:\n  box", "---\nsteps:\n  box", "line 20, column 1: one YAML document is expected, not several"},
		"nothing":          {small, "", "section languages is expected\nsection reasons is expected\nsection steps is expected"},
		"a list":           {small, "- a\n", "line 1, column 1: names with values are expected"},
		"unknown section":  {"measures:", "mesures:", `line 3, column 1: mesures: unknown section; expected are languages, equipment, measures, reasons, steps`},
		"no steps":         {small[strings.Index(small, "\nsteps:")+1:], "", "section steps is expected"},
		"no languages":     {"[fr, en]", "[]", "line 1, column 12: languages: a language is expected, as [fr, en]"},
		"one language":     {"[fr, en]", "fr", "line 1, column 12: languages: a list is expected, as [a, b]"},
		"a wrong language": {"[fr, en]", "[fr, en, FR]", `languages: "FR" is no language; a BCP 47 tag is expected, as fr or pt-BR`},
		"language twice":   {"[fr, en]", "[fr, en, fr]", `line 1, column 21: languages: "fr" stands twice`},
		"a wrong name":     {"[box]", "[the box]", `line 2, column 13: equipment: "the box" is no name; lower-case letters, digits and _ are expected`},

		"unknown key of a reason": {"    steps: [box", "    stps: [box", "line 11, column 5: reasons: internet.slow: stps: unknown key; expected are fr, en, steps"},
		"unknown key of a step":   {"    validity: 72h", "    valid: 72h", "line 24, column 5: steps: box.reboot: valid: unknown key; expected are fr, en, kind, validity, resets"},
		"a key of the other":      {"    steps: []", "    kind: check", "line 18, column 5: reasons: order: kind: unknown key; expected are fr, en, steps"},
		"another language":        {"    steps: []", "    pt: pedido", "line 18, column 5: reasons: order: pt: unknown key; expected are fr, en, steps"},
		"code twice":              {"  order:", "  internet.slow:", "line 15, column 3: reasons: internet.slow: stands twice, first in line 8"},
		"key twice":               {"    kind: remedy", "    en: restart", "line 23, column 5: steps: box.reboot: en: stands twice, first in line 22"},
		"an empty code":           {"  order:\n    fr: commande\n    en: order\n    steps: []", "  order:", "line 15, column 9: reasons: order: names with values are expected"},

		"no label":         {"    en: slow Wi-Fi\n", "", "line 12, column 3: reasons: internet.slow.wifi: a label is expected: en"},
		"an empty label":   {"en: slow Wi-Fi", `en: ""`, "line 14, column 9: reasons: internet.slow.wifi: en: a label of one line is expected"},
		"a null label":     {"en: slow Wi-Fi", "en:", "line 14, column 8: reasons: internet.slow.wifi: en: a text is expected"},
		"a label's spaces": {"en: slow Wi-Fi", `en: " slow Wi-Fi"`, "line 14, column 9: reasons: internet.slow.wifi: en: a label of one line is expected"},
		"a label's lines":  {"en: slow Wi-Fi", `en: "slow\nWi-Fi"`, "line 14, column 9: reasons: internet.slow.wifi: en: a label of one line is expected"},
		"a long label":     {"en: slow Wi-Fi", "en: slow Wi-Fi on every device of each floor…", "line 14, column 9: reasons: internet.slow.wifi: en: a label has at most 40 characters, this has 41"},
		"a label's colon":  {"    fr: commande\n    en: order\n    steps: []", "    {fr: commande, en: [order:late]}", "reasons: order: en: a text is expected"},

		"a vendor's code":    {"  order:", "  acme:174:", `reasons: acme:174: "acme:174" is no code; lower-case names joined by dots are expected, as internet.slow`},
		"a code in capitals": {"  order:", "  Order:", `line 15, column 3: reasons: Order: "Order" is no code; lower-case names joined by dots are expected, as internet.slow`},
		"a code's dot":       {"  order:", "  order.:", `reasons: order.: "order." is no code; lower-case names joined by dots are expected, as internet.slow`},
		"no parent":          {"  order:", "  order.late:", `line 15, column 3: reasons: order.late: its parent "order" is not there`},
		"parent misspelt":    {"  internet.slow.wifi:", "  internet.slwo.wifi:", `line 12, column 3: reasons: internet.slwo.wifi: its parent "internet.slwo" is not there; is "internet.slow" meant?`},
		"no such step":       {"[box.reboot, line.test]", "[box.rebot, line.test]", `line 11, column 13: reasons: internet.slow: steps: there is no step "box.rebot"; is "box.reboot" meant?`},
		"an unlike step":     {"[box.reboot, line.test]", "[box.reboot, pray]", `line 11, column 25: reasons: internet.slow: steps: there is no step "pray"`},
		"step twice":         {"[box.reboot, line.test]", "[line.test, line.test]", `line 11, column 24: reasons: internet.slow: steps: "line.test" stands twice`},
		"steps, no list":     {"[box.reboot, line.test]", "box.reboot", "line 11, column 12: reasons: internet.slow: steps: a list is expected, as [a, b]"},
		"none, yet some":     {"    en: slow Wi-Fi\n", "    en: slow Wi-Fi\n    steps: []\n", `line 12, column 3: reasons: internet.slow.wifi: no steps are written, but it would have those of "internet.slow"`},

		"no kind":         {"    kind: remedy\n", "", "line 20, column 3: steps: box.reboot: a kind is expected: remedy, measure or check"},
		"a wrong kind":    {"kind: remedy", "kind: cure", `line 23, column 11: steps: box.reboot: kind: "cure" is no kind; remedy, measure or check is expected`},
		"no unit":         {"72h", "72", `line 24, column 15: steps: box.reboot: validity: "72" is no duration; a whole number of m, h, d or w is expected, as 72h, at most 3650d`},
		"an unknown unit": {"72h", "3 days", `line 24, column 15: steps: box.reboot: validity: "3 days" is no duration; a whole number of m, h, d or w is expected, as 72h, at most 3650d`},
		"a broken number": {"72h", "1.5d", `"1.5d" is no duration`},
		"below nothing":   {"72h", "-3d", `"-3d" is no duration`},
		"a century":       {"72h", "5300w", `"5300w" is no duration`},
		"out of bounds":   {"72h", "99999999999999d", `"99999999999999d" is no duration`},
		"for ever":        {"    resets:\n      - line.measured:noise_margin\n      - equipment.changed\n", "", "line 26, column 3: steps: line.test: a validity or a reset is expected: its failure would stay for ever"},

		"a reset of nothing":        {"line.measured, step", "bill.issued, step", `line 25, column 37: steps: box.reboot: resets: "bill.issued" resets nothing; equipment.changed, equipment.changed:<equipment>, line.measured, line.measured:<measure> or step:<code> is expected`},
		"a reset with its version":  {"line.measured, step", "line.measured.v1, step", `"line.measured.v1" resets nothing`},
		"a reset by no step":        {"step:line.test", "step:line.tset", `line 25, column 52: steps: box.reboot: resets: there is no step "line.tset"; is "line.test" meant?`},
		"a reset by no equipment":   {"equipment.changed:box", "equipment.changed:bx", `line 25, column 14: steps: box.reboot: resets: "bx" is not in section equipment; is "box" meant?`},
		"a reset by no measure":     {"line.measured:noise_margin", "line.measured:noise", `line 32, column 9: steps: line.test: resets: "noise" is not in section measures`},
		"a reset by some equipment": {"equipment.changed:box", "'equipment.changed:'", `line 25, column 14: steps: box.reboot: resets: "" is not in section equipment`},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Count(small, tt.old) == 0 {
				t.Fatalf("%q does not stand in the document", tt.old)
			}
			_, err := ParseCodes([]byte(strings.Replace(small, tt.old, tt.put, 1)))
			if err == nil {
				t.Fatal("is accepted")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
			if wrong := new(CatalogueError); !errors.As(err, &wrong) {
				t.Errorf("%T is no CatalogueError", err)
			}
		})
	}
}

func TestAllThatIsWrongIsSaidAtOnceInTheOrderOfLines(t *testing.T) {
	_, err := ParseCodes([]byte(strings.NewReplacer("72h", "3 days", "[box.reboot, line.test]", "[box.rebot]", "en: order", "en: ''", "kind: measure", "kind: gauge").Replace(small)))
	if err == nil {
		t.Fatal("is accepted")
	}
	var lines []string
	for line := range strings.Lines(err.Error()) {
		at, _, _ := strings.Cut(line, ",")
		lines = append(lines, at)
	}
	if want := []string{"line 11", "line 17", "line 24", "line 29"}; !slices.Equal(lines, want) {
		t.Errorf("%v, want %v in\n%v", lines, want, err)
	}
}

func FuzzParseCodes(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(strings.Replace(small, "    steps: []", "    <<: *a", 1)))
	f.Add([]byte("languages: &a [fr]\nreasons: *a\nsteps: {}\n"))
	f.Add([]byte("languages: [fr]\nreasons: {a: {fr: !!str b, ? [x] : y}}\nsteps: {}\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, document []byte) {
		codes, err := ParseCodes(document)
		if err != nil {
			if wrong := new(CatalogueError); !errors.As(err, &wrong) {
				t.Fatalf("%T is no CatalogueError", err)
			}
			return
		}
		for code, r := range codes.Reasons {
			if dot := strings.LastIndexByte(code, '.'); dot >= 0 {
				if _, ok := codes.Reasons[code[:dot]]; !ok {
					t.Fatalf("%s has no parent", code)
				}
			}
			for _, s := range r.Steps {
				if _, ok := codes.Steps[s]; !ok {
					t.Fatalf("%s has no step %s", code, s)
				}
			}
		}
	})
}
