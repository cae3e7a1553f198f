package intake

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// event is a step.tried of acme's CRM with members put in place of its own; absent
// takes one away.
func event(members ...any) string {
	e := map[string]any{
		"specversion": "1.0", "id": "e1", "source": "/vendors/acme/crm", "subject": "call-1",
		"type": "step.tried.v1", "time": "2026-03-01T11:59:00Z",
		"data": map[string]any{"step": "reboot.box", "outcome": "failed"},
	}
	for i := 0; i < len(members); i += 2 {
		name, _ := members[i].(string)
		if members[i+1] == absent {
			delete(e, name)
			continue
		}
		e[name] = members[i+1]
	}
	b, _ := json.Marshal(e) // texts and numbers always encode
	return string(b)
}

var absent = &struct{}{}

// data is the members of an event's data over those of a good step.tried.
func data(members ...any) map[string]any {
	d := map[string]any{"step": "reboot.box", "outcome": "failed"}
	for i := 0; i < len(members); i += 2 {
		d[members[i].(string)] = members[i+1]
	}
	return d
}

func TestRefusals(t *testing.T) {
	r := newRig(t)
	for name, tt := range map[string]struct {
		event    string
		kind     ProblemType
		pointer  string
		says     string // in the detail: what to do
		expected string
	}{
		"not an object":      {`"x"`, NotAnEvent, "", "Send each event as a JSON object", "object"},
		"specversion absent": {event("specversion", absent), BadAttribute, "/specversion", `Set specversion to "1.0"`, `"1.0"`},
		"specversion 0.3":    {event("specversion", "0.3"), BadAttribute, "/specversion", `Set specversion to "1.0"`, `"1.0"`},
		"id absent":          {event("id", absent), BadAttribute, "/id", "Set id", "text"},
		"id empty":           {event("id", ""), BadAttribute, "/id", "Set id", "text"},
		"id null":            {event("id", nil), BadAttribute, "/id", "Set id", "text"},
		"id a number":        {event("id", 7), BadAttribute, "/id", "as a JSON string", "text"},
		"id too long":        {event("id", strings.Repeat("x", 257)), BadAttribute, "/id", "Shorten id: it has 257 bytes", "256"},
		"id with a newline":  {event("id", "a\nb"), BadAttribute, "/id", "Leave control characters out", "control"},
		"source absent":      {event("source", absent), BadAttribute, "/source", "Set source", "text"},
		"source of no form":  {event("source", "urn:acme"), BadAttribute, "/source", "/vendors/acme/crm", "/vendors/<vendor>/<system>"},
		"source no system":   {event("source", "/vendors/acme/"), BadAttribute, "/source", "/vendors/acme/crm", "/vendors/<vendor>/<system>"},
		"source with #":      {event("source", "/vendors/acme/crm#1"), BadAttribute, "/source", "without spaces", "/vendors/<vendor>/<system>"},
		"source with space":  {event("source", "/vendors/acme/c r m"), BadAttribute, "/source", "without spaces", "/vendors/<vendor>/<system>"},
		"type absent":        {event("type", absent), BadAttribute, "/type", "Set type", "text"},
		"type unknown":       {event("type", "step.danced.v1"), UnknownType, "/type", "GET /v1/events lists them", "step.tried.v1"},
		"type no version":    {event("type", "step.tried"), UnknownType, "/type", "Send the type with its version: step.tried.v1.", "step.tried.v1"},
		"time absent":        {event("time", absent), BadAttribute, "/time", "Set time", "text"},
		"time without zone":  {event("time", "2026-03-01T11:59:00"), BadAttribute, "/time", "RFC 3339 with its zone", "RFC 3339"},
		"time in words":      {event("time", "yesterday"), BadAttribute, "/time", "RFC 3339 with its zone", "RFC 3339"},
		"time a number":      {event("time", 1772366340), BadAttribute, "/time", "as a JSON string", "text"},
		"time 30 February":   {event("time", "2026-02-30T00:00:00Z"), BadAttribute, "/time", "RFC 3339", "RFC 3339"},
		"time of 1969":       {event("time", "1969-12-31T23:59:59Z"), TimeRange, "/time", "The year is 1969", "1970 to 2100"},
		"time of 2101":       {event("time", "2101-01-01T00:00:00Z"), TimeRange, "/time", "The year is 2101", "1970 to 2100"},
		"time 1969 in UTC":   {event("time", "1970-01-01T00:30:00+01:00"), TimeRange, "/time", "The year is 1969", "1970 to 2100"},
		"time ahead":         {event("time", "2026-03-01T12:10:00.000001Z"), TimeAhead, "/time", "set the sender's clock, or mend its time zone", "10 minutes"},
		"an hour ahead":      {event("time", "2026-03-01T13:00:00Z"), TimeAhead, "/time", "1h0m0s ahead", "2026-03-01T12:00:00Z"},
		"sequence negative":  {event("sequence", -1), BadAttribute, "/sequence", "whole number from 0 up", "whole number"},
		"sequence fraction":  {event("sequence", 1.5), BadAttribute, "/sequence", "whole number from 0 up", "whole number"},
		"sequence words":     {event("sequence", "third"), BadAttribute, "/sequence", "whole number from 0 up", "whole number"},
		"sequence +3":        {event("sequence", "+3"), BadAttribute, "/sequence", "whole number from 0 up", "whole number"},
		"sequence huge":      {event("sequence", "9223372036854775808"), BadAttribute, "/sequence", "whole number from 0 up", "whole number"},
		"revision negative":  {event("revision", -1), BadAttribute, "/revision", "whole number from 0 up", "whole number"},
		"revision huge":      {event("revision", 1<<31), BadAttribute, "/revision", "whole number from 0 up", "whole number"},
		"subject absent":     {event("type", "interaction.started.v1", "data", map[string]any{}, "subject", absent), BadAttribute, "/subject", "Set subject to the id of the interaction or ticket", "id"},
		"ticket no subject":  {event("type", "ticket.opened.v1", "data", map[string]any{}, "subject", absent), BadAttribute, "/subject", "Set subject", "id"},
		"caller no subject":  {event("type", "caller.verified.v1", "data", map[string]any{"level": "none"}, "subject", absent), BadAttribute, "/subject", "Set subject", "id"},
		"data is XML":        {event("datacontenttype", "application/xml"), BadAttribute, "/datacontenttype", "application/json", "application/json"},
		"data in base64":     {event("data", absent, "data_base64", "e30="), BadAttribute, "/data_base64", "data_base64 is not read", "object"},
		"data absent":        {event("data", absent), BadAttribute, "/data", "Send the event's data", "object"},
		"data null":          {event("data", nil), BadAttribute, "/data", "as a JSON object", "object"},
		"data a list":        {event("data", []any{}), BadAttribute, "/data", "as a JSON object", "object"},
		"U+0000":             {event("data", data("note", "a\x00b")), UnusableText, "/data/note", "Leave the character U+0000 out", "U+0000"},
		"half a surrogate":   {strings.Replace(event("data", data("note", "MARK")), "MARK", `\ud83d`, 1), UnusableText, "/data/note", "Cut texts between characters", "half"},
		"a member twice":     {strings.Replace(event(), `"outcome"`, `"step":"x","outcome"`, 1), DuplicateMember, "/data/step", `"step" once`, "once"},
		"too deep":           {strings.Replace(event("data", data("x", "MARK")), `"MARK"`, deep(40), 1), TooDeep, "/data/x" + strings.Repeat("/0", MaxDepth-2), "32 levels", "32"},
		"too large":          {event("data", data("note", strings.Repeat("x", MaxEvent))), EventTooLarge, "", "shorten its texts", "65536"},
		"outcome missing":    {event("data", map[string]any{"step": "reboot.box"}), BadData, "/data/outcome", "GET /v1/schemas/step.tried.v1.json", "worked"},
		"outcome unknown":    {event("data", data("outcome", "meh")), BadData, "/data/outcome", "At /data/outcome:", "worked"},
		"a customer's key":   {event("data", data("customer", map[string]any{"mail": "a@b.fr"})), BadData, "/data/customer/mail", "lost in silence", "email"},
		"customer unknown":   {event("data", data("customer", map[string]any{"customer": "c_AAAAAAAAAAAAAAAAAAAAAA"})), UnknownCustomer, "/data/customer/customer", "operator's own customer number is an account", "as tellonce gave it"},
		"customer no id":     {event("data", data("customer", map[string]any{"customer": []any{"12345"}})), UnknownCustomer, "/data/customer/customer/0", "operator's own customer number is an account", "as tellonce gave it"},
		"old form is wrong":  {event("type", "interaction.ended.v0", "data", map[string]any{"outcome": "completed", "talk_ms": "long"}), BadData, "/data", "interaction.ended.v0", "interaction.ended.v0"},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.post(t, acme, tt.event)[0]
			if got.Outcome != Refused || got.Problem == nil {
				t.Fatalf("got %+v, want refused", got)
			}
			p := got.Problem
			if p.Type != tt.kind.URI() || p.Status != tt.kind.Status || p.Pointer != tt.pointer {
				t.Errorf("got %s (%d) at %q: %s; want %s (%d) at %q", p.Type, p.Status, p.Pointer, p.Detail, tt.kind.URI(), tt.kind.Status, tt.pointer)
			}
			if !strings.Contains(p.Detail, tt.says) || !strings.Contains(p.Expected, tt.expected) {
				t.Errorf("detail %q, expected %q; want %q and %q in them", p.Detail, p.Expected, tt.says, tt.expected)
			}
			if p.Status != http.StatusForbidden && p.Title == "" {
				t.Error("no title")
			}
		})
	}
	if n := len(r.log.messages); n != 0 {
		t.Errorf("%d records written for refused events", n)
	}
}

func TestEveryDefectOfTheEnvelopeIsNamed(t *testing.T) {
	r := newRig(t)
	p := r.post(t, acme, event("id", absent, "time", "noon", "sequence", -1))[0].Problem
	var pointers []string
	for _, d := range p.Errors {
		pointers = append(pointers, d.Pointer)
	}
	if got := strings.Join(pointers, " "); got != "/id /sequence /time" {
		t.Errorf("errors at %s", got)
	}
}

func TestOneEventThatIsRefusedLeavesTheOthersAlone(t *testing.T) {
	r := newRig(t)
	answers := r.post(t, acme, event("id", "a"), event("id", "b", "time", "noon"), `{"a":1,"a":2}`, event("id", "c"))
	var got []Outcome
	for _, a := range answers {
		got = append(got, a.Outcome)
	}
	if len(got) != 4 || got[0] != Accepted || got[1] != Refused || got[2] != Refused || got[3] != Accepted {
		t.Fatalf("got %v", got)
	}
	if answers[1].ID != "b" || len(r.log.records(t)) != 2 {
		t.Errorf("answer names %q, %d records", answers[1].ID, len(r.log.messages))
	}
}
