package schema_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/schema"
)

const findQuery = `query($by: IdentifierInput!) { customer(by: $by) { __typename ... on Customer { id } ... on Candidates { count } ... on NotFound { message } } }`

type findAnswer struct {
	Customer struct {
		Typename string `json:"__typename"`
		ID       string
		Count    int
		Message  string
	}
}

func TestWhoAnIdentifierIs(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(
		told{id: "1", subject: "i1", kind: "interaction.started.v1", at: now.Add(-3 * time.Hour), account: "A1", phone: "0612345678"},
		told{id: "2", subject: "i2", kind: "interaction.started.v1", at: now.Add(-2 * time.Hour), account: "A1", phone: "0687654321"},
		told{id: "3", subject: "i3", kind: "interaction.started.v1", at: now.Add(-time.Hour), account: "B2", phone: "0687654321"},
		told{id: "4", subject: "i4", kind: "interaction.started.v1", at: now, phone: "0611111111"},
	)
	one := func(name, value string) map[string]any { return map[string]any{name: value} }
	interaction := func(subject string) map[string]any {
		return map[string]any{"interaction": map[string]any{"source": "/vendors/acme/crm", "subject": subject}}
	}
	find := func(by map[string]any) findAnswer {
		var got findAnswer
		r.must(findQuery, map[string]any{"by": by}, &got)
		return got
	}
	a1 := find(one("account", "A1")).Customer.ID
	for name, tt := range map[string]struct {
		by       map[string]any
		typename string
		id       string
		count    int
	}{
		"an account":                         {one("account", " a1 "), "Customer", a1, 0},
		"a phone as dialled":                 {one("phone", "06 12 34 56 78"), "Customer", a1, 0},
		"a phone with its country":           {one("phone", "+33612345678"), "Customer", a1, 0},
		"a phone of two customers":           {one("phone", "+33687654321"), "Candidates", "", 2},
		"an interaction":                     {interaction("i1"), "Customer", a1, 0},
		"the customer's id":                  {one("customer", a1), "Customer", a1, 0},
		"the id of any person":               {one("customer", domain.FormatCustomer(r.person(domain.Phone, "0612345678"))), "Customer", a1, 0},
		"the id of a call":                   {one("customer", domain.FormatCustomer(r.ring.ReferencePerson("/vendors/acme/crm", "i1"))), "Customer", a1, 0},
		"a phone that named nobody":          {one("phone", "0611111111"), "Customer", find(interaction("i4")).Customer.ID, 0},
		"an account that nobody named":       {one("account", "C3"), "NotFound", "", 0},
		"an interaction that nobody told of": {interaction("i9"), "NotFound", "", 0},
		"an id that is nobody's":             {one("customer", domain.FormatCustomer(domain.PersonID{1})), "NotFound", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := find(tt.by).Customer
			if got.Typename != tt.typename || got.ID != tt.id || got.Count != tt.count {
				t.Errorf("got %+v, want %s %s %d", got, tt.typename, tt.id, tt.count)
			}
		})
	}
}

func TestWhatIsNoIdentifier(t *testing.T) {
	r := newRig(t, noLimits)
	for name, tt := range map[string]struct {
		by   string
		says string
	}{
		"none":                          {`{}`, "exactly one"},
		"two":                           {`{account: "A1", line: "L1"}`, "exactly one"},
		"a phone in words":              {`{phone: "anonymous"}`, "telephone number"},
		"an empty account":              {`{account: ""}`, "account"},
		"an e-mail address without @":   {`{email: "a.example.com"}`, "name@example.com"},
		"a customer of another form":    {`{customer: "1234"}`, "id of a customer"},
		"an interaction without source": {`{interaction: {source: "", subject: "i1"}}`, "source"},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.ask(`{ customer(by: `+tt.by+`) { __typename } }`, nil)
			if s.code() != schema.CodeInvalidArgument || !strings.Contains(s.Errors[0].Message, tt.says) || s.Status != 200 {
				t.Errorf("answered %d %s", s.Status, s.Body)
			}
		})
	}
}

func TestNodes(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(fourthCall()...)
	var got wholeBriefAnswer
	r.must(wholeBrief, nil, &got)
	var life timelineAnswer
	r.must(timelineOfA1, nil, &life)
	problem := got.Customer.Problems.Edges[0].Node.ID
	event := life.Customer.Timeline.Edges[0].Node.ID
	const query = `query($id: ID!) { node(id: $id) { __typename id ... on Problem { contacts firstWords { text } tickets { number } } ... on TimelineEntry { type channel problem text } ... on Customer { brief { headline } timeline(first: 1) { edges { node { id } } } } } }`
	for name, tt := range map[string]struct{ id, want string }{
		"a customer":                 {got.Customer.ID, `"__typename":"Customer","id":"` + got.Customer.ID},
		"a problem":                  {problem, `"__typename":"Problem","id":"` + problem + `","contacts":3,"firstWords":{"text":"No light on the box since call-1"}`},
		"a problem, by an event":     {strings.Replace(event, "e_", "p_", 1), `"id":"` + problem},
		"an event":                   {event, `"__typename":"TimelineEntry","id":"` + event + `","type":"interaction.ended.v1","channel":"phone","problem":"` + problem},
		"an event that nobody told":  {domain.FormatEvent(domain.EventID{1}), `"node":null`},
		"a problem that is none":     {domain.FormatProblem(domain.EventID{1}), `"node":null`},
		"a customer that nobody is":  {domain.FormatCustomer(domain.PersonID{1}), `"node":null`},
		"what is no id":              {"1", string(schema.CodeInvalidArgument)},
		"what is no id, but like it": {"p_1", string(schema.CodeInvalidArgument)},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.ask(query, map[string]any{"id": tt.id})
			if !strings.Contains(string(s.Body), tt.want) {
				t.Errorf("got %s, want %s", s.Body, tt.want)
			}
		})
	}
}

// TestOneRoundTrip: whatever a request asks for of however many customers, it is one
// batch.
func TestOneRoundTrip(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(fourthCall()...)
	queries := map[string]string{
		"nothing":   `{ __typename }`,
		"a brief":   wholeBrief,
		"a life":    strings.Replace(timelineOfA1, "edges {", "edges { n2: node { problem channel reason { label } }", 1),
		"two of it": `{ a: customer(by: {account: "A1"}) { ...C } b: customer(by: {phone: "0612345678"}) { ...C } } fragment C on CustomerResult { ... on Customer { new: timeline(first: 2) { edges { node { text } } } old: timeline(last: 2) { edges { node { text } } } brief { say } } }`,
		"node":      `{ node(id: "e_AAAAAAAAAAAAAAAAAAAAAA") { id } }`,
	}
	for name, query := range queries {
		t.Run(name, func(t *testing.T) {
			r.must(query, nil, nil) // statements are prepared on the way
			r.traced.reset()
			s := r.must(query, nil, nil)
			batches, batched, alone := r.traced.reset()
			if batches != 1 || alone != 0 {
				t.Errorf("%d batches and %d statements beside: %s", batches, alone, s.Body)
			}
			t.Logf("%d statements", batched)
		})
	}
}

// TestSkippedIsNotRead: what @skip and @include leave out is in no statement.
func TestSkippedIsNotRead(t *testing.T) {
	r := newRig(t, noLimits)
	query := `query($b: Boolean!, $t: Boolean = true) { customer(by: {account: "A1"}) { ... on Customer { brief @include(if: $b) { say } ... @skip(if: $t) { timeline { edges { cursor } } } } } }`
	for b, want := range map[bool]int{false: 2, true: 0} {
		r.must(query, map[string]any{"b": b}, nil)
		r.traced.reset()
		r.must(query, map[string]any{"b": b}, nil)
		_, batched, _ := r.traced.reset()
		if want != 0 && batched != want || want == 0 && batched < 5 {
			t.Errorf("with brief %t: %d statements", b, batched)
		}
	}
}

// TestOneSnapshot: the statements of a batch see one state of the database.
func TestOneSnapshot(t *testing.T) {
	r := newRig(t, noLimits)
	var seen []string
	results := r.api.SendBatch(t.Context(), snapshots())
	for range 2 {
		var s string
		if err := results.QueryRow().Scan(&s); err != nil {
			t.Fatal(err)
		}
		seen = append(seen, s)
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	if seen[0] != seen[1] || !strings.Contains(seen[0], "repeatable read") {
		t.Errorf("two snapshots: %v", seen)
	}
}

func TestTellonceAfter(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(told{id: "1", at: now, account: "A1", words: "hello"})
	s := r.must(`{ __typename }`, nil, nil)
	position := s.Extensions.Tellonce.AsOf.Position
	if position == "" || s.Extensions.Tellonce.AsOf.RecordedTime != "2026-03-01T12:01:00Z" {
		t.Fatalf("asOf is %+v", s.Extensions.Tellonce.AsOf)
	}
	r.must(`{ __typename }`, nil, nil, header("Tellonce-After", position))
	done := make(chan *said, 1)
	token := after(t, r.offset)
	go func() { done <- r.ask(timelineOfA1, nil, header("Tellonce-After", token)) }()
	r.tell(told{id: "2", at: now, account: "A1", words: "again"})
	if s := <-done; !strings.Contains(string(s.Body), "again") {
		t.Errorf("a write is not seen: %s", s.Body)
	}
	if s := r.must(`{ __typename }`, nil, nil); s.Extensions.Tellonce.AsOf.Position != token {
		t.Errorf("asOf is %s, want %s", s.Extensions.Tellonce.AsOf.Position, token)
	}
}
