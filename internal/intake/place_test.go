package intake

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/ring"
)

func TestWhoseLifeAnEventGoesTo(t *testing.T) {
	r := newRig(t)
	account := func() domain.PersonID { return r.find(t, domain.Account, "A1") }
	line := func() domain.PersonID { return r.find(t, domain.Line, "+33140000001") }
	email := func() domain.PersonID { return r.find(t, domain.Email, "ana@example.com") }
	phone := func() domain.PersonID { return r.find(t, domain.Phone, "+33612345678") }
	reference := func() domain.PersonID { return r.ring.ReferencePerson("/vendors/acme/crm", "call-1") }
	customer := func(members ...any) map[string]any {
		d := data()
		c := map[string]any{}
		for i := 0; i < len(members); i += 2 {
			c[members[i].(string)] = members[i+1]
		}
		d["customer"] = c
		return d
	}
	for name, tt := range map[string]struct {
		event string
		want  func() domain.PersonID
	}{
		"the account":                      {event("id", "1", "data", customer("phone", "0612345678", "line", "0140000001", "account", "a1")), account},
		"else the line":                    {event("id", "2", "data", customer("phone", "0612345678", "line", "0140000001")), line},
		"else the reference, not the weak": {event("id", "3", "data", customer("phone", "0612345678")), reference},
		"else the strongest weak":          {event("id", "4", "subject", absent, "data", customer("phone", "0612345678", "email", "Ana@Example.com")), email},
		"a phone where it is all there is": {event("id", "5", "subject", absent, "data", customer("phone", "06 12 34 56 78")), phone},
		"else its own": {event("id", "6", "subject", absent), func() domain.PersonID {
			return r.ring.EventPerson("/vendors/acme/crm", "6")
		}},
		"its own where the phone is withheld": {event("id", "6a", "subject", absent, "data", customer("phone", "anonymous")), func() domain.PersonID {
			return r.ring.EventPerson("/vendors/acme/crm", "6a")
		}},
		"an interaction in its place": {event("id", "7", "subject", "ticket-9", "data", data("interaction", map[string]any{"subject": "call-1"})), reference},
		"another tool's interaction": {event("id", "8", "data", data("interaction", map[string]any{"source": "/vendors/acme/pbx", "subject": "77"})), func() domain.PersonID {
			return r.ring.ReferencePerson("/vendors/acme/pbx", "77")
		}},
		"an interaction's event goes to it, whoever is named": {event("id", "9", "type", "interaction.started.v1", "data", map[string]any{"customer": map[string]any{"account": "A1"}}), reference},
		"a ticket's event goes to it":                         {event("id", "10", "type", "ticket.opened.v1", "subject", "T1", "data", map[string]any{"customer": map[string]any{"account": "A1"}}), func() domain.PersonID { return r.ring.ReferencePerson("/vendors/acme/crm", "T1") }},
		"a ticket's event goes to its call":                   {event("id", "11", "type", "ticket.opened.v1", "subject", "T1", "data", map[string]any{"interaction": map[string]any{"subject": "call-1"}}), reference},
		"a verified caller goes to the call":                  {event("id", "12", "type", "caller.verified.v1", "data", map[string]any{"level": "strong", "customer": map[string]any{"account": "A1"}}), reference},
	} {
		t.Run(name, func(t *testing.T) {
			if _, got := r.one(t, tt.event); got.Person != tt.want() {
				t.Errorf("goes to %s, want %s", got.Person, tt.want())
			}
		})
	}
}

func TestAnIssuedIDPlacesAndNeverLinks(t *testing.T) {
	r := newRig(t)
	r.one(t, event("id", "0", "data", data("customer", map[string]any{"account": "A1", "phone": "0612345678"})))
	account, phone := r.find(t, domain.Account, "A1"), r.find(t, domain.Phone, "+33612345678")
	id := func(p domain.PersonID) map[string]any {
		return data("note", "said so", "customer", map[string]any{"customer": domain.FormatCustomer(p), "email": "ana@example.com"})
	}

	_, got := r.one(t, event("id", "1", "data", id(account)))
	want := []domain.Named{{Kind: domain.Account, Person: account, Issued: true}, {Kind: domain.Email, Person: r.find(t, domain.Email, "ana@example.com")}}
	if got.Person != account || !slices.Equal(got.Persons, want) {
		t.Errorf("goes to %s and names %v, want %v", got.Person, got.Persons, want)
	}
	_, got = r.one(t, event("id", "2", "data", id(phone)))
	if got.Person != phone || got.Persons[1] != (domain.Named{Kind: domain.Phone, Person: phone, Issued: true}) {
		t.Errorf("goes to %s and names %v, want %s", got.Person, got.Persons, phone)
	}
	// An identifier named by itself is not named by its issued id as well.
	_, got = r.one(t, event("id", "3", "data", data("customer", map[string]any{"customer": domain.FormatCustomer(account), "account": "A1"})))
	if want := []domain.Named{{Kind: domain.Account, Person: account}}; !slices.Equal(got.Persons, want) {
		t.Errorf("names %v, want %v", got.Persons, want)
	}
}

func TestAnIssuedIDOfACallThatOnlyTheEngineKnows(t *testing.T) {
	r := newRig(t)
	call := r.ring.ReferencePerson("/vendors/other/pbx", "9")
	if _, err := r.pool.Exec(t.Context(), "INSERT INTO engine.person (person, kind, customer) VALUES ($1, 'reference', $1)", call); err != nil {
		t.Fatal(err)
	}
	_, got := r.one(t, event("data", data("note", "x", "customer", map[string]any{"customer": domain.FormatCustomer(call)})))
	if want := (domain.Named{Kind: domain.Reference, Person: call, Issued: true}); got.Person != call || got.Persons[0] != want {
		t.Errorf("goes to %s and names %v", got.Person, got.Persons)
	}
	if got := r.open(t, &got)["/note"]; got != "x" {
		t.Errorf("note is %v", got)
	}
}

func TestUnderWhoseKeyAValueIsSealed(t *testing.T) {
	r := newRig(t)
	_, got := r.one(t, event("data", data("note", "words", "mood", "odd", "customer", map[string]any{"name": "Ana Durand", "phone": []any{"0612345678", "withheld"}, "account": "A1"},
		"agent", map[string]any{"id": "ag7", "name": "Zoé", "team": "N1"}, "problem", map[string]any{"asset": map[string]any{"line": "0140000001"}})))
	account, phone := r.find(t, domain.Account, "A1"), r.find(t, domain.Phone, "+33612345678")
	line, agent := r.find(t, domain.Line, "+33140000001"), r.find(t, domain.AgentKind, "acme/AG7")
	under := map[domain.PersonID]map[string]any{}
	for _, s := range got.Personal {
		person, _ := ring.PersonOf(s)
		if under[person] == nil {
			under[person] = map[string]any{}
		}
		for pointer, value := range r.openOne(t, &got, s) {
			under[person][pointer] = value
		}
	}
	want := map[domain.PersonID]map[string]any{
		account: {"/note": "words", "/mood": "odd", "/customer/name": "Ana Durand", "/customer/account": "A1", "/customer/phone/1": "withheld"},
		phone:   {"/customer/phone/0": "0612345678"},
		line:    {"/problem/asset/line": "0140000001"},
		agent:   {"/agent/id": "ag7", "/agent/name": "Zoé"},
	}
	gotJSON, _ := json.Marshal(under)
	wantJSON, _ := json.Marshal(want)
	if string(gotJSON) != string(wantJSON) {
		t.Errorf("got  %s\nwant %s", gotJSON, wantJSON)
	}
	tried := got.Event.(*domain.StepTried)
	if tried.Agent.Person != agent || tried.Agent.Employer != "acme" || tried.Agent.Team != "N1" {
		t.Errorf("agent is %+v", tried.Agent)
	}
	if a := tried.Problem.Asset; a.Person != line || a.Kind != domain.Line {
		t.Errorf("asset is %+v", a)
	}
	if slices.ContainsFunc(got.Persons, func(n domain.Named) bool { return n.Person == line || n.Person == agent }) {
		t.Errorf("the asset or the agent is among the persons: %v", got.Persons)
	}
}

func TestWithoutIdentifiersTheReferenceHoldsTheKey(t *testing.T) {
	r := newRig(t)
	_, got := r.one(t, event("data", data("note", "words")))
	if person, _ := ring.PersonOf(got.Personal[0]); person != got.Reference || person.IsZero() {
		t.Errorf("sealed under %s, want %s", person, got.Reference)
	}
	_, got = r.one(t, event("id", "e2", "subject", absent, "data", data("note", "words")))
	if person, _ := ring.PersonOf(got.Personal[0]); person != got.Person || !got.Reference.IsZero() {
		t.Errorf("sealed under %s, want %s", person, got.Person)
	}
}

func TestContinuesIsAReference(t *testing.T) {
	r := newRig(t)
	_, got := r.one(t, event("type", "interaction.started.v1", "data", map[string]any{"continues": map[string]any{"source": "/vendors/beta/pbx", "subject": "42"}}))
	if got.Continues != r.ring.ReferencePerson("/vendors/beta/pbx", "42") {
		t.Errorf("continues %s", got.Continues)
	}
}

func TestTheHolderOfATicketIsNamed(t *testing.T) {
	r := newRig(t)
	_, got := r.one(t, event("type", "ticket.assigned.v1", "data", map[string]any{"holder": map[string]any{"group": "G2", "agent": map[string]any{"id": "x9"}}}))
	holder := got.Event.(*domain.TicketAssigned).Holder
	if holder.Agent.Person != r.find(t, domain.AgentKind, "acme/X9") || holder.Group != "G2" {
		t.Errorf("holder is %+v", holder)
	}
}
