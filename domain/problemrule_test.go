package domain

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var lifeStart = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// told is an event at some time after lifeStart, within an interaction, or outside of
// any where that is "".
type told struct {
	after time.Duration
	in    string
	event Event
	words bool
	ahead bool // its interaction continues another
}

func about(reason, ticket, asset string) Circumstances {
	p := &ProblemRef{Reason: reason}
	if ticket != "" {
		p.Ticket = &TicketRef{Space: ticket[:1], Number: ticket[1:]}
	}
	if asset != "" {
		p.Asset = &Asset{Kind: Line, Person: personOf(asset)}
	}
	return Circumstances{Problem: p}
}

func personOf(name string) (p PersonID) { return PersonID(IdentityOf("person", name)) }

func recorded(n int, t told) *Recorded {
	r := &Recorded{
		Envelope: Envelope{Source: "/vendors/acme/crm", ID: fmt.Sprintf("e%d", n), Type: wireName(t.event), Time: lifeStart.Add(t.after), Sequence: NoSequence},
		Person:   personOf("account"), Event: t.event,
	}
	if t.in != "" {
		r.Subject, r.Reference = t.in, personOf(t.in)
	}
	if t.words {
		r.Personal = []Sealed{{Class: Words}}
	}
	if t.ahead {
		r.Continues = personOf("before")
	}
	return r
}

func wireName(e Event) string {
	for _, t := range Catalogue {
		if reflect.TypeOf(t.New()) == reflect.TypeOf(e) {
			return t.Name
		}
	}
	return ""
}

func started(reason, ticket, asset string) Event {
	return &InteractionStarted{Circumstances: about(reason, ticket, asset), Direction: "inbound"}
}

func described(reason, ticket, asset string) Event {
	return &ProblemDescribed{Circumstances: about(reason, ticket, asset)}
}

func tried() Event { return &StepTried{Step: "box.reboot", Outcome: "failed"} }

func wrapped(reason, ticket, resolution string) Event {
	return &InteractionWrapped{Circumstances: about("", ticket, ""), Reason: reason, Resolution: resolution}
}

func opened(reason, ticket, asset string) Event {
	return &TicketOpened{Circumstances: about(reason, ticket, asset)}
}

func resolved(ticket string) Event { return &TicketResolved{Circumstances: about("", ticket, "")} }

func merged(ticket, into string) Event {
	return &TicketMerged{Circumstances: about("", ticket, ""), Into: TicketRef{Space: into[:1], Number: into[1:]}}
}

// outcome is what a life comes to: of each event its problem as a reader finds it,
// and of each whole problem its state.
type outcome struct {
	Of       []int
	Problems map[int]string // status reason contacts joinedBy
}

// fold places the events; the state goes through its bytes between any two.
func fold(t testing.TB, life []told) outcome {
	t.Helper()
	p := new(Problems)
	var placed []int
	firsts := map[string]int{}
	for n, e := range life {
		at := p.Step(recorded(n, e))
		placed = append(placed, at.Problem)
		if at.FirstNamed {
			firsts[e.in] = at.Problem
		}
		p = again(t, p)
	}
	out := outcome{Problems: map[int]string{}}
	for n, problem := range placed {
		if first, ok := firsts[life[n].in]; problem < 0 && ok && life[n].in != "" {
			problem = first
		}
		if problem >= 0 {
			problem = p.View(problem).Whole
		}
		out.Of = append(out.Of, problem)
	}
	for n := range p.list {
		if v := p.View(n); v.Whole == n {
			out.Problems[n] = fmt.Sprint(v.Status, " ", v.Reason, " ", v.Contacts, " ", v.JoinedBy)
		}
	}
	return out
}

func again(t testing.TB, p *Problems) *Problems {
	t.Helper()
	b := p.Append(nil)
	q, err := ParseProblems(b)
	if err != nil {
		t.Fatalf("parse the state's own bytes: %v", err)
	}
	if c := q.Append(nil); !bytes.Equal(b, c) {
		t.Fatalf("state written again differs:\n%x\n%x", b, c)
	}
	return q
}

func TestProblemRule(t *testing.T) {
	const wifi, slow, drops, bill = "internet.slow.wifi", "internet.slow", "internet.unstable.drops", "billing.amount"
	hour := time.Hour
	for name, tt := range map[string]struct {
		given []told
		want  outcome
	}{
		"1: a ticket that is attached takes the event, whatever its reason": {
			given: []told{{0, "i1", described(wifi, "aT1", ""), false, false}, {hour, "i2", described(bill, "aT1", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open billing.amount 0 TICKET"}},
		},
		"1: a ticket that is attached takes the event, however late": {
			given: []told{{0, "i1", opened(wifi, "aT1", ""), false, false}, {400 * day, "i2", started("", "aT1", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow.wifi 1 TICKET"}},
		},
		"2: the same reason joins": {
			given: []told{{0, "i1", started(wifi, "", ""), false, false}, {day, "i2", started(wifi, "", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow.wifi 2 REASON"}},
		},
		"2: an ancestor joins, and the opener's reason stays": {
			given: []told{{0, "i1", started(wifi, "", ""), false, false}, {day, "i2", started("internet", "", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow.wifi 2 REASON"}},
		},
		"2: reasons alike in two levels join, and a description gives the reason": {
			given: []told{{0, "i1", started(wifi, "", ""), false, false}, {day, "i2", described("internet.slow.peak", "", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow.peak 1 REASON"}},
		},
		"2: reasons alike in one level do not": {
			given: []told{{0, "i1", started(wifi, "", ""), false, false}, {day, "i2", started(drops, "", ""), false, false}},
			want:  outcome{[]int{0, 1}, map[int]string{0: "open internet.slow.wifi 1 REASON", 1: "open internet.unstable.drops 1 REASON"}},
		},
		"2: an unmapped code matches itself": {
			given: []told{{0, "i1", started("acme:12.5", "", ""), false, false}, {day, "i2", started("acme:12.5", "", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open acme:12.5 2 REASON"}},
		},
		"2: an unmapped code matches nothing else": {
			given: []told{{0, "i1", started("acme:12.5", "", ""), false, false}, {day, "i2", started("acme:12.5.1", "", ""), false, false}},
			want:  outcome{[]int{0, 1}, map[int]string{0: "open acme:12.5 1 REASON", 1: "open acme:12.5.1 1 REASON"}},
		},
		"2: touched less than 30 days before": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {30*day - time.Microsecond, "i2", started(slow, "", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow 2 REASON"}},
		},
		"2: touched 30 days before is too long ago": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {30 * day, "i2", started(slow, "", ""), false, false}},
			want:  outcome{[]int{0, 1}, map[int]string{0: "open internet.slow 1 REASON", 1: "open internet.slow 1 REASON"}},
		},
		"2: any event touches": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {20 * day, "i1", tried(), false, false}, {40 * day, "i2", started(slow, "", ""), false, false}},
			want:  outcome{[]int{0, 0, 0}, map[int]string{0: "open internet.slow 2 REASON"}},
		},
		"2: an open ticket keeps a problem, however long": {
			given: []told{{0, "T1", opened(slow, "aT1", ""), false, false}, {200 * day, "i2", started(slow, "", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow 1 REASON"}},
		},
		"2: a ticket that is closed does not": {
			given: []told{{0, "T1", opened(slow, "aT1", ""), false, false}, {day, "T1", resolved("aT1"), false, false}, {200 * day, "i2", started(slow, "", ""), false, false}},
			want:  outcome{[]int{0, 0, 1}, map[int]string{0: "closed internet.slow 0 TICKET", 1: "open internet.slow 1 REASON"}},
		},
		"2: an open one is found behind younger ones that are too old": {
			given: []told{
				{0, "T1", opened(slow, "aT1", ""), false, false},
				{day, "i1", started(bill, "", ""), false, false},
				{40 * day, "i2", started(slow, "", ""), false, false},
			},
			want: outcome{[]int{0, 1, 0}, map[int]string{0: "open internet.slow 1 REASON", 1: "open billing.amount 1 REASON"}},
		},
		"2: assets that differ do not join": {
			given: []told{{0, "i1", started(slow, "", "L1"), false, false}, {day, "i2", started(slow, "", "L2"), false, false}},
			want:  outcome{[]int{0, 1}, map[int]string{0: "open internet.slow 1 ASSET_AND_REASON", 1: "open internet.slow 1 ASSET_AND_REASON"}},
		},
		"2: equal assets join": {
			given: []told{{0, "i1", started(slow, "", "L1"), false, false}, {day, "i2", started(slow, "", "L1"), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow 2 ASSET_AND_REASON"}},
		},
		"2: an unknown asset matches any, and the first known stays": {
			given: []told{
				{0, "i1", started(slow, "", ""), false, false},
				{day, "i2", started(slow, "", "L1"), false, false},
				{2 * day, "i3", started(slow, "", ""), false, false},
				{3 * day, "i4", started(slow, "", "L2"), false, false},
			},
			want: outcome{[]int{0, 0, 0, 1}, map[int]string{0: "open internet.slow 3 REASON", 1: "open internet.slow 1 ASSET_AND_REASON"}},
		},
		"2: two tickets of one space do not meet": {
			given: []told{{0, "T1", opened(slow, "aT1", ""), false, false}, {day, "T2", opened(slow, "aT2", ""), false, false}},
			want:  outcome{[]int{0, 1}, map[int]string{0: "open internet.slow 0 TICKET", 1: "open internet.slow 0 TICKET"}},
		},
		"2: two tickets of one space meet where the asset is known and equal": {
			given: []told{{0, "T1", opened(slow, "aT1", "L1"), false, false}, {day, "T2", opened(slow, "aT2", "L1"), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow 0 ASSET_AND_REASON"}},
		},
		"2: two tickets of one space do not meet where one asset is unknown": {
			given: []told{{0, "T1", opened(slow, "aT1", "L1"), false, false}, {day, "T2", opened(slow, "aT2", ""), false, false}},
			want:  outcome{[]int{0, 1}, map[int]string{0: "open internet.slow 0 TICKET", 1: "open internet.slow 0 TICKET"}},
		},
		"2: tickets of two spaces meet": {
			given: []told{{0, "T1", opened(slow, "aT1", ""), false, false}, {day, "T2", opened(slow, "bT2", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow 0 REASON"}},
		},
		"2: the one touched last is joined": {
			given: []told{
				{0, "i1", started(slow, "aT1", ""), false, false},
				{day, "i2", started(slow, "aT2", ""), false, false},
				{2 * day, "i3", started("", "aT1", ""), false, false},
				{3 * day, "i4", started(slow, "", ""), false, false},
			},
			want: outcome{[]int{0, 1, 0, 0}, map[int]string{0: "open internet.slow 3 REASON", 1: "open internet.slow 1 TICKET"}},
		},
		"2: of two touched at one time the later in life order is joined": {
			given: []told{
				{0, "i1", started(slow, "aT1", ""), false, false},
				{0, "i2", started(slow, "aT2", ""), false, false},
				{0, "i3", started("", "aT1", ""), false, false},
				{0, "i4", started(slow, "", ""), false, false},
			},
			want: outcome{[]int{0, 1, 0, 0}, map[int]string{0: "open internet.slow 3 REASON", 1: "open internet.slow 1 TICKET"}},
		},
		"3: a ticket without a reason opens a problem, within an interaction too": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {hour, "i1", opened("", "aT1", ""), false, false}},
			want:  outcome{[]int{0, 1}, map[int]string{0: "open internet.slow 1 REASON", 1: "open  1 TICKET"}},
		},
		"4: what names neither belongs to the last named before": {
			given: []told{
				{0, "i1", started(slow, "", ""), false, false},
				{hour, "i1", tried(), false, false},
				{2 * hour, "i1", described(bill, "", ""), false, false},
				{3 * hour, "i1", tried(), false, false},
			},
			want: outcome{[]int{0, 0, 1, 1}, map[int]string{0: "open internet.slow 1 REASON", 1: "open billing.amount 1 REASON"}},
		},
		"4: else to the first named after": {
			given: []told{
				{0, "i1", started("", "", ""), false, false},
				{hour, "i1", tried(), false, false},
				{2 * hour, "i1", described(slow, "", ""), false, false},
				{3 * hour, "i1", described(bill, "", ""), false, false},
			},
			want: outcome{[]int{0, 0, 0, 1}, map[int]string{0: "open internet.slow 1 REASON", 1: "open billing.amount 1 REASON"}},
		},
		"4: in an interaction that names none to none": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {hour, "i2", started("", "", ""), false, false}},
			want:  outcome{[]int{0, -1}, map[int]string{0: "open internet.slow 1 REASON"}},
		},
		"4: outside of an interaction to none": {
			given: []told{{0, "", described(slow, "", ""), false, false}, {hour, "", tried(), false, false}},
			want:  outcome{[]int{0, -1}, map[int]string{0: "open internet.slow 0 REASON"}},
		},
		"wrapped: without a ticket, where its interaction named none, it opens": {
			given: []told{{0, "i1", started("", "", ""), false, false}, {hour, "i1", wrapped(slow, "", "unresolved"), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow 1 REASON"}},
		},
		"wrapped: without a ticket, where its interaction named none, it joins": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {day, "i2", wrapped(slow, "", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow 2 REASON"}},
		},
		"wrapped: it belongs to the named one that its reason matches": {
			given: []told{
				{0, "i1", started(slow, "", ""), false, false},
				{hour, "i1", described(bill, "", ""), false, false},
				{2 * hour, "i1", wrapped(wifi, "", "resolved"), false, false},
			},
			want: outcome{[]int{0, 1, 0}, map[int]string{0: "closed internet.slow 1 REASON", 1: "open billing.amount 1 REASON"}},
		},
		"wrapped: otherwise to the last named, and its reason opens nothing": {
			given: []told{
				{0, "i1", started(slow, "", ""), false, false},
				{hour, "i1", described(bill, "", ""), false, false},
				{2 * hour, "i1", wrapped(drops, "", "resolved"), false, false},
				{3 * hour, "i1", tried(), false, false},
			},
			want: outcome{[]int{0, 1, 1, 1}, map[int]string{0: "open internet.slow 1 REASON", 1: "closed billing.amount 1 REASON"}},
		},
		"wrapped: with a ticket it goes with the ticket": {
			given: []told{
				{0, "i1", opened(bill, "aT1", ""), false, false},
				{hour, "i2", started(slow, "", ""), false, false},
				{2 * hour, "i2", wrapped(slow, "aT1", ""), false, false},
			},
			want: outcome{[]int{0, 1, 0}, map[int]string{0: "open billing.amount 1 TICKET", 1: "open internet.slow 1 REASON"}},
		},
		"merged: the problems of its tickets are one": {
			given: []told{
				{0, "T1", opened(slow, "aT1", ""), false, false},
				{hour, "i1", started("", "aT1", ""), false, false},
				{2 * hour, "T2", opened(bill, "aT2", ""), false, false},
				{3 * hour, "i1", described("", "aT2", ""), false, false},
				{4 * hour, "i2", started("", "aT2", ""), false, false},
				{5 * hour, "T2", merged("aT2", "aT1"), false, false},
				{6 * hour, "i3", started("", "aT2", ""), false, false},
			},
			want: outcome{[]int{0, 0, 0, 0, 0, 0, 0}, map[int]string{0: "open billing.amount 3 TICKET"}},
		},
		"merged: into a ticket that nobody named before": {
			given: []told{{0, "T1", opened(slow, "aT1", ""), false, false}, {hour, "T1", merged("aT1", "aT9"), false, false}, {2 * hour, "i1", started("", "aT9", ""), false, false}},
			want:  outcome{[]int{0, 0, 0}, map[int]string{0: "open internet.slow 1 TICKET"}},
		},
		"merged: two that nobody named before are one problem": {
			given: []told{{0, "T1", merged("aT1", "aT2"), false, false}, {hour, "i1", started("", "aT2", ""), false, false}, {hour, "i2", started("", "aT1", ""), false, false}},
			want:  outcome{[]int{0, 0, 0}, map[int]string{0: "open  2 TICKET"}},
		},
		"closed: while one ticket is open it is not": {
			given: []told{{0, "T1", opened(slow, "aT1", ""), false, false}, {hour, "T2", opened(slow, "bT2", ""), false, false}, {day, "T1", resolved("aT1"), false, false}},
			want:  outcome{[]int{0, 0, 0}, map[int]string{0: "open internet.slow 0 REASON"}},
		},
		"closed: a later contact opens it again": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {hour, "i1", wrapped("", "", "resolved"), false, false}, {day, "i2", started(slow, "", ""), false, false}},
			want:  outcome{[]int{0, 0, 0}, map[int]string{0: "open internet.slow 2 REASON"}},
		},
		"closed: what comes later in the same contact does not": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {hour, "i1", wrapped("", "", "resolved"), false, false}, {2 * hour, "i1", tried(), false, false}},
			want:  outcome{[]int{0, 0, 0}, map[int]string{0: "closed internet.slow 1 REASON"}},
		},
		"closed: reopened and wrapped as resolved": {
			given: []told{
				{0, "T1", opened(slow, "aT1", ""), false, false},
				{hour, "T1", resolved("aT1"), false, false},
				{day, "i2", started(slow, "", ""), false, false},
				{day + hour, "i2", wrapped("", "", "resolved"), false, false},
			},
			want: outcome{[]int{0, 0, 0, 0}, map[int]string{0: "closed internet.slow 1 REASON"}},
		},
		"closed: a wrap-up that comes before the naming counts too": {
			given: []told{{0, "i1", wrapped("", "", "resolved"), false, false}, {hour, "i1", described(slow, "", ""), false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "closed internet.slow 1 REASON"}},
		},
		"closed: a ticket reopened opens it": {
			given: []told{
				{0, "T1", opened(slow, "aT1", ""), false, false},
				{hour, "T1", resolved("aT1"), false, false},
				{2 * hour, "T1", &TicketReopened{Circumstances: about("", "aT1", "")}, false, false},
			},
			want: outcome{[]int{0, 0, 0}, map[int]string{0: "open internet.slow 0 TICKET"}},
		},
		"a third ticket comes late in between": {
			given: []told{
				{0, "T1", opened(slow, "aT1", ""), false, false},
				{day, "i3", started(slow, "bT3", ""), false, false},
				{2 * day, "T2", opened(slow, "bT2", ""), false, false},
			},
			want: outcome{[]int{0, 0, 1}, map[int]string{0: "open internet.slow 1 REASON", 1: "open internet.slow 0 TICKET"}},
		},
		"contacts: an abandoned call is none": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {time.Minute, "i1", &InteractionEnded{End: "abandoned"}, false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow 0 REASON"}},
		},
		"contacts: a leg of another is none": {
			given: []told{{0, "i1", started(slow, "", ""), false, false}, {time.Minute, "i2", started("", "", ""), false, true}, {time.Minute, "i2", described(slow, "", ""), false, false}},
			want:  outcome{[]int{0, 0, 0}, map[int]string{0: "open internet.slow 1 REASON"}},
		},
		"contacts: a call back is none": {
			given: []told{{0, "i1", &InteractionStarted{Circumstances: about(slow, "", ""), Direction: "outbound"}, false, false}},
			want:  outcome{[]int{0}, map[int]string{0: "open internet.slow 0 REASON"}},
		},
		"contacts: one told to be one afterwards": {
			given: []told{{0, "i1", described(slow, "", ""), false, false}, {time.Minute, "i1", &InteractionEnded{End: "completed"}, false, false}},
			want:  outcome{[]int{0, 0}, map[int]string{0: "open internet.slow 1 REASON"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, fold(t, tt.given)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestFirstWords(t *testing.T) {
	for name, tt := range map[string]struct {
		given []told
		want  string // id of the event
	}{
		"the earliest":              {[]told{{0, "i1", described("a.b", "", ""), true, false}, {day, "i2", described("a.b", "", ""), true, false}}, "e0"},
		"not one without words":     {[]told{{0, "i1", described("a.b", "", ""), false, false}, {day, "i2", described("a.b", "", ""), true, false}}, "e1"},
		"told before the naming":    {[]told{{0, "i1", described("", "", ""), true, false}, {day, "i1", described("a.b", "", ""), true, false}}, "e0"},
		"own words go before notes": {[]told{{0, "i1", opened("a.b", "aT1", ""), true, false}, {day, "i2", described("", "aT1", ""), true, false}}, "e1"},
		"else what was noted":       {[]told{{0, "i1", opened("a.b", "aT1", ""), true, false}, {day, "i2", described("", "aT1", ""), false, false}}, "e0"},
		"of two problems joined the earlier": {[]told{
			{0, "T1", opened("a.b", "aT1", ""), false, false},
			{day, "i2", described("x.y", "aT2", ""), true, false},
			{2 * day, "i2", described("", "aT1", ""), true, false},
			{3 * day, "T2", merged("aT2", "aT1"), false, false},
		}, "e1"},
		"none": {[]told{{0, "i1", described("a.b", "", ""), false, false}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := new(Problems)
			for n, e := range tt.given {
				p.Step(recorded(n, e))
				p = again(t, p)
			}
			var want EventID
			if tt.want != "" {
				want = IdentityOf("/vendors/acme/crm", tt.want)
			}
			if got := p.View(0).WordsEvent; got != want {
				t.Errorf("words of event %v, want %v", got, want)
			}
		})
	}
}

func TestConclusionFindsItsStep(t *testing.T) {
	pending := func(code string) Event { return &StepTried{Step: code, Outcome: "pending"} }
	concluded := func(code, tried string) Event {
		e := &StepConcluded{Step: code, Outcome: "worked"}
		if tried != "" {
			e.Tried = &EventRef{ID: tried}
		}
		return e
	}
	for name, tt := range map[string]struct {
		given []Event
		want  string
	}{
		"the one it names":                    {[]Event{pending("a"), pending("a"), concluded("a", "e0")}, "e0"},
		"else the last pending of its code":   {[]Event{pending("a"), pending("a"), pending("b"), concluded("a", "")}, "e1"},
		"a concluded one is not pending":      {[]Event{pending("a"), pending("a"), concluded("a", "e1"), concluded("a", "")}, "e0"},
		"one named that is told later":        {[]Event{concluded("a", "e9")}, "e9"},
		"none":                                {[]Event{pending("b"), concluded("a", "")}, ""},
		"one tried with an outcome is not it": {[]Event{&StepTried{Step: "a", Outcome: "failed"}, concluded("a", "")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := new(Problems)
			var at Placement
			for n, e := range tt.given {
				at = p.Step(recorded(n, told{event: e}))
				p = again(t, p)
			}
			var want EventID
			if tt.want != "" {
				want = IdentityOf("/vendors/acme/crm", tt.want)
			}
			if at.Concludes != want {
				t.Errorf("concludes %v, want %v", at.Concludes, want)
			}
		})
	}
}
