package domain

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestShorten(t *testing.T) {
	for name, tt := range map[string]struct {
		given string
		most  int
		want  string
	}{
		"what fits stays":                       {"tout va bien", 12, "tout va bien"},
		"it is cut between words":               {"la connexion tombe tous les soirs", 20, "la connexion tombe…"},
		"and without what would hang there":     {"la connexion, le soir", 15, "la connexion…"},
		"a word that is too long is cut itself": {"anticonstitutionnellement", 10, "anticonst…"},
		"by characters, not bytes":              {"éééé éééé éééé", 10, "éééé éééé…"},
		"not before a combining mark":           {"aaaaae\u0301e\u0301", 7, "aaaaa…"},
		"nothing":                               {"mot", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Shorten(tt.given, tt.most); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestShortenIsNeverTooLong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, most := rapid.String().Draw(t, "text"), rapid.IntRange(1, 40).Draw(t, "most")
		if n := utf8.RuneCountInString(Shorten(text, most)); n > most {
			t.Errorf("%d characters of at most %d", n, most)
		}
	})
}

func TestWhen(t *testing.T) {
	zone := time.FixedZone("", 3600)
	now := time.Date(2026, 3, 11, 9, 30, 0, 0, zone)
	for name, tt := range map[string]struct {
		at               time.Time
		ago, due, dueSay string
	}{
		"seconds ago":                 {now.Add(-30 * time.Second), "à l’instant", "aujourd’hui à 9\u00a0h\u00a029", "aujourd’hui à 9\u00a0h\u00a029"},
		"minutes ago":                 {now.Add(-12 * time.Minute), "il y a 12\u00a0min", "aujourd’hui à 9\u00a0h\u00a018", "aujourd’hui à 9\u00a0h\u00a018"},
		"hours ago":                   {now.Add(-150 * time.Minute), "il y a 2\u00a0h", "aujourd’hui à 7\u00a0h", "aujourd’hui à 7\u00a0h"},
		"before midnight of the zone": {now.Add(-10 * time.Hour), "hier", "hier à 23\u00a0h\u00a030", "hier à 23\u00a0h\u00a030"},
		"days ago":                    {now.AddDate(0, 0, -5), "il y a 5 jours", "le 6 mars", "le 6 mars"},
		"weeks ago":                   {now.AddDate(0, 0, -38), "le 1er févr.", "le 1er févr.", "le 1er février"},
		"last year":                   {now.AddDate(-1, 0, 0), "le 11 mars 2025", "le 11 mars 2025", "le 11 mars 2025"},
		"not yet":                     {now.Add(time.Minute), "à l’instant", "aujourd’hui à 9\u00a0h\u00a031", "aujourd’hui à 9\u00a0h\u00a031"},
	} {
		t.Run(name, func(t *testing.T) {
			c := composer{now: now, zone: zone, phrases: &french}
			got := []string{c.ago(tt.at), c.day(tt.at, false), c.day(tt.at, true)}
			if diff := cmp.Diff([]string{tt.ago, tt.due, tt.dueSay}, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestOrdinals(t *testing.T) {
	for n, want := range map[int][2]string{
		1: {"1er", "1st"}, 2: {"2e", "2nd"}, 3: {"3e", "3rd"}, 4: {"4e", "4th"}, 11: {"11e", "11th"}, 12: {"12e", "12th"},
		21: {"21e", "21st"}, 113: {"113e", "113th"}, 122: {"122e", "122nd"},
	} {
		if got := [2]string{french.ordinal(n), english.ordinal(n)}; got != want {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
}

func TestLanguages(t *testing.T) {
	for given, want := range map[string]string{"fr": "fr", "fr-CA": "fr", "FR": "fr", "en-GB": "en", "de": "en", "": "en"} {
		if got := phrasesIn(given).lang; got != want {
			t.Errorf("%q speaks %q, want %q", given, got, want)
		}
	}
}

func TestStillFailed(t *testing.T) {
	codes := Codes{Steps: map[string]Step{
		"reboot":   {Validity: 10 * day, Resets: []string{"equipment.changed:box", "line.measured", "step:profile"}},
		"for_ever": {},
	}}
	now := lifeStart.Add(9 * day)
	failed := TriedStep{Code: "reboot", Outcome: "failed", Told: lifeStart}
	for name, tt := range map[string]struct {
		step   TriedStep
		others []TriedStep
		resets []Reset
		now    time.Time
		want   bool
	}{
		"within its validity":          {step: failed, now: now, want: true},
		"at its end":                   {step: failed, now: lifeStart.Add(10 * day)},
		"without one, for ever":        {step: TriedStep{Code: "for_ever", Outcome: "failed", Told: lifeStart}, now: now.AddDate(9, 0, 0), want: true},
		"one the catalogue lacks":      {step: TriedStep{Code: "acme:7", Outcome: "failed", Told: lifeStart}, now: now, want: true},
		"it did not fail":              {step: TriedStep{Code: "reboot", Outcome: "inconclusive", Told: lifeStart}, now: now},
		"its equipment was changed":    {step: failed, resets: []Reset{{lifeStart.Add(day), "equipment.changed:box"}}, now: now},
		"another was":                  {step: failed, resets: []Reset{{lifeStart.Add(day), "equipment.changed:boxer"}}, now: now, want: true},
		"it was changed before":        {step: failed, resets: []Reset{{lifeStart.Add(-day), "equipment.changed:box"}}, now: now, want: true},
		"the line was measured":        {step: failed, resets: []Reset{{lifeStart.Add(day), "line.measured:snr"}}, now: now},
		"a step that resets it worked": {step: failed, others: []TriedStep{{Code: "profile", Outcome: "worked", Told: lifeStart.Add(day)}}, now: now},
		"a step that resets it failed": {step: failed, others: []TriedStep{{Code: "profile", Outcome: "failed", Told: lifeStart.Add(day)}}, now: now, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := codes.StillFailed(tt.step, tt.others, tt.resets, tt.now); got != tt.want {
				t.Errorf("%t, want %t", got, tt.want)
			}
		})
	}
}

func TestPromises(t *testing.T) {
	due := lifeStart.Add(3 * day)
	word := func(word string, days int) PromiseWord {
		return PromiseWord{Vendor: "acme", ID: "P1", Word: word, At: lifeStart.Add(time.Duration(days) * day), Problem: -1}
	}
	made := word("made", 0)
	made.What, made.Due, made.Amount = "credit", &due, &Money{"15.00", "EUR"}
	credited := func(amount, currency string, days int) PromiseWord {
		w := word("credited", days)
		w.Vendor, w.Amount = "operator", &Money{amount, currency}
		return w
	}
	later := lifeStart.Add(8 * day)
	moved := word("renegotiated", 2)
	moved.Due = &later
	for name, tt := range map[string]struct {
		given []PromiseWord
		state PromiseState
		late  bool // overdue on the fourth day
	}{
		"made":                                 {[]PromiseWord{made}, PromiseIsMade, true},
		"renegotiated":                         {[]PromiseWord{moved, made}, PromiseIsMade, false},
		"declared, without a proof":            {[]PromiseWord{made, word("declared", 1)}, PromiseIsDeclared, false},
		"kept in time":                         {[]PromiseWord{made, word("kept", 2)}, PromiseIsKept, false},
		"kept late":                            {[]PromiseWord{made, word("kept", 4)}, PromiseIsKeptLate, false},
		"kept in time, as it was renegotiated": {[]PromiseWord{made, moved, word("kept", 7)}, PromiseIsKept, false},
		"declared after a proof":               {[]PromiseWord{made, word("kept", 1), word("declared", 2)}, PromiseIsKept, false},
		"broken":                               {[]PromiseWord{made, word("broken", 1)}, PromiseIsBroken, true},
		"a credit of the amount":               {[]PromiseWord{made, credited("15", "EUR", 1)}, PromiseIsKept, false},
		"a credit of less":                     {[]PromiseWord{made, credited("14.99", "EUR", 1)}, PromiseIsMade, true},
		"a credit in another currency":         {[]PromiseWord{made, credited("15", "USD", 1)}, PromiseIsMade, true},
		"a credit that is no number":           {[]PromiseWord{made, credited("1e9", "EUR", 1)}, PromiseIsMade, true},
		"claimed":                              {[]PromiseWord{word("claimed", 0)}, PromiseIsClaimed, false},
		"claimed, and made indeed":             {[]PromiseWord{word("claimed", 0), made}, PromiseIsMade, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := Promises(tt.given)
			if len(got) != 1 || got[0].State != tt.state || got[0].Overdue(lifeStart.Add(4*day)) != tt.late {
				t.Errorf("%+v, want %s, overdue %t", got, tt.state, tt.late)
			}
		})
	}
	t.Run("of a promise that nobody made nothing is said", func(t *testing.T) {
		if got := Promises([]PromiseWord{word("kept", 1)}); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("another vendor's word goes to nobody where two have that id", func(t *testing.T) {
		other := made
		other.Vendor = "borealis"
		for _, p := range Promises([]PromiseWord{made, other, credited("15", "EUR", 1)}) {
			if p.State != PromiseIsMade {
				t.Errorf("%+v", p)
			}
		}
	})
}

func TestSteps(t *testing.T) {
	e1, e2 := IdentityOf("s", "1"), IdentityOf("s", "2")
	got := Steps([]StepWord{
		{Step: e2, Word: "tried", At: lifeStart.Add(day), Code: "b", Outcome: "failed", By: "agent", Problem: 1},
		{Step: e1, Word: "concluded", At: lifeStart.Add(2 * day), Code: "a", Outcome: "worked", By: "automation", Problem: -1},
		{Step: e1, Word: "tried", At: lifeStart, Code: "a", Outcome: "pending", By: "agent", Problem: 0},
	})
	want := []TriedStep{
		{Step: e1, At: lifeStart, Code: "a", Outcome: "worked", By: "automation", Told: lifeStart.Add(2 * day)},
		{Step: e2, At: lifeStart.Add(day), Problem: 1, Code: "b", Outcome: "failed", By: "agent", Told: lifeStart.Add(day)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestContacts(t *testing.T) {
	i1, i2 := personOf("i1"), personOf("i2")
	at := func(minutes int) time.Time { return lifeStart.Add(time.Duration(minutes) * time.Minute) }
	got := Contacts([]ContactWord{
		{Interaction: i1, Word: "wrapped", At: at(9), Vendor: "acme", Disposition: "d", Resolution: "resolved"},
		{Interaction: i1, Word: "started", At: at(0), Vendor: "acme", Channel: "phone", Direction: "inbound"},
		{Interaction: i1, Word: "answered", At: at(2), Vendor: "borealis", Site: "Tunis", Waited: &Waits{Queue: 120}},
		{Interaction: i1, Word: "ended", At: at(8), Vendor: "borealis", EndedAs: "completed", Waited: &Waits{Queue: 1}},
		{Interaction: i1, Word: "verified", At: at(3), Vendor: "borealis", Level: "strong", Party: "holder"},
		{Interaction: i2, Word: "ended", At: at(30), Vendor: "acme", EndedAs: "abandoned", Waited: &Waits{IVR: 7}},
	})
	want := []Contact{
		{Interaction: i2, Started: at(30), Ended: at(30), Vendor: "acme", EndedAs: "abandoned", Waited: &Waits{IVR: 7}},
		{
			Interaction: i1, Started: at(0), Answered: at(2), Ended: at(8), Vendor: "acme", Site: "Tunis", Channel: "phone", Direction: "inbound",
			Waited: &Waits{Queue: 120}, EndedAs: "completed", Disposition: "d", Resolution: "resolved", Level: "strong", Party: "holder",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestBriefOfAnything: whatever the rows say, the headline keeps its bounds and has
// no line that says nothing.
func TestBriefOfAnything(t *testing.T) {
	codes := Codes{Reasons: map[string]Reason{"a.b": {Labels: map[string]string{"fr": "panne"}, Steps: []string{"s", "t", "u"}}}, Steps: map[string]Step{"s": {Kind: Remedy}, "t": {Kind: Check}}}
	rapid.Check(t, func(t *rapid.T) {
		now := lifeStart.Add(time.Duration(rapid.IntRange(-2000, 2000).Draw(t, "now")) * time.Hour)
		moment := rapid.Custom(func(t *rapid.T) time.Time {
			return lifeStart.Add(time.Duration(rapid.IntRange(-1000, 1000).Draw(t, "hours")) * time.Hour)
		})
		text := rapid.OneOf(rapid.Just(""), rapid.StringN(0, 300, -1))
		in := BriefInput{
			Asked: rapid.SampledFrom([]Kind{Account, Phone, Reference, ""}).Draw(t, "asked"), Name: text.Draw(t, "name"),
			OpenProblems: rapid.IntRange(0, 500).Draw(t, "open"),
		}
		for n := range rapid.IntRange(0, 4).Draw(t, "problems") {
			in.Problems = append(in.Problems, BriefProblem{
				Number: n, Status: rapid.SampledFrom([]string{"open", "closed"}).Draw(t, "status"), Reason: rapid.SampledFrom([]string{"", "a.b", "acme:x"}).Draw(t, "reason"),
				Touched: moment.Draw(t, "touched"), ContactCount: rapid.IntRange(0, 30).Draw(t, "contacts"), LastContact: moment.Draw(t, "last"),
				Told: rapid.Bool().Draw(t, "told"), FirstWords: text.Draw(t, "words"),
			})
			in.Contacts = append(in.Contacts, Contact{Interaction: personOf(itoa(n)), Started: moment.Draw(t, "started"), Problems: []int{n}, Level: rapid.SampledFrom([]string{"", "strong", "number", "odd"}).Draw(t, "level")})
			in.Steps = append(in.Steps, TriedStep{Problem: n, Code: rapid.SampledFrom([]string{"s", "t", "acme:" + text.Draw(t, "code")}).Draw(t, "step"), Outcome: "failed", Told: moment.Draw(t, "told at")})
			due := moment.Draw(t, "due")
			in.Promises = append(in.Promises, Promise{ID: itoa(n), State: rapid.SampledFrom([]PromiseState{PromiseIsMade, PromiseIsBroken, PromiseIsClaimed}).Draw(t, "state"), Problem: n, What: rapid.SampledFrom([]string{"visit", "other", "odd"}).Draw(t, "what"), Due: &due})
		}
		b := ComposeBrief(in, now, &codes, rapid.SampledFrom([]string{"fr", "en"}).Draw(t, "lang"))
		if len(b.Headline) == 0 || len(b.Headline) > BriefLines {
			t.Fatalf("%d lines", len(b.Headline))
		}
		for _, line := range b.Headline {
			if n := utf8.RuneCountInString(line); n == 0 || n > BriefWidth {
				t.Errorf("line %q has %d characters", line, n)
			}
		}
	})
}
