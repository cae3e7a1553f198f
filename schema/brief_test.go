package schema_test

import (
	"strings"
	"testing"
	"time"
)

// fourthCall is a customer who calls for the third time about one problem.
func fourthCall() []told {
	var life []told
	for i, days := range []int{9, 4, 1} {
		at := now.AddDate(0, 0, -days)
		subject := []string{"call-1", "call-2", "call-3"}[i]
		say := func(kind string, after time.Duration, words string, data map[string]any) {
			life = append(life, told{id: subject + kind + after.String(), subject: subject, account: "A1", phone: "0612345678", kind: kind, at: at.Add(after), words: words, data: data})
		}
		reason := map[string]any{"reason": "internet.down"}
		say("interaction.started.v1", 0, "", map[string]any{"channel": "phone", "direction": "inbound"})
		say("interaction.answered.v1", time.Minute, "", map[string]any{"waited": map[string]any{"queue": 600}})
		say("problem.described.v1", 2*time.Minute, "No light on the box since "+subject, map[string]any{"problem": reason, "how": "first"})
		say("step.tried.v1", 5*time.Minute, "", map[string]any{"step": "reboot", "outcome": "failed", "by": "customer"})
		say("answer.given.v1", 7*time.Minute, "We will look into it", map[string]any{})
		if i == 1 {
			say("promise.made.v1", 8*time.Minute, "", map[string]any{"id": "p1", "what": "callback", "due": at.Add(24 * time.Hour), "made_by": "acme", "owed_by": "acme"})
		}
		say("interaction.ended.v1", 10*time.Minute, "", map[string]any{"end": "completed", "talk_seconds": 540})
	}
	return life
}

const wholeBrief = `{ customer(by: {phone: "06 12 34 56 78"}) { __typename ... on Customer { id
  identifiers { kind value personal firstSeen }
  brief(lang: "en") { headline say
    probable { problem { id } }
    details { problem { id status reason { code label(lang: "fr") } contacts firstWords { text field } joinedBy tickets { number } }
      firstWords waitedSeconds contacts { startedTime waitedSeconds vendor channel }
      steps { step { code label kind } tried failed worthRedoing lastOutcome } answers { text } promises { what state overdue dueTime } } }
  problems(first: 5) { edges { node { id status firstWords { text } reason { label } } } }
} } }`

type wholeBriefAnswer struct {
	Customer struct {
		Typename    string `json:"__typename"`
		ID          string
		Identifiers []struct{ Kind, Value, Personal string }
		Brief       struct {
			Headline []string
			Say      string
			Probable struct{ Problem struct{ ID string } }
			Details  []struct {
				Problem struct {
					ID, Status string
					Reason     struct{ Code, Label string }
					Contacts   int
				}
				FirstWords    string
				WaitedSeconds float64
				Contacts      []struct{ Vendor, Channel string }
				Steps         []struct {
					Step          struct{ Code, Label, Kind string }
					Tried, Failed int
					WorthRedoing  bool
				}
				Answers  []struct{ Text string }
				Promises []struct {
					What, State string
					Overdue     bool
				}
			}
		}
		Problems struct {
			Edges []struct{ Node struct{ ID string } }
		}
	}
}

func TestBriefOfTheThirdCall(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(fourthCall()...)
	var got wholeBriefAnswer
	s := r.must(wholeBrief, nil, &got)
	b := got.Customer.Brief
	if len(b.Details) != 1 || len(b.Headline) < 4 {
		t.Fatalf("got %s", s.Body)
	}
	d := b.Details[0]
	for name, ok := range map[string]bool{
		"headline quotes the first words": strings.Contains(strings.Join(b.Headline, "\n"), "No light on the box"),
		"probably about it":               b.Probable.Problem.ID == d.Problem.ID && d.Problem.ID == got.Customer.Problems.Edges[0].Node.ID,
		"three contacts":                  d.Problem.Contacts == 3 && len(d.Contacts) == 3,
		"waits add up":                    d.WaitedSeconds == 1800,
		"the reboot failed three times":   len(d.Steps) == 1 && d.Steps[0].Failed == 3 && !d.Steps[0].WorthRedoing && d.Steps[0].Step.Kind == "REMEDY",
		"answers are opened":              len(d.Answers) == 3 && d.Answers[0].Text == "We will look into it",
		"the promise is overdue":          len(d.Promises) == 1 && d.Promises[0].Overdue && d.Promises[0].State == "MADE",
		"labels in the language":          d.Problem.Reason.Label == "Pas d'internet",
		"identifiers as written":          len(got.Customer.Identifiers) == 2 && got.Customer.Identifiers[1].Value == "0612345678" && got.Customer.Identifiers[0].Kind == "ACCOUNT",
	} {
		if !ok {
			t.Errorf("not so: %s\n%s", name, s.Body)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(b.Headline, "\n"))
	}
}
