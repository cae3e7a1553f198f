package schema_test

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tellonce/tellonce/schema"
)

// severalProblems is a life of three problems at two vendors on three channels.
func severalProblems() []told {
	var life []told
	for i := range 40 {
		vendor := []string{"acme", "beta"}[i%2]
		channel := []string{"phone", "chat", "email"}[i%3]
		reason := []string{"internet.down", "internet.down.outage", "billing.wrong"}[i%3]
		subject := fmt.Sprintf("i%d", i)
		at := now.Add(-time.Duration(40-i) * 31 * time.Hour)
		say := func(kind string, after time.Duration, data map[string]any) {
			life = append(life, told{
				id: subject + kind, source: "/vendors/" + vendor + "/crm", subject: subject, kind: kind, account: "A1",
				at: at.Add(after), words: subject + " " + kind, data: data,
			})
		}
		say("interaction.started.v1", 0, map[string]any{"channel": channel, "direction": "inbound"})
		if i%5 != 0 { // some calls name no problem
			say("problem.described.v1", time.Minute, map[string]any{"problem": map[string]any{"reason": reason}})
			say("step.tried.v1", 2*time.Minute, map[string]any{"step": "reboot", "outcome": "failed"})
		}
		say("note.added.v1", 3*time.Minute, map[string]any{})
	}
	return life
}

type contextEntry struct {
	ID, Type, Kind, Vendor, Channel, Problem, Text, Outcome string
	Time                                                    time.Time
	Reason                                                  struct{ Code, Label string }
	Step                                                    struct{ Code, Label, Kind string }
}

type contextAnswer struct {
	Customer struct {
		Timeline struct {
			Edges    []struct{ Node contextEntry }
			PageInfo struct {
				HasNextPage bool
				EndCursor   string
			}
		}
	}
}

const contextQuery = `query($first: Int, $after: String, $filter: TimelineFilter) { customer(by: {account: "A1"}) { ... on Customer {
  timeline(first: $first, after: $after, filter: $filter) {
    edges { node { id type kind vendor time channel problem text outcome reason { code label } step { code label kind } } } pageInfo { hasNextPage endCursor } } } } }`

// filtered is the whole timeline through a filter, page by page.
func (r *rig) filtered(filter map[string]any, size int) []contextEntry {
	r.t.Helper()
	var all []contextEntry
	for after := any(nil); ; {
		var got contextAnswer
		r.must(contextQuery, map[string]any{"first": size, "after": after, "filter": filter}, &got)
		for _, e := range got.Customer.Timeline.Edges {
			all = append(all, e.Node)
		}
		if !got.Customer.Timeline.PageInfo.HasNextPage {
			return all
		}
		after = got.Customer.Timeline.PageInfo.EndCursor
	}
}

// TestFilters: a filtered timeline is the timeline of those entries that show what
// the filter asks for.
func TestFilters(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(severalProblems()...)
	whole := r.filtered(nil, 500)
	if len(whole) != 40+40+32+32 {
		t.Fatalf("%d entries", len(whole))
	}
	var problem contextEntry
	for _, e := range whole {
		if e.Reason.Code == "internet.down" || e.Reason.Code == "internet.down.outage" {
			problem = e
		}
	}
	from, until := now.Add(-500*time.Hour), now.Add(-200*time.Hour)
	for name, tt := range map[string]struct {
		filter map[string]any
		keeps  func(contextEntry) bool
	}{
		"a vendor":          {map[string]any{"vendors": []string{"beta"}}, func(e contextEntry) bool { return e.Vendor == "beta" }},
		"two kinds":         {map[string]any{"kinds": []string{"step", "note"}}, func(e contextEntry) bool { return e.Kind == "step" || e.Kind == "note" }},
		"a type":            {map[string]any{"types": []string{"step.tried.v1"}}, func(e contextEntry) bool { return e.Type == "step.tried.v1" }},
		"a channel":         {map[string]any{"channels": []string{"chat"}}, func(e contextEntry) bool { return e.Channel == "chat" }},
		"a reason":          {map[string]any{"reasons": []string{"billing.wrong"}}, func(e contextEntry) bool { return e.Reason.Code == "billing.wrong" }},
		"what is below one": {map[string]any{"reasons": []string{"internet"}}, func(e contextEntry) bool { return strings.HasPrefix(e.Reason.Code, "internet.") }},
		"a problem":         {map[string]any{"problem": problem.Problem}, func(e contextEntry) bool { return e.Problem == problem.Problem }},
		"by an event of it": {map[string]any{"problem": problem.ID}, func(e contextEntry) bool { return e.Problem == problem.Problem }},
		"from and until":    {map[string]any{"from": from, "until": until}, func(e contextEntry) bool { return !e.Time.Before(from) && e.Time.Before(until) }},
		"until an instant":  {map[string]any{"until": whole[7].Time}, func(e contextEntry) bool { return e.Time.Before(whole[7].Time) }},
		"from an instant":   {map[string]any{"from": whole[7].Time}, func(e contextEntry) bool { return !e.Time.Before(whole[7].Time) }},
		"all of it": {map[string]any{"vendors": []string{"acme", "beta"}, "channels": []string{"phone", "chat"}, "kinds": []string{"step"}, "reasons": []string{"internet.down"}, "from": from}, func(e contextEntry) bool {
			return e.Channel != "email" && e.Kind == "step" && strings.HasPrefix(e.Reason.Code, "internet.down") && !e.Time.Before(from)
		}},
		"nobody":                        {map[string]any{"vendors": []string{"gamma"}}, func(contextEntry) bool { return false }},
		"a problem that is none":        {map[string]any{"problem": "p_AAAAAAAAAAAAAAAAAAAAAA"}, func(contextEntry) bool { return false }},
		"an empty list narrows nothing": {map[string]any{"vendors": []string{}}, func(contextEntry) bool { return true }},
	} {
		t.Run(name, func(t *testing.T) {
			var want []contextEntry
			for _, e := range whole {
				if tt.keeps(e) {
					want = append(want, e)
				}
			}
			for _, size := range []int{500, 7} {
				if got := r.filtered(tt.filter, size); !reflect.DeepEqual(got, want) {
					t.Errorf("pages of %d: got %d entries, want %d", size, len(got), len(want))
				}
			}
			t.Logf("%d entries", len(want))
		})
	}
	step := slices.IndexFunc(whole, func(e contextEntry) bool { return e.Kind == "step" })
	if s := whole[step]; s.Outcome != "failed" || s.Step.Label != "Restart the box" || s.Step.Kind != "REMEDY" {
		t.Errorf("a step shows as %+v", s)
	}
}

func TestWhatIsNoPage(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(told{id: "1", at: now, account: "A1"})
	var got timelineAnswer
	r.must(timelineOfA1, nil, &got)
	cursor := got.Customer.Timeline.PageInfo.EndCursor
	for name, tt := range map[string]map[string]any{
		"more than 500":          {"first": 501},
		"less than none":         {"last": -1},
		"from both ends":         {"first": 1, "last": 1},
		"a cursor made up":       {"after": "x"},
		"a cursor cut short":     {"before": cursor[:12]},
		"a cursor of elsewhere":  {"after": "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		"a cursor of no text":    {"after": base64.RawURLEncoding.EncodeToString(append([]byte{1}, append(make([]byte, 16), 0xff, 0, 0)...))},
		"a cursor of no time":    {"after": base64.RawURLEncoding.EncodeToString(append([]byte{1, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, make([]byte, 10)...))},
		"a text with U+0000":     {"filter": map[string]any{"vendors": []string{"a\x00"}}},
		"a problem that is none": {"filter": map[string]any{"problem": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.ask(timelineOfA1, tt)
			if s.code() != schema.CodeInvalidArgument {
				t.Errorf("answered %d %s", s.Status, s.Body)
			}
		})
	}
	r.must(timelineOfA1, map[string]any{"first": 0}, &got)
	if len(got.Customer.Timeline.Edges) != 0 || !got.Customer.Timeline.PageInfo.HasNextPage {
		t.Errorf("an empty page is %+v", got.Customer.Timeline)
	}
}

// TestProblemsPage: pages of problems are the problems, the last opened first.
func TestProblemsPage(t *testing.T) {
	r := newRig(t, noLimits)
	var life []told
	for i := range 23 {
		life = append(life, told{
			id: fmt.Sprint(i), subject: fmt.Sprintf("t%d", i), kind: "ticket.opened.v1", account: "A1", at: now.Add(-time.Duration(i/2) * time.Hour),
			data: map[string]any{"problem": map[string]any{"reason": fmt.Sprintf("acme:%d", i)}},
		})
		if i%2 == 0 {
			life = append(life, told{id: fmt.Sprintf("%d-closed", i), subject: fmt.Sprintf("t%d", i), kind: "ticket.closed.v1", account: "A1", at: now})
		}
	}
	r.tell(life...)
	const query = `query($first: Int, $after: String, $status: ProblemStatus) { customer(by: {account: "A1"}) { ... on Customer {
	  problems(first: $first, after: $after, status: $status) { edges { node { id status openedTime reason { code label } tickets { space number status } } } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }`
	type answer struct {
		Customer struct {
			Problems struct {
				Edges []struct {
					Node struct {
						ID, Status string
						OpenedTime time.Time
						Tickets    []struct{ Number string }
					}
				}
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
	}
	for status, want := range map[any]int{nil: 23, "OPEN": 11, "CLOSED": 12} {
		seen := map[string]bool{}
		last := now.Add(time.Hour)
		for after := any(nil); ; {
			var got answer
			s := r.must(query, map[string]any{"first": 4, "after": after, "status": status}, &got)
			for _, e := range got.Customer.Problems.Edges {
				if seen[e.Node.ID] || e.Node.OpenedTime.After(last) || len(e.Node.Tickets) != 1 || status != nil && e.Node.Status != status {
					t.Fatalf("%v: %s", status, s.Body)
				}
				seen[e.Node.ID], last = true, e.Node.OpenedTime
			}
			if !got.Customer.Problems.PageInfo.HasNextPage {
				break
			}
			after = got.Customer.Problems.PageInfo.EndCursor
		}
		if len(seen) != want {
			t.Errorf("%v: %d problems, want %d", status, len(seen), want)
		}
	}
}
