package schema

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/domain"
)

func TestCursorsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zA-Z0-9/é#-]{0,20}`)
		at := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "time")).UTC()
		k := domain.LifeKey{Time: at, Source: text.Draw(t, "source"), Subject: text.Draw(t, "subject"), ID: text.Draw(t, "id"), Sequence: rapid.Int64Min(-1).Draw(t, "sequence")}
		got, err := readLife("after", lifeCursor(k))
		if err != nil || *got != k {
			t.Fatalf("%+v came back as %+v, %v", k, got, err)
		}
		o := opening{at: at, event: domain.IdentityOf(k.Source, k.ID)}
		read, err := readOpening(o.cursor())
		if err != nil || *read != o {
			t.Fatalf("%+v came back as %+v, %v", o, read, err)
		}
	})
}

// FuzzCursor: whatever is sent as a cursor is one that can be asked for, or refused.
func FuzzCursor(f *testing.F) {
	f.Add(lifeCursor(domain.LifeKey{Time: time.Unix(0, 0), Source: "/vendors/acme/crm", ID: "1"}))
	f.Add(opening{at: time.Unix(0, 0)}.cursor())
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := readLife("after", text); err == nil && k != nil {
			again, err := readLife("after", lifeCursor(*k))
			if err != nil || *again != *k {
				t.Errorf("%q reads as %+v and then as %+v, %v", text, k, again, err)
			}
		}
		if o, err := readOpening(text); err == nil && o != nil && o.at.Year() > 9999 {
			t.Errorf("%q is of the year %d", text, o.at.Year())
		}
	})
}

// FuzzQuestion: whatever is sent as a body, what is taken has variables no deeper
// than the limit.
func FuzzQuestion(f *testing.F) {
	f.Add([]byte(`{"query":"{a}","variables":{"a":[{"b":"]}"}]},"operationName":"A","extensions":{}}`))
	f.Add([]byte(`{"variables":{"a":"\\\"[[["}}`))
	f.Add([]byte(`[]`))
	limits := Limits{Variables: 3}
	f.Fuzz(func(t *testing.T, body []byte) {
		q, refusal := questionOfBody(body, &limits)
		if refusal != nil {
			return
		}
		if depth := depthOf(q.variables); depth > limits.Variables {
			text, _ := json.Marshal(q.variables)
			t.Errorf("variables %s are %d deep", text, depth)
		}
	})
}

func depthOf(v any) int {
	most := 0
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return 0
		}
		for _, one := range v {
			most = max(most, depthOf(one))
		}
	case []any:
		for _, one := range v {
			most = max(most, depthOf(one))
		}
	default:
		return 0
	}
	return most + 1
}
