package schema_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
)

func TestNothingOpens(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(fourthCall()...)
	if _, err := r.owner.Exec(t.Context(), "UPDATE ring.person SET seed = NULL"); err != nil {
		t.Fatal(err)
	}
	r.traced.reset()
	var got wholeBriefAnswer
	s := r.must(wholeBrief, nil, &got)
	for _, secret := range []string{"No light", "0612345678", "look into it"} {
		if strings.Contains(string(s.Body), secret) {
			t.Errorf("%q was opened: %s", secret, s.Body)
		}
	}
	if len(got.Customer.Identifiers) != 2 || got.Customer.Identifiers[0].Personal != "UNOPENABLE" || len(got.Customer.Brief.Headline) == 0 {
		t.Errorf("got %s", s.Body)
	}
	var life timelineAnswer
	r.must(timelineOfA1, nil, &life)
	if len(life.Customer.Timeline.Edges) != len(fourthCall()) || life.Customer.Timeline.Edges[0].Node.Personal != "UNOPENABLE" {
		t.Errorf("the timeline is %+v", life)
	}
}

// TestForeignSeal: a call that named another customer's account first, and theirs
// later, is theirs; what was sealed under the other's opens too, by a second look.
func TestForeignSeal(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(
		told{id: "1", subject: "i1", kind: "interaction.started.v1", at: now.Add(-2 * time.Minute), account: "WRONG", words: "wrong account"},
		told{id: "2", subject: "i1", kind: "interaction.answered.v1", at: now.Add(-time.Minute), account: "A1", words: "right account"},
	)
	var got timelineAnswer
	r.must(timelineOfA1, nil, &got)
	r.traced.reset()
	r.must(timelineOfA1, nil, &got)
	batches, _, alone := r.traced.reset()
	if texts := got.texts(); strings.Join(texts, ",") != "right account,wrong account" || batches != 1 || alone != 1 {
		t.Errorf("got %v in %d batches and %d statements", texts, batches, alone)
	}
}

func TestWithheld(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(told{id: "1", at: now, kind: "bill.issued.v1", account: "A1", bank: "FR76 1234", data: map[string]any{"bill": "b1"}, words: "January"})
	for role, want := range map[access.Viewer]string{
		{Role: access.Quality}: "WITHHELD",
		{Role: access.Admin}:   "OPEN",
	} {
		var got timelineAnswer
		s := r.must(timelineOfA1, nil, &got, as(r.token(role)))
		n := got.Customer.Timeline.Edges[0].Node
		if n.Personal != want || n.Text != "January" || strings.Contains(string(s.Body), "FR76") {
			t.Errorf("%s sees %s", role.Role, s.Body)
		}
	}
}

// TestStaffIsNeverShown: who handled it has no name here, whoever asks.
func TestStaffIsNeverShown(t *testing.T) {
	r := newRig(t, noLimits)
	agent := r.person(domain.AgentKind, "acme/a-17")
	r.tell(told{id: "1", at: now, account: "A1", words: "hello", staff: "Jane Roe", staffPerson: agent, data: map[string]any{"agent": map[string]any{"person": agent.String(), "site": "Lille"}}})
	var got timelineAnswer
	s := r.must(timelineOfA1, nil, &got, as(r.token(access.Viewer{Role: access.Admin})))
	if strings.Contains(string(s.Body), "Jane") || got.Customer.Timeline.Edges[0].Node.Personal != "OPEN" {
		t.Errorf("got %s", s.Body)
	}
}
