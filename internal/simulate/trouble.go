package simulate

import (
	"fmt"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// troubleKind is a trouble that customers have: its reason, what is tried, what is
// promised, and how soon it is solved.
type troubleKind struct {
	reason  string
	steps   []string
	promise string
	visit   bool
	solved  float64 // chance that a call ends it
}

var troubleKinds = []troubleKind{
	{reason: "internet.outage.no_sync", steps: []string{"box.reboot", "line.test", "box.cabling"}, promise: "callback", visit: true, solved: 0.3},
	{reason: "internet.slow.wifi", steps: []string{"box.reboot", "wifi.channel", "wifi.placement"}, promise: "replacement", solved: 0.5},
	{reason: "internet.unstable.drops", steps: []string{"box.reboot", "line.profile_reset", "line.test"}, promise: "callback", visit: true, solved: 0.35},
	{reason: "tv.picture.freezes", steps: []string{"box.reboot", "tv.decoder_reset"}, promise: "replacement", solved: 0.5},
	{reason: "mobile.network.no_service", steps: []string{"mobile.restart", "sim.reseat", "mobile.network_reset"}, promise: "callback", solved: 0.5},
	{reason: "billing.amount.unexpected", steps: nil, promise: "credit", solved: 0.6},
	{reason: "billing.payment.failed", steps: nil, promise: "callback", solved: 0.7},
	{reason: "order.delivery.late", steps: nil, promise: "callback", solved: 0.5},
}

// trouble is one problem from the first sign to its end: over several calls, at
// whichever desk takes them.
func (l *life) trouble(at time.Time, kind troubleKind) {
	if l.rng.IntN(3) == 0 { // self-care first
		l.add(cadence, "selfcare.visited", "", at.Add(-time.Hour), &domain.SelfcareVisited{
			Circumstances: domain.Circumstances{Customer: &domain.Customer{Account: domain.Texts{l.who.Account}}},
			Page:          "help/" + kind.reason, Tool: "diagnostic", Result: "unsolved",
		})
	}
	var ticket *domain.TicketRef
	holder := pick(l.rng, callers)
	for nth := 1; nth <= 6; nth++ {
		d := holder
		if l.rng.IntN(2) == 0 {
			d = pick(l.rng, callers)
		}
		c := l.call(d, at, kind, nth, ticket)
		ticket = c.ticket
		if c.solved {
			l.closeTicket(holder, ticket, kind, c.end)
			l.survey(d, c)
			return
		}
		next := c.end.Add(time.Duration(4+l.rng.IntN(90)) * time.Hour)
		if kind.visit && nth == 2 {
			next = l.visit(d, c.end, kind, ticket)
		}
		if l.rng.IntN(5) == 0 {
			return // gave up
		}
		at = l.between(next, next.Add(24*time.Hour))
	}
}

// call is what one call leaves behind.
type call struct {
	subject string
	end     time.Time
	ticket  *domain.TicketRef
	solved  bool
}

func (l *life) call(d *desk, at time.Time, kind troubleKind, nth int, ticket *domain.TicketRef) call {
	l.calls++
	subject := fmt.Sprintf("%s-i%d", l.who.Account, l.calls)
	about := func() domain.Circumstances {
		return domain.Circumstances{Channel: d.channel, Agent: l.agent(d), Problem: &domain.ProblemRef{Ticket: ticket, Reason: kind.reason}}
	}
	waited := l.wait(at)
	l.add(d, "interaction.started", subject, at, &domain.InteractionStarted{
		Circumstances: domain.Circumstances{Customer: l.who.calling(), Channel: d.channel},
		Direction:     "inbound", Queue: "support", NumberDialled: pick(l.rng, []string{"3900", "0899100100"}), CallingNetwork: pick(l.rng, []string{"own", "other"}),
	})
	now := at.Add(time.Duration(waited.Total()) * time.Second)
	if l.rng.IntN(12) == 0 { // hung up in the queue
		l.add(d, "interaction.ended", subject, now, &domain.InteractionEnded{End: "abandoned", Waited: waited})
		return call{subject: subject, end: now, ticket: ticket}
	}
	if l.rng.IntN(8) == 0 {
		l.add(d, "interaction.offered", subject, now.Add(-8*time.Second), &domain.InteractionOffered{Circumstances: domain.Circumstances{Agent: l.agent(d)}, Outcome: "timed_out"})
	}
	l.add(d, "interaction.answered", subject, now, &domain.InteractionAnswered{Circumstances: domain.Circumstances{Agent: l.agent(d)}, Waited: waited})
	now = now.Add(40 * time.Second)
	l.add(d, "caller.verified", subject, now, &domain.CallerVerified{
		Circumstances: domain.Circumstances{Customer: l.who.known(l.rng), Agent: l.agent(d)},
		Method:        "questions", Level: "knowledge", Party: "holder",
	})
	now = now.Add(time.Minute)
	how := "first"
	if nth > 1 {
		how = "restated"
	}
	said := about()
	said.Lang = "fr"
	l.add(d, "problem.described", subject, now, &domain.ProblemDescribed{Circumstances: said, Words: l.complaint(kind.reason, nth), How: how, By: "customer"})
	ticket = l.file(d, subject, now.Add(30*time.Second), kind, ticket)
	for _, step := range kind.steps[:min(len(kind.steps), 1+l.rng.IntN(3))] { // the reboot, done over each time
		now = now.Add(time.Duration(2+l.rng.IntN(4)) * time.Minute)
		l.add(d, "step.tried", subject, now, &domain.StepTried{Circumstances: about(), Step: step, Outcome: pick(l.rng, []string{"failed", "failed", "failed", "inconclusive"}), By: "customer"})
	}
	solved := l.rng.Float64() < kind.solved
	now = now.Add(2 * time.Minute)
	if solved {
		said := about()
		said.Lang = "fr"
		l.add(d, "answer.given", subject, now, &domain.AnswerGiven{Circumstances: said, Text: l.answer(kind.reason), Article: "KB-" + kind.reason})
	} else {
		l.promise(d, subject, now, kind, ticket)
	}
	if !solved && d.channel == "phone" && l.rng.IntN(4) == 0 {
		return l.transfer(d, subject, now, kind, ticket)
	}
	return l.end(d, subject, now.Add(time.Minute), kind, ticket, solved)
}

func (l *life) end(d *desk, subject string, now time.Time, kind troubleKind, ticket *domain.TicketRef, solved bool) call {
	l.add(d, "interaction.ended", subject, now, &domain.InteractionEnded{
		Circumstances: domain.Circumstances{Agent: l.agent(d)}, End: "completed", TalkSeconds: seconds(200 + l.rng.IntN(900)), HoldSeconds: seconds(l.rng.IntN(240)),
	})
	resolution := "unresolved"
	if solved {
		resolution = "resolved"
	}
	l.add(d, "interaction.wrapped", subject, now.Add(40*time.Second), &domain.InteractionWrapped{
		Circumstances: domain.Circumstances{Agent: l.agent(d), Problem: &domain.ProblemRef{Ticket: ticket}},
		Disposition:   "support", Reason: kind.reason, WrapSeconds: seconds(20 + l.rng.IntN(90)), Resolution: resolution, SaidBy: "agent",
	})
	return call{subject: subject, end: now.Add(time.Minute), ticket: ticket, solved: solved}
}

// transfer hands the call to another vendor, where the customer starts again.
func (l *life) transfer(d *desk, subject string, now time.Time, kind troubleKind, ticket *domain.TicketRef) call {
	to := borealis
	if d == borealis {
		to = lille
	}
	l.add(d, "interaction.transferred", subject, now, &domain.InteractionTransferred{Circumstances: domain.Circumstances{Agent: l.agent(d)}, ToVendor: to.vendor, Queue: "level2"})
	l.add(d, "interaction.ended", subject, now.Add(time.Second), &domain.InteractionEnded{Circumstances: domain.Circumstances{Agent: l.agent(d)}, End: "transferred", TalkSeconds: seconds(300)})
	l.calls++
	leg := fmt.Sprintf("%s-i%d", l.who.Account, l.calls)
	now = now.Add(20 * time.Second)
	l.add(to, "interaction.started", leg, now, &domain.InteractionStarted{
		Circumstances: domain.Circumstances{Channel: to.channel}, Direction: "inbound", Queue: "level2",
		Continues: &domain.SubjectRef{Source: d.source(), Subject: subject},
	})
	now = now.Add(3 * time.Minute)
	l.add(to, "interaction.answered", leg, now, &domain.InteractionAnswered{Circumstances: domain.Circumstances{Agent: l.agent(to)}, Waited: &domain.Waits{Queue: 180}})
	l.add(to, "problem.described", leg, now.Add(time.Minute), &domain.ProblemDescribed{
		Circumstances: domain.Circumstances{Agent: l.agent(to), Lang: "fr", Problem: &domain.ProblemRef{Ticket: ticket, Reason: kind.reason}},
		Words:         l.complaint(kind.reason, 2), How: "restated", By: "customer",
	})
	return l.end(to, leg, now.Add(8*time.Minute), kind, ticket, false)
}

// file opens the problem's ticket, or notes the call on it.
func (l *life) file(d *desk, subject string, now time.Time, kind troubleKind, ticket *domain.TicketRef) *domain.TicketRef {
	about := domain.Circumstances{Interaction: &domain.SubjectRef{Subject: subject}, Customer: &domain.Customer{Account: domain.Texts{l.who.Account}}, Problem: &domain.ProblemRef{Reason: kind.reason}}
	if ticket != nil {
		l.add(d, "ticket.updated", ticket.Number, now, &domain.TicketUpdated{Circumstances: about, TicketState: domain.TicketState{Ticket: ticket, Status: "in_progress"}})
		return ticket
	}
	l.tickets++
	ticket = &domain.TicketRef{Space: d.vendor, Number: fmt.Sprintf("T%s-%d", l.who.Account, l.tickets)}
	l.add(d, "ticket.opened", ticket.Number, now, &domain.TicketOpened{Circumstances: about, TicketState: domain.TicketState{
		Ticket: ticket, OpenedTime: &now, Severity: "3", Status: "open", Holder: &domain.Holder{Vendor: d.vendor, Group: "support"},
	}})
	return ticket
}

func (l *life) closeTicket(d *desk, ticket *domain.TicketRef, kind troubleKind, at time.Time) {
	if ticket == nil {
		return
	}
	about := domain.Circumstances{Customer: &domain.Customer{Account: domain.Texts{l.who.Account}}, Problem: &domain.ProblemRef{Reason: kind.reason}}
	l.add(d, "ticket.resolved", ticket.Number, at.Add(time.Hour), &domain.TicketResolved{Circumstances: about, TicketState: domain.TicketState{Ticket: ticket, Status: "resolved", Resolution: "fixed"}})
	l.add(d, "ticket.closed", ticket.Number, at.Add(72*time.Hour), &domain.TicketClosed{Circumstances: about, TicketState: domain.TicketState{Ticket: ticket, Status: "closed"}})
}

func (l *life) promise(d *desk, subject string, now time.Time, kind troubleKind, ticket *domain.TicketRef) {
	l.promises++
	id := fmt.Sprintf("P%s-%d", l.who.Account, l.promises)
	due := now.Add(time.Duration(24+l.rng.IntN(72)) * time.Hour).Truncate(time.Hour)
	about := domain.Circumstances{Agent: l.agent(d), Lang: "fr", Problem: &domain.ProblemRef{Ticket: ticket, Reason: kind.reason}}
	made := &domain.PromiseMade{Circumstances: about, ID: id, What: kind.promise, Text: l.promised(kind.promise), Due: &due, MadeBy: d.vendor, OwedBy: or(ownerOf(kind), d.vendor)}
	if kind.promise == "credit" {
		made.Amount = euros(500 + l.rng.IntN(3000))
	}
	l.add(d, "promise.made", subject, now, made)
	switch l.rng.IntN(4) {
	case 0:
		proof := l.add(d, "contact.attempted", "", due.Add(-time.Hour), &domain.ContactAttempted{
			Circumstances: domain.Circumstances{Customer: l.who.calling(), Channel: "phone"}, Purpose: "callback", Outcome: "reached",
		})
		l.add(d, "promise.kept", subject, due.Add(-50*time.Minute), &domain.PromiseKept{Circumstances: domain.Circumstances{Agent: l.agent(d)}, Promise: id, Proof: &domain.EventRef{ID: proof}})
	case 1:
		l.add(d, "promise.broken", subject, due.Add(24*time.Hour), &domain.PromiseBroken{Circumstances: domain.Circumstances{Agent: l.agent(d)}, Promise: id})
	}
}

func ownerOf(kind troubleKind) string {
	if kind.promise == "credit" {
		return operator
	}
	return ""
}

// visit books a technician, who is not always seen.
func (l *life) visit(d *desk, at time.Time, kind troubleKind, ticket *domain.TicketRef) time.Time {
	id := fmt.Sprintf("V%s-%d", l.who.Account, l.calls)
	day := at.AddDate(0, 0, 2+l.rng.IntN(5))
	from := time.Date(day.Year(), day.Month(), day.Day(), pick(l.rng, []int{7, 12}), 0, 0, 0, time.UTC)
	until := from.Add(4 * time.Hour)
	about := domain.Circumstances{Customer: &domain.Customer{Account: domain.Texts{l.who.Account}}, Problem: &domain.ProblemRef{Ticket: ticket, Reason: kind.reason}}
	l.add(d, "appointment.booked", id, at, &domain.AppointmentBooked{
		Circumstances: about, ID: id, WorkOrder: "W" + id, Windows: []domain.Window{{From: from, Until: until}}, OrderGiver: d.vendor, Contractor: delta.vendor, Place: l.who.Street,
	})
	presence, word, work := "both_present", "both_present", "done"
	if l.rng.IntN(4) == 0 {
		presence, word, work = "customer_absent", "technician_absent", "not_done"
	}
	l.add(delta, "appointment.reported", id, from.Add(3*time.Hour), &domain.AppointmentReported{Circumstances: about, ID: id, By: "technician", Presence: presence, Work: work})
	if word != presence {
		l.add(d, "appointment.reported", id, until.Add(2*time.Hour), &domain.AppointmentReported{Circumstances: about, ID: id, By: "customer", Presence: word, Work: "not_done"})
	}
	return until
}

func (l *life) survey(d *desk, c call) {
	if l.rng.IntN(3) > 0 {
		return
	}
	survey := "S" + c.subject
	about := domain.Circumstances{Interaction: &domain.SubjectRef{Source: d.source(), Subject: c.subject}}
	l.add(d, "survey.sent", "", c.end.Add(2*time.Hour), &domain.SurveySent{Circumstances: about, Survey: survey, Chosen: "all"})
	if l.rng.IntN(4) == 0 {
		about.Lang = "fr"
		l.add(d, "survey.answered", "", c.end.Add(20*time.Hour), &domain.SurveyAnswered{Circumstances: about, Survey: survey, Scale: "nps", Score: seconds(l.rng.IntN(11)), Words: l.opinion()})
	}
}

func (l *life) agent(d *desk) *domain.Agent {
	return &domain.Agent{ID: fmt.Sprintf("%s-%03d", d.site, l.rng.IntN(200)), Site: d.site, Team: "support", Employer: d.vendor}
}
