package projections

import "github.com/tellonce/tellonce/domain"

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
	case *domain.PromiseMade, *domain.PromiseKept, *domain.PromiseBroken, *domain.PromiseRenegotiated,
		*domain.PromiseClaimed, *domain.CreditGranted:
		if row := p.promise(r); row.Promise != "" {
			Put(out, &PromiseTable, row)
		}
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

func (p *placing) promise(r *domain.Recorded) PromiseRow {
	row := PromiseRow{
		Vendor: r.Vendor(), Event: p.event, Person: p.person, At: p.at, Problem: p.problem,
		Interaction: p.interaction, HasWords: p.words,
	}
	if row.Vendor == "" {
		row.Vendor = r.Source
	}
	switch e := r.Event.(type) {
	case *domain.PromiseMade:
		row.Promise, row.Word, row.What, row.Due = e.ID, "made", text(e.What), e.Due
		row.MadeBy, row.OwedBy = text(e.MadeBy), text(e.OwedBy)
		row.price(e.Amount)
	case *domain.PromiseClaimed:
		row.Promise, row.Word, row.What, row.Due = e.Promise, "claimed", text(e.What), e.Due
		if row.Promise == "" {
			row.Promise = p.event.String()
		}
		row.price(e.Amount)
	case *domain.PromiseRenegotiated:
		row.Promise, row.Word, row.Due = e.Promise, "renegotiated", e.Due
		row.price(e.Amount)
	case *domain.PromiseBroken:
		row.Promise, row.Word = e.Promise, "broken"
	case *domain.PromiseKept:
		row.Promise, row.Word = e.Promise, "declared"
		if e.Proof != nil {
			source := e.Proof.Source
			if source == "" {
				source = r.Source
			}
			proof := domain.IdentityOf(source, e.Proof.ID)
			row.Word, row.Proof = "kept", &proof
		}
	case *domain.CreditGranted:
		row.Promise, row.Word, row.Proof = e.Promise, "credited", &p.event
		row.price(&e.Amount)
	}
	return row
}

func (r *PromiseRow) price(m *domain.Money) {
	if m != nil {
		r.Amount, r.Currency = &m.Amount, &m.Currency
	}
}
