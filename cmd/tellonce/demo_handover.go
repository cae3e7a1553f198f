package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// handoverQuery is what an agent's desktop asks when the call comes in.
const handoverQuery = `query Handover($phone: String!, $ground: String!) {
  customer(by: {phone: $phone}, ground: $ground) {
    ... on Customer {
      brief {
        headline
        say
        details {
          problem { reason { label } status }
          firstWords
          contacts { startedTime vendor waitedSeconds }
          steps { step { label } tried failed worthRedoing }
          promises { what dueTime state overdue }
        }
      }
      timeline(first: 3) { edges { node { time type text } } }
    }
  }
}`

// handover is its answer.
type handover struct {
	Brief struct {
		Headline []string
		Say      string
		Details  []struct {
			Problem struct {
				Reason *struct{ Label string }
				Status string
			}
			FirstWords string
			Contacts   []struct {
				StartedTime   time.Time
				Vendor        string
				WaitedSeconds float64
			}
			Steps []struct {
				Step          struct{ Label string }
				Tried, Failed int
				WorthRedoing  bool
			}
			Promises []struct {
				What    string
				DueTime *time.Time
				State   string
				Overdue bool
			}
		}
	}
}

// handoverBody is the query as a request's body, for curl.
func handoverBody(phone string) string {
	short := `{ customer(by: {phone: "` + phone + `"}, ground: "the call that is on the line") { ... on Customer { brief { headline say } timeline(first: 3) { edges { node { time type text } } } } } }`
	body, err := json.Marshal(map[string]string{"query": short})
	if err != nil {
		return "" // texts always encode
	}
	return string(body)
}

// text is the brief as a screen shows it.
func (h handover) text() string {
	var b strings.Builder
	for _, line := range h.Brief.Headline {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	if h.Brief.Say != "" {
		fmt.Fprintf(&b, "\n  Say: %s\n", h.Brief.Say)
	}
	for _, d := range h.Brief.Details {
		if d.Problem.Reason == nil {
			continue
		}
		fmt.Fprintf(&b, "\n  %s (%s)\n", d.Problem.Reason.Label, strings.ToLower(d.Problem.Status))
		if d.FirstWords != "" {
			fmt.Fprintf(&b, "    “%s”\n", d.FirstWords)
		}
		for _, c := range d.Contacts {
			fmt.Fprintf(&b, "    contact  %s  %-9s waited %s\n", c.StartedTime.Format("2 Jan 15:04"), c.Vendor, (time.Duration(c.WaitedSeconds) * time.Second).String())
		}
		for _, s := range d.Steps {
			again := "do not redo"
			if s.WorthRedoing {
				again = "may be tried again"
			}
			fmt.Fprintf(&b, "    step     %-36s tried %d, failed %d: %s\n", s.Step.Label, s.Tried, s.Failed, again)
		}
		for _, p := range d.Promises {
			due := ""
			if p.DueTime != nil {
				due = "by " + p.DueTime.Format("2 Jan 15:04")
			}
			state := strings.ToLower(strings.ReplaceAll(p.State, "_", " "))
			if p.Overdue {
				state += ", overdue"
			}
			fmt.Fprintf(&b, "    promise  %s %s: %s\n", p.What, due, state)
		}
	}
	return b.String()
}

// askHandover asks once the projections have passed after.
func askHandover(ctx context.Context, url, token, after, phone string) (handover, error) {
	body, err := json.Marshal(map[string]any{"query": handoverQuery, "variables": map[string]any{"phone": phone, "ground": "the call that is on the line"}})
	if err != nil {
		return handover{}, err
	}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
		if err != nil {
			return handover{}, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Tellonce-After", after)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return handover{}, err
		}
		answer, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			return handover{}, err
		}
		var read struct {
			Data   struct{ Customer *handover }
			Errors []struct{ Extensions struct{ Code string } }
		}
		if err := json.Unmarshal(answer, &read); err != nil {
			return handover{}, fmt.Errorf("GraphQL answered %d: %.400s", res.StatusCode, answer)
		}
		if len(read.Errors) == 1 && read.Errors[0].Extensions.Code == "BEHIND" {
			continue // each such answer has waited for a while
		}
		if read.Data.Customer == nil {
			return handover{}, fmt.Errorf("GraphQL answered %d: %.400s", res.StatusCode, answer)
		}
		return *read.Data.Customer, nil
	}
}
