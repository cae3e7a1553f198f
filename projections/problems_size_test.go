package projections

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// deskLife is the life of a caller whom many people share, as the real log has
// them: a contact and some five updates for each ticket, no words.
func deskLife(events int) []domain.Recorded {
	rng := rand.New(rand.NewPCG(1, 2))
	var life []domain.Recorded
	at := time.Date(2016, 3, 1, 8, 0, 0, 0, time.UTC)
	add := func(at time.Time, subject string, sequence int64, e domain.Event) {
		source := "/vendors/itsm/servicenow"
		life = append(life, domain.Recorded{
			Envelope: domain.Envelope{
				Source: source, ID: fmt.Sprintf("%s/%d", subject, sequence), Type: wireName(e), Subject: subject, Time: at, Sequence: sequence,
			},
			Person: named("caller"), Reference: named(source + "#" + subject), Event: e,
		})
	}
	for n := 0; len(life) < events; n++ {
		at = at.Add(time.Duration(rng.IntN(600)) * time.Minute)
		number := fmt.Sprintf("INC%07d", n)
		about := domain.Circumstances{Channel: "phone", Problem: &domain.ProblemRef{
			Ticket: &domain.TicketRef{Space: "servicenow", Number: number}, Reason: fmt.Sprintf("itsm:Category %d", rng.IntN(80)),
		}}
		add(at, number+"/contact", 0, &domain.InteractionStarted{Circumstances: about, Direction: "inbound"})
		add(at, number, 0, &domain.TicketOpened{Circumstances: about})
		now := at
		for i := range 2 {
			now = now.Add(time.Duration(rng.IntN(2000)) * time.Minute)
			add(now, number, int64(i)+1, &domain.TicketUpdated{Circumstances: about})
		}
		if n%40 == 0 {
			continue // left open
		}
		add(now.Add(time.Hour), number, 3, &domain.TicketResolved{Circumstances: about})
		add(now.Add(121*time.Hour), number, 4, &domain.TicketClosed{Circumstances: about})
	}
	return inOrder(life[:events])
}

// homeLife is a household's life as an operator's vendors tell it: calls with words,
// steps and promises, a ticket now and then.
func homeLife(events int) []domain.Recorded {
	rng := rand.New(rand.NewPCG(3, 4))
	var life []domain.Recorded
	at := time.Date(2020, 1, 1, 8, 0, 0, 0, time.UTC)
	reasons := []string{"internet.slow.wifi", "internet.unstable.drops", "tv.picture.freezes", "billing.amount.unexpected", "mobile.network.no_service"}
	for call := 0; len(life) < events; call++ {
		at = at.Add(time.Duration(rng.IntN(100_000_000)) * time.Millisecond)
		source := fmt.Sprintf("/vendors/v%d/crm", rng.IntN(4))
		subject := fmt.Sprintf("i%d", call)
		about := domain.Circumstances{Problem: &domain.ProblemRef{Reason: reasons[rng.IntN(len(reasons))]}}
		if rng.IntN(3) == 0 {
			about.Problem.Ticket = &domain.TicketRef{Space: source, Number: fmt.Sprintf("T%d", call)}
		}
		for i, e := range []domain.Event{
			&domain.InteractionStarted{Circumstances: domain.Circumstances{Channel: "phone"}, Direction: "inbound"},
			&domain.InteractionAnswered{Waited: &domain.Waits{Queue: 300}},
			&domain.CallerVerified{Level: "knowledge"},
			&domain.ProblemDescribed{Circumstances: about},
			&domain.StepTried{Step: "box.reboot", Outcome: "failed"},
			&domain.StepTried{Step: "line.test", Outcome: "pending"},
			&domain.PromiseMade{ID: fmt.Sprintf("P%d", call), What: "callback"},
			&domain.InteractionEnded{End: "completed"},
			&domain.InteractionWrapped{Reason: about.Problem.Reason, Resolution: "unresolved"},
		} {
			r := domain.Recorded{
				Envelope: domain.Envelope{
					Source: source, ID: fmt.Sprintf("%s/%d", subject, i), Type: wireName(e), Subject: subject,
					Time: at.Add(time.Duration(i) * time.Minute), Sequence: domain.NoSequence,
				},
				Person: named("account"), Reference: named(source + "#" + subject), Event: e,
				Persons: []domain.Named{{Kind: domain.Account, Person: named("account")}, {Kind: domain.Phone, Person: named("phone")}},
			}
			if i == 3 {
				r.Personal = []domain.Sealed{{Class: domain.IdentifierCls}, {Class: domain.Words}}
			}
			life = append(life, r)
		}
	}
	return inOrder(life[:events])
}

// scatteredLife is the worst there is for the state: every event is an interaction
// of its own that names a problem.
func scatteredLife(events int) []domain.Recorded {
	life := make([]domain.Recorded, events)
	for i := range life {
		subject := fmt.Sprintf("i%d", i)
		life[i] = domain.Recorded{
			Envelope: domain.Envelope{
				Source: "/vendors/acme/crm", ID: subject, Type: "interaction.wrapped.v1", Subject: subject, Sequence: domain.NoSequence,
				Time: time.Date(2020, 1, 1, 8, i*30, 0, 0, time.UTC),
			},
			Person: named("account"), Reference: named(subject),
			Event: &domain.InteractionWrapped{Reason: "internet.slow", Resolution: "resolved"},
		}
	}
	return life
}

func inOrder(life []domain.Recorded) []domain.Recorded {
	slices.SortFunc(life, func(a, b domain.Recorded) int { return a.Life().Compare(b.Life()) })
	return life
}

func wireName(e domain.Event) string {
	for _, t := range domain.Catalogue {
		if reflect.TypeOf(t.New()) == reflect.TypeOf(e) {
			return t.Name
		}
	}
	return ""
}

func named(name string) domain.PersonID { return domain.PersonID(domain.IdentityOf("person", name)) }

func TestProblemsStateStaysSmall(t *testing.T) {
	for name, tt := range map[string]struct {
		life []domain.Recorded
		most int // KiB
	}{
		"a caller shared by many, 10,000 events of 1,680 tickets": {deskLife(10_000), 64},
		"a household, 10,000 events of 1,100 calls":               {homeLife(10_000), 64},
		"10,000 calls of one event":                               {scatteredLife(10_000), 72},
		"a household, 60 events":                                  {homeLife(60), 1},
	} {
		t.Run(name, func(t *testing.T) {
			var out Changes
			var s problems
			for i := range tt.life {
				s = Problems.Step(s, &tt.life[i], &out)
			}
			size := len(Problems.Append(nil, &s))
			t.Logf("%d events: %d bytes", len(tt.life), size)
			if size > tt.most<<10 {
				t.Errorf("state of %d events has %d bytes, at most %d KiB wanted", len(tt.life), size, tt.most)
			}
		})
	}
}

func BenchmarkProblems(b *testing.B) {
	for name, life := range map[string][]domain.Recorded{
		"desk 2600": deskLife(2600), "desk 10000": deskLife(10_000), "home 60": homeLife(60), "home 10000": homeLife(10_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				var out Changes
				var s problems
				for i := range life {
					s = Problems.Step(s, &life[i], &out)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(life)), "ns/event")
		})
	}
	life := deskLife(10_000)
	var out Changes
	var s problems
	for i := range life {
		s = Problems.Step(s, &life[i], &out)
	}
	state := Problems.Append(nil, &s)
	b.Run("append", func(b *testing.B) {
		for range b.N {
			state = Problems.Append(state[:0], &s)
		}
	})
	b.Run("parse", func(b *testing.B) {
		for range b.N {
			if _, err := Problems.Parse(state); err != nil {
				b.Fatal(err)
			}
		}
	})
}
