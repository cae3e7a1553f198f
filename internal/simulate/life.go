package simulate

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// life collects one customer's events.
type life struct {
	who         Person
	rng         *rand.Rand
	from, until time.Time
	events      []Event
	calls       int
	tickets     int
	promises    int
}

// live plays the ordinary course of things: bills each month, now and then somebody
// who wants to sell, and a few troubles.
func (l *life) live() {
	l.bills()
	l.sales()
	troubles := 1 + l.rng.IntN(3)
	for range troubles {
		l.trouble(l.between(l.from, l.until), pick(l.rng, troubleKinds))
	}
}

// add puts an event of the named type at a desk. What would lie in the future has
// not happened yet.
func (l *life) add(d *desk, name, subject string, at time.Time, e domain.Event) string {
	id := fmt.Sprintf("%s-%d", l.who.Account, len(l.events))
	if at.After(l.until) {
		return id
	}
	l.events = append(l.events, Event{
		Vendor: d.vendor, Source: d.source(), ID: id, Subject: subject, Type: name + ".v1",
		Time: at.Truncate(time.Millisecond), Sequence: domain.NoSequence, Data: e,
	})
	return id
}

func (l *life) sorted() []Event {
	slices.SortStableFunc(l.events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	sequences := map[string]int64{}
	for i := range l.events {
		if e := &l.events[i]; e.Subject != "" {
			of := e.Source + "#" + e.Subject
			e.Sequence = sequences[of]
			sequences[of]++
		}
	}
	return l.events
}

func (l *life) bills() {
	for at := l.from.Add(time.Duration(l.rng.IntN(28)) * 24 * time.Hour); at.Before(l.until); at = at.AddDate(0, 1, 0) {
		due := at.AddDate(0, 0, 15)
		l.add(&desk{vendor: operator, system: "billing"}, "bill.issued", "", at, &domain.BillIssued{
			Circumstances: domain.Circumstances{Customer: &domain.Customer{Account: domain.Texts{l.who.Account}, Line: domain.Texts{l.who.Line}}},
			Bill:          fmt.Sprintf("B%s-%s", l.who.Account, at.Format("0601")), Amount: euros(2999 + l.rng.IntN(4000)), Due: &due,
		})
	}
}

func (l *life) sales() {
	if l.rng.IntN(3) > 0 {
		return
	}
	l.add(pick(l.rng, callers), "contact.attempted", "", l.between(l.from, l.until), &domain.ContactAttempted{
		Circumstances: domain.Circumstances{Customer: l.who.calling(), Channel: "phone"},
		Purpose:       "prospecting", Campaign: "fibre-upgrade", Outcome: pick(l.rng, []string{"reached", "unreached", "refused"}),
	})
}

// between is a moment in [from, until), at an hour at which people ring: rather in
// the evening.
func (l *life) between(from, until time.Time) time.Time {
	at := from.Add(time.Duration(l.rng.Int64N(int64(max(until.Sub(from), time.Hour)))))
	hour := 8 + l.rng.IntN(15)
	return time.Date(at.Year(), at.Month(), at.Day(), hour, l.rng.IntN(60), l.rng.IntN(60), 0, time.UTC)
}

// wait is how long the queue takes at that hour: late in the evening nobody is left.
func (l *life) wait(at time.Time) *domain.Waits {
	queue := 40 + l.rng.ExpFloat64()*180
	if h := at.Hour(); h >= 22 || h < 6 {
		queue *= 5
	}
	return &domain.Waits{IVR: float64(20 + l.rng.IntN(60)), Queue: float64(int(min(queue, 5400))), Ring: float64(3 + l.rng.IntN(12))}
}

func euros(cents int) *domain.Money {
	return &domain.Money{Amount: fmt.Sprintf("%d.%02d", cents/100, cents%100), Currency: "EUR"}
}

func seconds(n int) *float64 { f := float64(n); return &f }

func or[T cmp.Ordered](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}
