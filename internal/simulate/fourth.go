package simulate

import (
	"fmt"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// Fourth is the customer worth looking at: somebody on the telephone for the fourth
// time, about a line that drops every evening.
func Fourth() Person { return fourth() }

func fourth() Person {
	return Person{
		Account: "A0000000", Line: "+33270000000", Phone: "0612000000", Email: "madeleine.auray@mail.example",
		Box: "BX000000000", Name: "Madeleine Auray", Street: "14 rue des Tanneurs",
	}
}

// fourthCall tells it: three calls at three desks, the reboot done over each time,
// a callback promised and not made, a technician whom nobody saw; then the call that
// is coming in at this moment.
func (l *life) fourthCall() {
	kind := troubleKinds[2] // drops
	now := l.until
	day := 24 * time.Hour
	l.bills()
	l.told(acme, now.Add(-9*day), kind, "first", "La connexion tombe tous les soirs vers vingt heures, je donne mes cours en visio et je perds mes élèves.", "box.reboot")
	due := now.Add(-6 * day).Truncate(time.Hour)
	l.owed(acme, "callback", now.Add(-9*day).Add(12*time.Minute), due, kind)
	l.told(borealis, now.Add(-5*day), kind, "restated", "J'ai déjà tout expliqué : chaque soir la connexion tombe, et personne ne m'a rappelée.", "box.reboot", "line.test")
	l.missedVisit(now.Add(-3*day), kind)
	l.told(lille, now.Add(-2*day), kind, "restated", "Pour la troisième fois : ça coupe tous les soirs, votre technicien n'est jamais venu.", "box.reboot", "box.cabling")
	l.calls++
	l.add(borealis, "interaction.started", fmt.Sprintf("%s-i%d", l.who.Account, l.calls), now.Add(-20*time.Second), &domain.InteractionStarted{
		Circumstances: domain.Circumstances{Customer: l.who.calling(), Channel: "phone"},
		Direction:     "inbound", Queue: "support", NumberDialled: "3900", CallingNetwork: "own",
	})
}

// told is one call in which the problem is told and steps are tried in vain.
func (l *life) told(d *desk, at time.Time, kind troubleKind, how, words string, steps ...string) {
	l.calls++
	subject := fmt.Sprintf("%s-i%d", l.who.Account, l.calls)
	agent := l.agent(d)
	about := domain.Circumstances{Channel: d.channel, Agent: agent, Lang: "fr", Problem: &domain.ProblemRef{Reason: kind.reason}}
	l.add(d, "interaction.started", subject, at, &domain.InteractionStarted{
		Circumstances: domain.Circumstances{Customer: l.who.calling(), Channel: d.channel},
		Direction:     "inbound", Queue: "support", NumberDialled: "3900", CallingNetwork: "own",
	})
	waited := &domain.Waits{IVR: 45, Queue: 1180, Ring: 6}
	at = at.Add(time.Duration(waited.Total()) * time.Second)
	l.add(d, "interaction.answered", subject, at, &domain.InteractionAnswered{Circumstances: domain.Circumstances{Agent: agent}, Waited: waited})
	l.add(d, "caller.verified", subject, at.Add(time.Minute), &domain.CallerVerified{
		Circumstances: domain.Circumstances{Agent: agent, Customer: &domain.Customer{Account: domain.Texts{l.who.Account}, Line: domain.Texts{l.who.Line}, Phone: domain.Texts{l.who.Phone}, Email: domain.Texts{l.who.Email}, Device: domain.Texts{l.who.Box}, Name: l.who.Name}},
		Method:        "questions", Level: "knowledge", Party: "holder",
	})
	l.add(d, "problem.described", subject, at.Add(2*time.Minute), &domain.ProblemDescribed{Circumstances: about, Words: words, How: how, By: "customer"})
	for i, step := range steps {
		at = at.Add(time.Duration(3+i) * time.Minute)
		l.add(d, "step.tried", subject, at, &domain.StepTried{Circumstances: about, Step: step, Outcome: "failed", By: "customer"})
	}
	l.end(d, subject, at.Add(4*time.Minute), kind, nil, false)
}

func (l *life) owed(d *desk, what string, at, due time.Time, kind troubleKind) {
	l.promises++
	l.add(d, "promise.made", fmt.Sprintf("%s-i%d", l.who.Account, l.calls), at, &domain.PromiseMade{
		Circumstances: domain.Circumstances{Agent: l.agent(d), Lang: "fr", Problem: &domain.ProblemRef{Reason: kind.reason}},
		ID:            fmt.Sprintf("P%s-%d", l.who.Account, l.promises), What: what, Text: promises[what], Due: &due, MadeBy: d.vendor, OwedBy: d.vendor,
	})
}

func (l *life) missedVisit(at time.Time, kind troubleKind) {
	id := "V" + l.who.Account
	from := time.Date(at.Year(), at.Month(), at.Day(), 7, 0, 0, 0, time.UTC)
	about := domain.Circumstances{Customer: &domain.Customer{Account: domain.Texts{l.who.Account}}, Problem: &domain.ProblemRef{Reason: kind.reason}}
	l.add(borealis, "appointment.booked", id, at.Add(-48*time.Hour), &domain.AppointmentBooked{
		Circumstances: about, ID: id, WorkOrder: "W" + id, Windows: []domain.Window{{From: from, Until: from.Add(4 * time.Hour)}}, OrderGiver: borealis.vendor, Contractor: delta.vendor, Place: l.who.Street,
	})
	l.add(delta, "appointment.reported", id, from.Add(3*time.Hour), &domain.AppointmentReported{Circumstances: about, ID: id, By: "technician", Presence: "customer_absent", Work: "not_done"})
	l.add(lille, "appointment.reported", id, from.Add(6*time.Hour), &domain.AppointmentReported{Circumstances: about, ID: id, By: "customer", Presence: "technician_absent", Work: "not_done"})
}
