package projections

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tellonce/tellonce/domain"
)

var (
	monday = time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)
	madame = named("account")
	box    = named("line")
)

// heard is an event of the life in interaction i1, or in the one that its subject
// names, minutes after monday.
func heard(id string, minutes int, subject string, e domain.Event, sealed ...domain.Class) domain.Recorded {
	r := domain.Recorded{
		Envelope: domain.Envelope{
			Source: "/vendors/acme/crm", ID: id, Type: wireName(e), Subject: subject, Sequence: domain.NoSequence,
			Time: monday.Add(time.Duration(minutes) * time.Minute),
		},
		Person: madame, Event: e,
	}
	if subject != "" {
		r.Reference = named(subject)
	}
	for _, class := range sealed {
		r.Personal = append(r.Personal, domain.Sealed{Class: class})
	}
	return r
}

func event(id string) domain.EventID { return domain.IdentityOf("/vendors/acme/crm", id) }

func at(minutes int) time.Time { return monday.Add(time.Duration(minutes) * time.Minute) }

func reason(code string) domain.Circumstances {
	return domain.Circumstances{Problem: &domain.ProblemRef{Reason: code}}
}

// folded is what a life comes to; its state goes through its bytes on the way.
func folded(t *testing.T, life []domain.Recorded) *Changes {
	t.Helper()
	out := new(Changes)
	var state []byte
	for i := range life {
		s, err := Problems.Parse(state)
		if err != nil {
			t.Fatal(err)
		}
		s = Problems.Step(s, &life[i], out)
		state = Problems.Append(nil, &s)
	}
	return out
}

// rows are some of what a life comes to, as a case looks at it.
type rows struct {
	Problems    []ProblemRow
	Openings    []ProblemOpeningRow
	Events      []ProblemEventRow
	FirstNamed  []FirstNamedRow
	Tickets     []TicketRow
	Contacts    []ContactRow
	Steps       []StepRow
	Resets      []ResetRow
	Answers     []AnswerRow
	Promises    []PromiseRow
	Identifiers []IdentifierRow
}

func rowsOf(out *Changes) rows {
	return rows{
		Kept(out, &ProblemTable), Kept(out, &ProblemOpeningTable), Kept(out, &ProblemEventTable), Kept(out, &FirstNamedTable),
		Kept(out, &TicketTable), Kept(out, &ContactTable), Kept(out, &StepTable), Kept(out, &ResetTable),
		Kept(out, &AnswerTable), Kept(out, &PromiseTable), Kept(out, &IdentifierTable),
	}
}

func TestProblems(t *testing.T) {
	const wifi = "internet.slow.wifi"
	i1, due := named("i1"), at(3000)
	for name, tt := range map[string]struct {
		given []domain.Recorded
		look  func(rows) rows
		want  rows
	}{
		"a call": {
			given: []domain.Recorded{
				heard("e1", 0, "i1", &domain.InteractionStarted{
					Circumstances: domain.Circumstances{Channel: "phone"}, Direction: "inbound", Queue: "support", NumberDialled: "3900", CallingNetwork: "own",
				}),
				heard("e2", 20, "i1", &domain.InteractionAnswered{
					Circumstances: domain.Circumstances{Agent: &domain.Agent{Site: "Tunis"}}, Waited: &domain.Waits{IVR: 30, Queue: 1160, Ring: 10},
				}),
				heard("e3", 21, "i1", &domain.CallerVerified{Level: "knowledge", Party: "holder"}),
				heard("e4", 22, "i1", &domain.ProblemDescribed{Circumstances: reason(wifi)}, domain.Words),
				heard("e5", 30, "i1", &domain.InteractionEnded{End: "completed", TalkSeconds: new(480.0), HoldSeconds: new(60.0)}),
				heard("e6", 31, "i1", &domain.InteractionWrapped{Disposition: "d7", Reason: wifi, WrapSeconds: new(45.0), Resolution: "resolved", SaidBy: "agent"}),
			},
			look: func(r rows) rows {
				return rows{Problems: r.Problems, Openings: r.Openings, FirstNamed: r.FirstNamed, Contacts: r.Contacts}
			},
			want: rows{
				Problems: []ProblemRow{{
					Status: "closed", Reason: new(wifi), FirstReason: new(wifi), Touched: at(31), Contacts: 1, LastContact: new(at(0)),
					JoinedBy: "REASON", WordsPerson: &madame, WordsEvent: new(event("e4")),
				}},
				Openings:   []ProblemOpeningRow{{Event: event("e4"), Person: madame, Opened: at(22)}},
				FirstNamed: []FirstNamedRow{{Interaction: i1}},
				Contacts: []ContactRow{
					{Interaction: i1, Word: "answered", Event: event("e2"), Person: madame, At: at(20), Vendor: "acme", Site: new("Tunis"), IVRWait: new(30.0), QueueWait: new(1160.0), RingWait: new(10.0)},
					{Interaction: i1, Word: "ended", Event: event("e5"), Person: madame, At: at(30), Vendor: "acme", EndedAs: new("completed"), Talk: new(480.0), Hold: new(60.0)},
					{
						Interaction: i1, Word: "started", Event: event("e1"), Person: madame, At: at(0), Vendor: "acme", Channel: new("phone"),
						Direction: new("inbound"), Queue: new("support"), NumberDialled: new("3900"), CallingNetwork: new("own"),
					},
					{Interaction: i1, Word: "verified", Event: event("e3"), Person: madame, At: at(21), Vendor: "acme", Level: new("knowledge"), Party: new("holder")},
					{Interaction: i1, Word: "wrapped", Event: event("e6"), Person: madame, At: at(31), Vendor: "acme", Disposition: new("d7"), Reason: new(wifi), Wrap: new(45.0), Resolution: new("resolved"), SaidBy: new("agent")},
				},
			},
		},
		"what comes before the naming has no problem, and what its interaction named first": {
			given: []domain.Recorded{
				heard("e1", 0, "i1", &domain.InteractionStarted{Circumstances: domain.Circumstances{Channel: "chat"}}),
				heard("e2", 1, "i1", &domain.NoteAdded{Circumstances: reason(wifi)}),
				heard("e3", 2, "", &domain.BillIssued{Bill: "b"}),
			},
			look: func(r rows) rows { return rows{Events: sortedByTime(r.Events), FirstNamed: r.FirstNamed} },
			want: rows{
				Events: []ProblemEventRow{
					{Event: event("e1"), Person: madame, At: at(0), Interaction: &i1, Channel: new("chat")},
					{Event: event("e2"), Person: madame, At: at(1), Interaction: &i1, Channel: new("chat"), Problem: new(int64(0)), JoinedBy: new("REASON")},
					{Event: event("e3"), Person: madame, At: at(2)},
				},
				FirstNamed: []FirstNamedRow{{Interaction: i1}},
			},
		},
		"a ticket": {
			given: []domain.Recorded{
				heard("e1", 0, "T1", &domain.TicketOpened{Circumstances: domain.Circumstances{Problem: &domain.ProblemRef{Reason: wifi, Asset: &domain.Asset{Kind: domain.Line, Person: box}}}}),
				heard("e2", 5, "T1", &domain.TicketResolved{}),
			},
			look: func(r rows) rows { return rows{Tickets: r.Tickets, Problems: r.Problems} },
			want: rows{
				Tickets: []TicketRow{{Space: "/vendors/acme/crm", Number: "T1", Status: "resolved", Touched: at(5), JoinedBy: "TICKET"}},
				Problems: []ProblemRow{{
					Status: "closed", Reason: new(wifi), FirstReason: new(wifi), Asset: &box, AssetKind: new("line"), Touched: at(5), JoinedBy: "TICKET",
				}},
			},
		},
		"two problems joined": {
			given: []domain.Recorded{
				heard("e1", 0, "T1", &domain.TicketOpened{}), heard("e2", 1, "T2", &domain.TicketOpened{}),
				heard("e3", 2, "T2", &domain.TicketMerged{Into: domain.TicketRef{Number: "T1"}}),
			},
			look: func(r rows) rows { return rows{Problems: r.Problems, Openings: r.Openings} },
			want: rows{
				Problems: []ProblemRow{
					{Status: "open", Touched: at(2), JoinedBy: "TICKET"},
					{Problem: 1, Whole: 0, Status: "joined", Touched: at(1), JoinedBy: "TICKET"},
				},
				Openings: []ProblemOpeningRow{
					{Event: event("e1"), Person: madame, Opened: at(0)}, {Problem: 1, Event: event("e2"), Person: madame, Opened: at(1)},
				},
			},
		},
		"a step that was pending, and what makes it worth trying again": {
			given: []domain.Recorded{
				heard("e1", 0, "i1", &domain.StepTried{Circumstances: reason(wifi), Step: "line.test", Outcome: "pending", By: "automation"}),
				heard("e2", 1, "i1", &domain.StepConcluded{Step: "line.test", Outcome: "failed", By: "automation"}),
				heard("e3", 2, "i1", &domain.EquipmentChanged{Equipment: "box"}),
				heard("e4", 3, "i1", &domain.LineMeasured{Measure: "attenuation"}),
			},
			look: func(r rows) rows { return rows{Steps: r.Steps, Resets: sortedResets(r.Resets)} },
			want: rows{
				Steps: []StepRow{
					{Step: event("e1"), Word: "concluded", Event: event("e2"), Person: madame, At: at(1), Problem: new(int64(0)), Interaction: &i1, Code: "line.test", Outcome: "failed", By: new("automation")},
					{Step: event("e1"), Word: "tried", Event: event("e1"), Person: madame, At: at(0), Problem: new(int64(0)), Interaction: &i1, Code: "line.test", Outcome: "pending", By: new("automation")},
				},
				Resets: []ResetRow{
					{Event: event("e3"), At: at(2), Problem: new(int64(0)), Interaction: &i1, What: "equipment.changed:box"},
					{Event: event("e4"), At: at(3), Problem: new(int64(0)), Interaction: &i1, What: "line.measured:attenuation"},
				},
			},
		},
		"answers, with words and without": {
			given: []domain.Recorded{
				heard("e1", 0, "i1", &domain.AnswerGiven{Circumstances: reason(wifi), Article: "KB-1"}, domain.Words),
			},
			look: func(r rows) rows { return rows{Answers: r.Answers} },
			want: rows{Answers: []AnswerRow{{Event: event("e1"), Person: madame, At: at(0), Problem: new(int64(0)), Interaction: &i1, Article: new("KB-1"), HasWords: true}}},
		},
		"a promise, word by word": {
			given: []domain.Recorded{
				heard("e1", 0, "i1", &domain.PromiseMade{ID: "P1", What: "credit", Amount: &domain.Money{Amount: "15.00", Currency: "EUR"}, Due: &due, MadeBy: "acme", OwedBy: "operator"}),
				heard("e2", 1, "", &domain.PromiseKept{Promise: "P1"}),
				heard("e3", 2, "", &domain.PromiseKept{Promise: "P1", Proof: &domain.EventRef{ID: "e9"}}),
				heard("e4", 3, "", &domain.PromiseClaimed{What: "visit"}, domain.Words),
			},
			look: func(r rows) rows { return rows{Promises: r.Promises} },
			want: rows{Promises: []PromiseRow{
				{Vendor: "acme", Promise: event("e4").String(), Word: "claimed", Event: event("e4"), Person: madame, At: at(3), What: new("visit"), HasWords: true},
				{Vendor: "acme", Promise: "P1", Word: "declared", Event: event("e2"), Person: madame, At: at(1)},
				{Vendor: "acme", Promise: "P1", Word: "kept", Event: event("e3"), Person: madame, At: at(2), Proof: new(event("e9"))},
				{
					Vendor: "acme", Promise: "P1", Word: "made", Event: event("e1"), Person: madame, At: at(0), Interaction: &i1,
					What: new("credit"), Amount: new("15.00"), Currency: new("EUR"), Due: &due, MadeBy: new("acme"), OwedBy: new("operator"),
				},
			}},
		},
		"an identifier is shown by the earliest event that has it": {
			given: []domain.Recorded{
				identified(heard("e1", 0, "i1", &domain.InteractionStarted{})),
				identified(heard("e2", 1, "i1", &domain.CallerVerified{}, domain.IdentifierCls)),
				identified(heard("e3", 2, "i1", &domain.CallerVerified{}, domain.IdentifierCls)),
			},
			look: func(r rows) rows { return rows{Identifiers: r.Identifiers} },
			want: rows{Identifiers: []IdentifierRow{{Identifier: madame, Kind: "account", Event: event("e2"), Person: madame, At: at(1)}}},
		},
		"an event without anything personal": {
			given: []domain.Recorded{heard("e1", 0, "i1", &domain.ProblemDescribed{Circumstances: reason(wifi)})},
			look:  func(r rows) rows { return rows{Problems: r.Problems, Identifiers: r.Identifiers} },
			want: rows{Problems: []ProblemRow{{
				Status: "open", Reason: new(wifi), FirstReason: new(wifi), Touched: at(0), JoinedBy: "REASON",
			}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := tt.look(rowsOf(folded(t, tt.given)))
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func identified(r domain.Recorded) domain.Recorded {
	r.Persons = []domain.Named{{Kind: domain.Account, Person: madame}, {Kind: domain.Phone, Person: named("issued"), Issued: true}}
	return r
}

func sortedByTime(events []ProblemEventRow) []ProblemEventRow {
	slices.SortFunc(events, func(a, b ProblemEventRow) int { return a.At.Compare(b.At) })
	return events
}

func sortedResets(resets []ResetRow) []ResetRow {
	slices.SortFunc(resets, func(a, b ResetRow) int { return a.At.Compare(b.At) })
	return resets
}

// TestProblemsOfAShuffledLife: a life put in order again, whatever order it came
// in, comes to the same rows and the same bytes.
func TestProblemsOfAShuffledLife(t *testing.T) {
	life := append(deskLife(300), homeLife(300)...)
	want, state := stepped(inOrder(append([]domain.Recorded(nil), life...)))
	rng := rand.New(rand.NewPCG(5, 6))
	for range 5 {
		shuffled := append([]domain.Recorded(nil), life...)
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got, bytes := stepped(inOrder(shuffled))
		if string(bytes) != string(state) {
			t.Error("states differ")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rows differ:\n%s", diff)
		}
	}
}

func stepped(life []domain.Recorded) (rows, []byte) {
	var out Changes
	var s problems
	for i := range life {
		s = Problems.Step(s, &life[i], &out)
	}
	return rowsOf(&out), Problems.Append(nil, &s)
}

func TestProblemsStateIsRefused(t *testing.T) {
	if _, err := Problems.Parse([]byte{9}); err == nil {
		t.Error("a state of an unknown format was read")
	}
}
