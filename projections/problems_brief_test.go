package projections

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tellonce/tellonce/domain"
)

var update = flag.Bool("update", false, "write the golden briefs anew")

// briefCodes are what the golden briefs speak of.
var briefCodes = domain.Codes{
	Reasons: map[string]domain.Reason{
		"internet":                {Code: "internet", Labels: map[string]string{"fr": "Internet fixe", "en": "home internet"}},
		"internet.unstable":       {Code: "internet.unstable", Labels: map[string]string{"fr": "connexion instable", "en": "unstable connection"}},
		"internet.unstable.drops": {Code: "internet.unstable.drops", Labels: map[string]string{"fr": "connexion qui coupe", "en": "connection that drops"}, Steps: []string{"box.reboot", "box.cabling", "line.test", "line.profile_reset", "visit.book"}},
	},
	Steps: map[string]domain.Step{
		"box.reboot":         {Code: "box.reboot", Labels: map[string]string{"fr": "redémarrage de la box", "en": "restart of the box"}, Kind: domain.Remedy, Validity: 14 * 24 * time.Hour, Resets: []string{"equipment.changed:box"}}, //nolint:misspell // French
		"box.cabling":        {Code: "box.cabling", Labels: map[string]string{"fr": "rebranchement des câbles", "en": "reconnection of the cables"}, Kind: domain.Remedy, Validity: 30 * 24 * time.Hour},
		"line.test":          {Code: "line.test", Labels: map[string]string{"fr": "test de la ligne", "en": "line test"}, Kind: domain.Check, Validity: 7 * 24 * time.Hour},
		"line.profile_reset": {Code: "line.profile_reset", Labels: map[string]string{"fr": "réinitialisation du profil de ligne", "en": "reset of the line profile"}, Kind: domain.Remedy},
		"visit.book":         {Code: "visit.book", Labels: map[string]string{"fr": "rendez-vous avec un technicien", "en": "technician’s visit"}, Kind: domain.Remedy}, //nolint:misspell // French
	},
}

// briefCase is a golden brief's life, as vendors send it.
type briefCase struct {
	About      string
	Now        time.Time
	Asked      domain.Kind
	Name       string
	Unopenable bool
	Tickets    int // a life of a desk with so many tickets, in place of Life
	Life       []struct {
		Type, Source, ID, Subject string
		Time                      time.Time
		Data                      json.RawMessage
	}
}

// records are the case's events as the log has them, and their words.
func (b *briefCase) records(t *testing.T) ([]domain.Recorded, map[domain.EventID]Words) {
	t.Helper()
	if b.Tickets > 0 {
		life := deskLife(6 * b.Tickets)
		return slices.DeleteFunc(life, func(r domain.Recorded) bool {
			return domain.TicketOf(&r).Number >= fmt.Sprintf("INC%07d", b.Tickets) || r.Time.After(b.Now)
		}), nil
	}
	words := map[domain.EventID]Words{}
	var life []domain.Recorded
	for _, given := range b.Life {
		e, err := domain.DecodeData(given.Type, given.Data)
		if err != nil {
			t.Fatal(err)
		}
		r := domain.Recorded{
			Envelope: domain.Envelope{
				Source: given.Source, ID: given.ID, Subject: given.Subject, Type: given.Type, Time: given.Time, Sequence: domain.NoSequence,
			},
			Person: named("customer"), Reference: named(given.Source + "#" + given.Subject), Event: e,
		}
		if p := e.About().Problem; p != nil && p.Asset != nil {
			p.Asset = &domain.Asset{Kind: domain.Line, Person: named(p.Asset.Line)}
		}
		text := takeWords(e)
		if text != "" {
			r.Personal = []domain.Sealed{{Class: domain.Words}}
			if !b.Unopenable {
				words[r.Identity()] = Words{Text: text, Lang: e.About().Lang}
			}
		}
		life = append(life, r)
	}
	return inOrder(life), words
}

// takeWords takes the words out of an event.
func takeWords(e domain.Event) (text string) {
	if e, ok := e.(*domain.ProblemDescribed); ok {
		text, e.Words = e.Words, ""
	}
	if e, ok := e.(*domain.AnswerGiven); ok {
		text, e.Text = e.Text, ""
	}
	if e, ok := e.(*domain.PromiseMade); ok {
		text, e.Text = e.Text, ""
	}
	return text
}

// readRows are the rows that a brief is composed of, as the tables give them.
func readRows(out *Changes) BriefRows {
	rows := rowsOf(out)
	b := BriefRows{
		Problems: rows.Problems, Openings: rows.Openings, FirstNamed: rows.FirstNamed, Tickets: rows.Tickets,
		Contacts: rows.Contacts, Steps: rows.Steps, Resets: rows.Resets, Answers: rows.Answers, Promises: rows.Promises,
	}
	type in struct {
		interaction domain.PersonID
		problem     int64
	}
	last := map[in]time.Time{}
	for _, e := range rows.Events {
		if e.Problem != nil && e.Interaction != nil && e.At.After(last[in{*e.Interaction, *e.Problem}]) {
			last[in{*e.Interaction, *e.Problem}] = e.At
		}
	}
	for key, at := range last {
		b.Mentions = append(b.Mentions, Mention{Interaction: key.interaction, Problem: key.problem, Last: at})
	}
	for _, p := range rows.Problems {
		if p.Status == "open" {
			b.OpenProblems++
		}
	}
	return b
}

func TestBriefs(t *testing.T) {
	files, err := filepath.Glob("testdata/briefs/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden briefs", err)
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			document, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var given briefCase
			if err := json.Unmarshal(document, &given); err != nil {
				t.Fatal(err)
			}
			life, words := given.records(t)
			rows := readRows(folded(t, life))
			in := rows.Input(words)
			in.Asked, in.Name, in.Zone = given.Asked, given.Name, paris
			var got strings.Builder
			for _, lang := range []string{"fr", "en"} {
				brief := domain.ComposeBrief(in, given.Now, &briefCodes, lang)
				checkHeadline(t, &brief)
				fmt.Fprintf(&got, "== %s\n", lang)
				for _, line := range brief.Headline {
					fmt.Fprintln(&got, line)
				}
				fmt.Fprintf(&got, "-- %s\n", brief.Say)
				if lang == "en" {
					tell(&got, &brief)
				}
			}
			golden := strings.TrimSuffix(file, ".json") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("brief differs from %s:\n%s", golden, got.String())
			}
		})
	}
}

// checkHeadline holds what every headline promises.
func checkHeadline(t *testing.T, b *domain.Brief) {
	t.Helper()
	if len(b.Headline) == 0 || len(b.Headline) > domain.BriefLines {
		t.Errorf("headline has %d lines", len(b.Headline))
	}
	for _, line := range append(slices.Clone(b.Headline), b.Say) {
		for _, name := range []string{"acme", "borealis", "lille", "itsm", "servicenow"} {
			if strings.Contains(strings.ToLower(line), name) {
				t.Errorf("line %q names a vendor", line)
			}
		}
	}
	for _, line := range b.Headline {
		if n := utf8.RuneCountInString(line); n > domain.BriefWidth {
			t.Errorf("line %q has %d characters", line, n)
		}
	}
}

// tell writes the details of the first problems.
func tell(w *strings.Builder, b *domain.Brief) {
	shown := b.Problems
	slices.SortStableFunc(shown, func(x, y domain.BriefDetail) int {
		return cmp.Or(y.Touched.Compare(x.Touched), cmp.Compare(y.Number, x.Number))
	})
	for i := range shown[:min(len(shown), 3)] {
		p := &shown[i]
		fmt.Fprintf(w, "\nproblem %d %s %s, opened %s, joined by %s, %d contacts, waited %.0f s\n",
			p.Number, p.Status, p.Reason, p.Opened.Format(time.DateTime), p.JoinedBy, p.ContactCount, p.Waited)
		if p.FirstWords != "" {
			fmt.Fprintf(w, "  first words (%s): %s\n", p.FirstLang, p.FirstWords)
		}
		for _, v := range p.Tickets {
			fmt.Fprintf(w, "  ticket %s %s %s\n", v.Space, v.Number, v.Status)
		}
		for _, v := range p.Contacts {
			fmt.Fprintf(w, "  contact %s by %s, waited %.0f s, ended %s, resolution %q, verified %q\n",
				v.Started.Format(time.DateTime), v.Channel, v.Waited.Total(), cmp.Or(v.EndedAs, "not"), v.Resolution, v.Level)
		}
		for _, v := range p.Steps {
			fmt.Fprintf(w, "  step %s (%s): tried %d, failed %d, last %s by %s, worth redoing %t\n", v.Label, v.Kind, v.Tried, v.Failed, v.Last.Outcome, v.Last.By, v.Redo)
		}
		for _, v := range p.Answers {
			fmt.Fprintf(w, "  answer %s %s %q\n", v.At.Format(time.DateTime), v.Article, v.Text)
		}
		for _, v := range p.Promises {
			fmt.Fprintf(w, "  promise %s %s, due %s, overdue %t\n", v.What, v.State, v.Due.Format(time.DateTime), v.Overdue)
		}
	}
	if len(shown) > 3 {
		fmt.Fprintf(w, "\nand %d more problems\n", len(shown)-3)
	}
}
