package intake

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/domain"
)

// Whatever is done to an event, its answer is one of the three, and what is accepted
// decodes in every projection and keeps its place.
func TestWhateverIsAcceptedDecodes(t *testing.T) {
	r := newRig(t)
	forms := vendorForms(t)
	types := slices.Sorted(maps.Keys(forms))
	rapid.Check(t, func(rt *rapid.T) {
		var e map[string]any
		if err := json.Unmarshal(forms[rapid.SampledFrom(types).Draw(rt, "type")], &e); err != nil {
			rt.Fatal(err)
		}
		e["time"], e["source"] = "2026-02-28T10:00:00Z", "/vendors/acme/crm"
		for range rapid.IntRange(0, 3).Draw(rt, "changes") {
			change(rt, e)
		}
		text, err := json.Marshal(e)
		if err != nil {
			rt.Fatal(err)
		}
		c, err := ReadEvent(text)
		if err != nil {
			rt.Fatalf("%s: %v", text, err)
		}
		before := len(r.log.messages)
		answers, _, err := r.Accept(t.Context(), acme, []Candidate{c})
		if err != nil {
			rt.Fatalf("%s: %v", text, err)
		}
		wrote := r.log.messages[before:]
		switch a := answers[0]; a.Outcome {
		case Accepted:
			got, err := domain.DecodeRecord(wrote[0].Value)
			if err != nil {
				rt.Fatalf("%s became %s: %v", text, wrote[0].Value, err)
			}
			if got.Person.String() != string(wrote[0].Key) || got.ID != a.ID || got.Source != a.Source {
				rt.Fatalf("%s became %s under %s", text, wrote[0].Value, wrote[0].Key)
			}
		case Refused:
			if a.Problem == nil || a.Problem.Detail == "" || len(wrote) != 0 {
				rt.Fatalf("%s: %+v", text, a)
			}
		default:
			rt.Fatalf("%s: %s", text, a.Outcome)
		}
	})
}

// change replaces, removes or adds a member somewhere in a tree.
func change(t *rapid.T, tree map[string]any) {
	names := slices.Sorted(maps.Keys(tree))
	if len(names) == 0 {
		return
	}
	name := rapid.SampledFrom(names).Draw(t, "member")
	if below, ok := tree[name].(map[string]any); ok && rapid.IntRange(0, 3).Draw(t, "below") > 0 {
		change(t, below)
		return
	}
	switch rapid.IntRange(0, 3).Draw(t, "how") {
	case 0:
		delete(tree, name)
	case 1:
		tree[name] = anyJSON(2).Draw(t, "value")
	case 2:
		tree[rapid.StringMatching(`[a-z_]{1,6}`).Draw(t, "name")] = anyJSON(2).Draw(t, "value")
	default:
		tree[name] = rapid.SampledFrom([]any{"", "\u2028<>&", "2026-03-01T12:00:00Z", json.Number("1.0"), json.Number("1e400"), []any{nil}, map[string]any{"person": "x"}}).Draw(t, "value")
	}
}
