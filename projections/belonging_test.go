package projections

import (
	"testing"

	"github.com/tellonce/tellonce/domain"
)

// Each case is a clause of the rules of belonging; want has the persons of one
// customer in one list, "shared" before a shared one.
func TestBelonging(t *testing.T) {
	pool := database(t)
	for name, tt := range map[string]struct {
		given []told
		want  [][]string
	}{
		"account and line that stand together are one": {
			given: []told{{id: "1", names: "account:A line:L"}},
			want:  [][]string{{"account:A", "line:L"}},
		},
		"two accounts in one event are one": {
			given: []told{{id: "1", names: "account:A account:B"}},
			want:  [][]string{{"account:A", "account:B"}},
		},
		"accounts are joined over a line they both stand with": {
			given: []told{{id: "1", names: "account:A line:L"}, {id: "2", names: "account:B line:L"}},
			want:  [][]string{{"account:A", "account:B", "line:L"}},
		},
		"accounts apart are two": {
			given: []told{{id: "1", names: "account:A"}, {id: "2", names: "account:B"}},
			want:  [][]string{{"account:A"}, {"account:B"}},
		},
		"phone first and account later in one call": {
			given: []told{
				{id: "1", typ: "interaction.started", at: 1, call: "c", names: "phone:P"},
				{id: "2", typ: "caller.verified", at: 2, call: "c", names: "account:A"},
			},
			want: [][]string{{"account:A", "phone:P", "call:c"}},
		},
		"wrong account corrected in one call": {
			given: []told{
				{id: "1", typ: "interaction.started", at: 1, call: "c", names: "phone:P"},
				{id: "2", typ: "caller.verified", at: 2, call: "c", names: "account:A"},
				{id: "3", typ: "caller.verified", at: 3, call: "c", names: "account:B"},
				{id: "4", names: "account:A"},
			},
			want: [][]string{{"account:B", "phone:P", "call:c"}, {"account:A"}},
		},
		"the last naming is the last in life, not in arrival": {
			given: []told{
				{id: "3", typ: "caller.verified", at: 3, call: "c", names: "account:B"},
				{id: "2", typ: "caller.verified", at: 2, call: "c", names: "account:A"},
			},
			want: [][]string{{"account:B", "call:c"}},
		},
		"an event that names nobody leaves the naming": {
			given: []told{
				{id: "1", typ: "caller.verified", at: 1, call: "c", names: "account:A"},
				{id: "2", typ: "interaction.ended", at: 2, call: "c"},
			},
			want: [][]string{{"account:A", "call:c"}},
		},
		"the strongest of the last naming event": {
			given: []told{{id: "1", typ: "caller.verified", call: "c", names: "issued:account:B line:L phone:P"}, {id: "2", names: "account:B"}},
			want:  [][]string{{"line:L", "phone:P", "call:c"}, {"account:B"}},
		},
		"a ticket whose caller changes": {
			given: []told{
				{id: "1", typ: "ticket.opened", at: 1, call: "t", names: "account:A"},
				{id: "2", typ: "ticket.updated", at: 2, call: "t", names: "account:B"},
				{id: "3", names: "account:A"},
			},
			want: [][]string{{"account:A"}, {"account:B", "call:t"}},
		},
		"a phone seen with one account belongs to it": {
			given: []told{{id: "1", names: "account:A phone:P"}, {id: "2", names: "phone:P"}},
			want:  [][]string{{"account:A", "phone:P"}},
		},
		"a phone seen with two accounts joins nobody": {
			given: []told{{id: "1", names: "account:A phone:P"}, {id: "2", names: "account:B phone:P"}},
			want:  [][]string{{"account:A"}, {"account:B"}, {"shared phone:P"}},
		},
		"a phone seen with two accounts that are one customer is theirs": {
			given: []told{{id: "1", names: "account:A phone:P"}, {id: "2", names: "account:B phone:P"}, {id: "3", names: "account:A account:B"}},
			want:  [][]string{{"account:A", "account:B", "phone:P"}},
		},
		"a phone seen in the calls of two accounts joins nobody": {
			given: []told{
				{id: "1", typ: "interaction.started", at: 1, call: "c", names: "phone:P"},
				{id: "2", typ: "caller.verified", at: 2, call: "c", names: "account:A"},
				{id: "3", typ: "interaction.started", at: 3, call: "d", names: "phone:P"},
				{id: "4", typ: "caller.verified", at: 4, call: "d", names: "account:B"},
			},
			want: [][]string{{"account:A", "call:c"}, {"account:B", "call:d"}, {"shared phone:P"}},
		},
		"a call from a shared phone that names nobody is its own": {
			given: []told{
				{id: "1", names: "account:A phone:P"},
				{id: "2", names: "account:B phone:P"},
				{id: "3", typ: "interaction.started", call: "c", names: "phone:P"},
				{id: "4", typ: "interaction.started", call: "d", names: "phone:P"},
			},
			want: [][]string{{"account:A"}, {"account:B"}, {"shared phone:P"}, {"call:c"}, {"call:d"}},
		},
		"a shared phone lends nothing to a device": {
			given: []told{{id: "1", names: "account:A phone:P"}, {id: "2", names: "account:B phone:P"}, {id: "3", names: "phone:P device:D"}},
			want:  [][]string{{"account:A"}, {"account:B"}, {"shared phone:P"}, {"device:D"}},
		},
		"a device seen with a shared phone and an account is the account's": {
			given: []told{{id: "1", names: "account:A phone:P"}, {id: "2", names: "account:B phone:P device:D"}},
			want:  [][]string{{"account:A"}, {"account:B", "device:D"}, {"shared phone:P"}},
		},
		"a phone belongs where the e-mail it was seen with does": {
			given: []told{{id: "1", names: "account:A email:E"}, {id: "2", names: "email:E phone:P"}},
			want:  [][]string{{"account:A", "email:E", "phone:P"}},
		},
		"an e-mail does not belong where a phone does": {
			given: []told{{id: "1", names: "account:A phone:P"}, {id: "2", names: "account:B email:E"}, {id: "3", names: "email:E phone:P"}},
			want:  [][]string{{"account:A"}, {"account:B", "email:E"}, {"shared phone:P"}},
		},
		"two phones of one event do not join": {
			given: []told{{id: "1", call: "c", names: "phone:P phone:Q"}, {id: "2", names: "phone:P"}, {id: "3", names: "phone:Q"}},
			want:  [][]string{{"phone:P"}, {"phone:Q", "call:c"}}, // Q has the smaller id
		},
		"weak persons that know nobody strong are a customer": {
			given: []told{{id: "1", names: "email:E phone:P"}, {id: "2", names: "phone:P device:D"}},
			want:  [][]string{{"email:E", "phone:P", "device:D"}},
		},
		"a call goes with its strongest weak identifier": {
			given: []told{
				{id: "1", names: "account:A email:E"},
				{id: "2", names: "account:B phone:P"},
				{id: "3", typ: "interaction.started", at: 1, call: "c", names: "email:E"},
				{id: "4", typ: "interaction.started", at: 2, call: "c", names: "phone:P"},
			},
			want: [][]string{{"account:A", "email:E", "call:c"}, {"account:B", "phone:P"}},
		},
		"of two phones in a call the last in life counts": {
			given: []told{
				{id: "1", names: "account:A phone:P"},
				{id: "2", names: "account:B phone:Q"},
				{id: "4", typ: "interaction.started", at: 2, call: "c", names: "phone:Q"},
				{id: "3", typ: "interaction.started", at: 1, call: "c", names: "phone:P"},
			},
			want: [][]string{{"account:A", "phone:P"}, {"account:B", "phone:Q", "call:c"}},
		},
		"a transferred leg goes where the call it continues does": {
			given: []told{
				{id: "1", typ: "interaction.started", at: 1, call: "c", names: "account:A"},
				{id: "2", typ: "interaction.started", at: 2, call: "d", continues: "c", names: "phone:P"},
				{id: "3", typ: "interaction.started", at: 3, call: "e", continues: "d"},
			},
			want: [][]string{{"account:A", "call:c", "call:d", "call:e"}, {"phone:P"}},
		},
		"a leg that names somebody goes there": {
			given: []told{
				{id: "1", typ: "interaction.started", at: 1, call: "c", names: "account:A"},
				{id: "2", typ: "interaction.started", at: 2, call: "d", continues: "c", names: "account:B"},
			},
			want: [][]string{{"account:A", "call:c"}, {"account:B", "call:d"}},
		},
		"legs of a call that names nobody stay together": {
			given: []told{{id: "2", typ: "interaction.started", call: "d", continues: "c"}, {id: "3", typ: "interaction.started", call: "e", continues: "d"}},
			want:  [][]string{{"call:c", "call:d", "call:e"}},
		},
		"a circle of calls counts as none": {
			given: []told{
				{id: "1", typ: "interaction.started", call: "c", continues: "d", names: "phone:P"},
				{id: "2", typ: "interaction.started", call: "d", continues: "e"},
				{id: "3", typ: "interaction.started", call: "e", continues: "c"},
				{id: "4", typ: "interaction.started", call: "f", continues: "c"},
				{id: "5", names: "account:A phone:P"},
			},
			want: [][]string{{"account:A", "phone:P", "call:c", "call:f"}, {"call:d"}, {"call:e"}},
		},
		"a call cannot continue itself": {
			given: []told{{id: "1", typ: "interaction.started", call: "c", continues: "c", names: "phone:P"}},
			want:  [][]string{{"phone:P", "call:c"}},
		},
		"an issued id says where a call goes and never links": {
			given: []told{
				{id: "1", names: "account:A"},
				{id: "2", typ: "interaction.started", call: "c", names: "issued:account:A phone:P"},
				{id: "3", names: "phone:P"},
			},
			want: [][]string{{"account:A", "call:c"}, {"phone:P"}},
		},
		"an issued id beside an account does not link them": {
			given: []told{{id: "1", names: "account:A"}, {id: "2", names: "account:B issued:account:A"}},
			want:  [][]string{{"account:A"}, {"account:B"}},
		},
		"an issued id of a weak person keeps its kind": {
			given: []told{{id: "1", names: "account:A phone:P"}, {id: "2", typ: "interaction.started", call: "c", names: "issued:phone:P"}},
			want:  [][]string{{"account:A", "phone:P", "call:c"}},
		},
		"an issued id of a shared phone names it, where to lean on it was not enough": {
			given: []told{
				{id: "1", names: "account:A phone:P"},
				{id: "2", names: "account:B phone:P"},
				{id: "3", typ: "interaction.started", at: 1, call: "c", names: "phone:P"},
				{id: "4", at: 2, call: "c", names: "issued:phone:P"},
			},
			want: [][]string{{"account:A"}, {"account:B"}, {"shared phone:P", "call:c"}},
		},
		"an issued id of a call names where that call belongs": {
			given: []told{
				{id: "1", typ: "interaction.started", call: "c"},
				{id: "2", typ: "interaction.started", call: "d", names: "issued:call:c"},
				{id: "3", typ: "caller.verified", call: "c", names: "account:A"},
			},
			want: [][]string{{"account:A", "call:c", "call:d"}},
		},
		"an issued id of the call itself names nobody": {
			given: []told{
				{id: "1", typ: "interaction.started", at: 1, call: "c", names: "phone:P"},
				{id: "2", typ: "step.tried", at: 2, call: "c", names: "issued:call:c"},
			},
			want: [][]string{{"phone:P", "call:c"}},
		},
		"a retraction takes a link apart": {
			given: []told{
				{id: "1", names: "account:A line:L"},
				{id: "2", names: "line:L"},
				{id: "3", names: "account:A"},
				{id: "r", typ: "event.retracted", names: "account:A", retracts: "1"},
			},
			want: [][]string{{"account:A"}, {"line:L"}},
		},
		"a link that another event says too holds": {
			given: []told{
				{id: "1", names: "account:A line:L"},
				{id: "2", names: "account:A line:L"},
				{id: "r", typ: "event.retracted", names: "account:A", retracts: "1"},
			},
			want: [][]string{{"account:A", "line:L"}},
		},
		"a retraction makes a shared phone one customer's again": {
			given: []told{
				{id: "1", names: "account:A phone:P"},
				{id: "2", names: "account:B phone:P"},
				{id: "3", typ: "interaction.started", call: "c", names: "phone:P"},
				{id: "r", typ: "event.retracted", names: "account:B", retracts: "2"},
			},
			want: [][]string{{"account:A", "phone:P", "call:c"}, {"account:B"}},
		},
		"a retracted naming gives way to the one before it": {
			given: []told{
				{id: "1", typ: "caller.verified", at: 1, call: "c", names: "account:A"},
				{id: "2", typ: "caller.verified", at: 2, call: "c", names: "account:B"},
				{id: "r", typ: "event.retracted", at: 3, call: "c", retracts: "2"},
			},
			want: [][]string{{"account:A", "call:c"}},
		},
		"a revision names another": {
			given: []told{
				{id: "1", typ: "caller.verified", call: "c", names: "account:A phone:P"},
				{id: "1", typ: "caller.verified", call: "c", names: "account:B phone:P", revision: 1},
			},
			want: [][]string{{"account:B", "phone:P", "call:c"}},
		},
		"an asset and an agent are nobody": {
			given: []told{{id: "1", names: "account:A agent:X"}, {id: "2", names: "account:B agent:X"}},
			want:  [][]string{{"account:A"}, {"account:B"}},
		},
		"an event about identity has seen nobody together": {
			given: []told{{id: "1", typ: "identity.unlinked", names: "account:A line:L"}, {id: "2", names: "line:L"}},
			want:  [][]string{{"account:A"}, {"line:L"}},
		},
		"an event that names nobody and has no subject is kept": {
			given: []told{{id: "1"}},
			want:  [][]string{{"event:1"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := records(tt.given)
			want := placesOf(tt.want)
			if got := modelOf(all).places; !samePlaces(got, want) {
				t.Errorf("plain function: got %v, want %v", got, want)
			}
			empty(t, pool)
			e := start(t, pool, 1)
			for i, m := range messages(0, all) {
				if err := e.Apply(t.Context(), topic, 0, []Message{m}); err != nil {
					t.Fatal(err)
				}
				mustHold(t, pool, all[:i+1])
			}
			empty(t, pool)
			if err := start(t, pool, 1).Apply(t.Context(), topic, 0, messages(0, all)); err != nil {
				t.Fatal(err)
			}
			mustHold(t, pool, all)
		})
	}
}

func placesOf(customers [][]string) map[domain.PersonID]Place {
	places := map[domain.PersonID]Place{}
	for _, names := range customers {
		var id domain.PersonID
		strong := false
		for _, name := range names {
			n := namedAs(trimShared(name))
			if n.Kind.Strong() && !strong || n.Kind.Strong() == strong && (id.IsZero() || n.Person.Compare(id) < 0) {
				id, strong = n.Person, n.Kind.Strong()
			}
		}
		for _, name := range names {
			places[person(trimShared(name))] = Place{Customer: id, Shared: trimShared(name) != name}
		}
	}
	return places
}

func trimShared(name string) string {
	const prefix = "shared "
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return name[len(prefix):]
	}
	return name
}

func samePlaces(got, want map[domain.PersonID]Place) bool {
	if len(got) != len(want) {
		return false
	}
	for p, place := range want {
		if got[p] != place {
			return false
		}
	}
	return true
}
