package projections

import (
	"time"

	"github.com/tellonce/tellonce/domain"
)

// tell puts the rows of what the event says: a word on a contact, a step, an answer,
// a word on a promise.
func (p *placing) tell(r *domain.Recorded, placed *domain.Placement, out *Changes) {
	switch e := r.Event.(type) {
	case *domain.InteractionStarted:
		row := p.contact(r, "started")
		row.Channel, row.Direction, row.Queue = text(e.Channel), text(e.Direction), text(e.Queue)
		row.NumberDialled, row.CallingNetwork = text(e.NumberDialled), text(e.CallingNetwork)
		Put(out, &ContactTable, row)
	case *domain.InteractionAnswered:
		row := p.contact(r, "answered")
		row.wait(e.Waited)
		Put(out, &ContactTable, row)
	case *domain.InteractionTransferred:
		Put(out, &ContactTable, p.contact(r, "transferred"))
	case *domain.InteractionEnded:
		row := p.contact(r, "ended")
		row.EndedAs, row.Talk, row.Hold = text(e.End), e.TalkSeconds, e.HoldSeconds
		row.wait(e.Waited)
		Put(out, &ContactTable, row)
	case *domain.InteractionWrapped:
		row := p.contact(r, "wrapped")
		row.Disposition, row.Reason, row.Wrap = text(e.Disposition), text(domain.ReasonOf(e)), e.WrapSeconds
		row.Resolution, row.SaidBy = text(e.Resolution), text(e.SaidBy)
		Put(out, &ContactTable, row)
	case *domain.CallerVerified:
		row := p.contact(r, "verified")
		row.Level, row.Party = text(e.Level), text(e.Party)
		Put(out, &ContactTable, row)
	case *domain.StepTried:
		row := p.step("tried", e.Step, e.Outcome, e.By)
		row.Step = p.event
		Put(out, &StepTable, row)
	case *domain.StepConcluded:
		row := p.step("concluded", e.Step, e.Outcome, e.By)
		if row.Step = placed.Concludes; row.Step.IsZero() {
			row.Step = p.event // of a trying that nobody told
		}
		Put(out, &StepTable, row)
	case *domain.EquipmentChanged:
		Put(out, &ResetTable, p.reset(domain.ResetEquipment+e.Equipment))
	case *domain.LineMeasured:
		Put(out, &ResetTable, p.reset(domain.ResetMeasure+e.Measure))
	case *domain.AnswerGiven:
		Put(out, &AnswerTable, AnswerRow{
			Event: p.event, Person: p.person, At: p.at, Problem: p.problem, Interaction: p.interaction,
			Article: text(e.Article), HasWords: p.words,
		})
	case *domain.PromiseMade:
		row := p.promise(r, e.ID, "made", e.Amount, e.Due)
		row.What, row.MadeBy, row.OwedBy = text(e.What), text(e.MadeBy), text(e.OwedBy)
		Put(out, &PromiseTable, row)
	case *domain.PromiseClaimed:
		id := e.Promise
		if id == "" {
			id = p.event.String()
		}
		row := p.promise(r, id, "claimed", e.Amount, e.Due)
		row.What = text(e.What)
		Put(out, &PromiseTable, row)
	case *domain.PromiseRenegotiated:
		Put(out, &PromiseTable, p.promise(r, e.Promise, "renegotiated", e.Amount, e.Due))
	case *domain.PromiseBroken:
		Put(out, &PromiseTable, p.promise(r, e.Promise, "broken", nil, nil))
	case *domain.PromiseKept:
		row := p.promise(r, e.Promise, "declared", nil, nil)
		if e.Proof != nil {
			proof := identityOf(e.Proof, r.Source)
			row.Word, row.Proof = "kept", &proof
		}
		Put(out, &PromiseTable, row)
	case *domain.CreditGranted:
		if e.Promise != "" {
			row := p.promise(r, e.Promise, "credited", &e.Amount, nil)
			row.Proof = &p.event
			Put(out, &PromiseTable, row)
		}
	case *domain.InteractionOffered, *domain.MessageExchanged, *domain.SelfcareVisited, *domain.NoteAdded,
		*domain.ProblemDescribed, *domain.ProblemRecoded, *domain.ProblemJoined, *domain.ProblemSplit, *domain.ProblemLinked,
		*domain.TicketOpened, *domain.TicketUpdated, *domain.TicketAssigned, *domain.TicketEscalated, *domain.TicketResolved,
		*domain.TicketReopened, *domain.TicketClosed, *domain.TicketMerged, *domain.TicketDeleted:
		// Their rows are those of every event, of its problem and of its ticket.
	case *domain.AppointmentBooked, *domain.AppointmentRescheduled, *domain.AppointmentCancelled, *domain.AppointmentAsked,
		*domain.AppointmentReported, *domain.DisputeOpened, *domain.DisputeSettled, *domain.ContactAttempted,
		*domain.ContactReserved, *domain.ConsentGiven, *domain.ConsentWithdrawn, *domain.SurveySent, *domain.SurveyAnswered,
		*domain.ComplaintFiled, *domain.ComplaintAnswered, *domain.OutageDeclared, *domain.OutageUpdated, *domain.OutageEnded,
		*domain.SubscriptionChanged, *domain.OrderUpdated, *domain.BillIssued, *domain.ContestOpened, *domain.ContestSettled:
		// Other read models tell them.
	case *domain.IdentityLinked, *domain.IdentityUnlinked, *domain.IdentityReleased, *domain.EventRetracted:
		// They say whose events these are, and which stand: the engine's business.
	case *domain.Circumstances:
		// Part of every event, and none by itself.
	}
}

func (p *placing) contact(r *domain.Recorded, word string) ContactRow {
	row := ContactRow{
		Interaction: r.Reference, Word: word, Event: p.event, Person: p.person, At: p.at, Vendor: r.Vendor(),
	}
	if agent := r.Event.About().Agent; agent != nil {
		row.Site = text(agent.Site)
	}
	return row
}

func (r *ContactRow) wait(w *domain.Waits) {
	if w != nil {
		r.IVRWait, r.QueueWait, r.RingWait = &w.IVR, &w.Queue, &w.Ring
	}
}

func (p *placing) step(word, code, outcome, by string) StepRow {
	return StepRow{
		Word: word, Event: p.event, Person: p.person, At: p.at, Problem: p.problem, Interaction: p.interaction,
		Code: code, Outcome: outcome, By: text(by),
	}
}

func (p *placing) reset(what string) ResetRow {
	return ResetRow{Event: p.event, At: p.at, Problem: p.problem, Interaction: p.interaction, What: what}
}

func (p *placing) promise(r *domain.Recorded, id, word string, amount *domain.Money, due *time.Time) PromiseRow {
	row := PromiseRow{
		Vendor: r.Vendor(), Promise: id, Word: word, Event: p.event, Person: p.person, At: p.at,
		Problem: p.problem, Interaction: p.interaction, Due: due, HasWords: p.words,
	}
	if row.Vendor == "" {
		row.Vendor = r.Source
	}
	if amount != nil {
		row.Amount, row.Currency = &amount.Amount, &amount.Currency
	}
	return row
}

// identityOf is the identity of an event that is named by one of that source.
func identityOf(named *domain.EventRef, source string) domain.EventID {
	if named.Source != "" {
		source = named.Source
	}
	return domain.IdentityOf(source, named.ID)
}
