package domain

import (
	"encoding/json"
	"fmt"
)

// EventType is one line of the catalogue of event types.
type EventType struct {
	Name string // wire name with its version, never reused: "step.tried.v1"
	make func() Event
}

// New is an empty event of the type.
func (t EventType) New() Event { return t.make() }

// Catalogue lists every event type that a vendor or the operator sends, in the
// order of the reference.
var Catalogue = []EventType{
	{"interaction.started.v1", func() Event { return new(InteractionStarted) }},
	{"interaction.offered.v1", func() Event { return new(InteractionOffered) }},
	{"interaction.answered.v1", func() Event { return new(InteractionAnswered) }},
	{"interaction.transferred.v1", func() Event { return new(InteractionTransferred) }},
	{"interaction.ended.v1", func() Event { return new(InteractionEnded) }},
	{"interaction.wrapped.v1", func() Event { return new(InteractionWrapped) }},
	{"caller.verified.v1", func() Event { return new(CallerVerified) }},
	{"problem.described.v1", func() Event { return new(ProblemDescribed) }},
	{"problem.recoded.v1", func() Event { return new(ProblemRecoded) }},
	{"problem.joined.v1", func() Event { return new(ProblemJoined) }},
	{"problem.split.v1", func() Event { return new(ProblemSplit) }},
	{"problem.linked.v1", func() Event { return new(ProblemLinked) }},
	{"step.tried.v1", func() Event { return new(StepTried) }},
	{"step.concluded.v1", func() Event { return new(StepConcluded) }},
	{"equipment.changed.v1", func() Event { return new(EquipmentChanged) }},
	{"line.measured.v1", func() Event { return new(LineMeasured) }},
	{"answer.given.v1", func() Event { return new(AnswerGiven) }},
	{"note.added.v1", func() Event { return new(NoteAdded) }},
	{"promise.made.v1", func() Event { return new(PromiseMade) }},
	{"promise.kept.v1", func() Event { return new(PromiseKept) }},
	{"promise.broken.v1", func() Event { return new(PromiseBroken) }},
	{"promise.renegotiated.v1", func() Event { return new(PromiseRenegotiated) }},
	{"promise.claimed.v1", func() Event { return new(PromiseClaimed) }},
	{"ticket.opened.v1", func() Event { return new(TicketOpened) }},
	{"ticket.updated.v1", func() Event { return new(TicketUpdated) }},
	{"ticket.assigned.v1", func() Event { return new(TicketAssigned) }},
	{"ticket.escalated.v1", func() Event { return new(TicketEscalated) }},
	{"ticket.resolved.v1", func() Event { return new(TicketResolved) }},
	{"ticket.reopened.v1", func() Event { return new(TicketReopened) }},
	{"ticket.closed.v1", func() Event { return new(TicketClosed) }},
	{"ticket.merged.v1", func() Event { return new(TicketMerged) }},
	{"ticket.deleted.v1", func() Event { return new(TicketDeleted) }},
	{"appointment.booked.v1", func() Event { return new(AppointmentBooked) }},
	{"appointment.rescheduled.v1", func() Event { return new(AppointmentRescheduled) }},
	{"appointment.cancelled.v1", func() Event { return new(AppointmentCancelled) }},
	{"appointment.asked.v1", func() Event { return new(AppointmentAsked) }},
	{"appointment.reported.v1", func() Event { return new(AppointmentReported) }},
	{"dispute.opened.v1", func() Event { return new(DisputeOpened) }},
	{"dispute.settled.v1", func() Event { return new(DisputeSettled) }},
	{"contact.attempted.v1", func() Event { return new(ContactAttempted) }},
	{"contact.reserved.v1", func() Event { return new(ContactReserved) }},
	{"consent.given.v1", func() Event { return new(ConsentGiven) }},
	{"consent.withdrawn.v1", func() Event { return new(ConsentWithdrawn) }},
	{"message.exchanged.v1", func() Event { return new(MessageExchanged) }},
	{"selfcare.visited.v1", func() Event { return new(SelfcareVisited) }},
	{"survey.sent.v1", func() Event { return new(SurveySent) }},
	{"survey.answered.v1", func() Event { return new(SurveyAnswered) }},
	{"complaint.filed.v1", func() Event { return new(ComplaintFiled) }},
	{"complaint.answered.v1", func() Event { return new(ComplaintAnswered) }},
	{"outage.declared.v1", func() Event { return new(OutageDeclared) }},
	{"outage.updated.v1", func() Event { return new(OutageUpdated) }},
	{"outage.ended.v1", func() Event { return new(OutageEnded) }},
	{"subscription.changed.v1", func() Event { return new(SubscriptionChanged) }},
	{"order.updated.v1", func() Event { return new(OrderUpdated) }},
	{"bill.issued.v1", func() Event { return new(BillIssued) }},
	{"credit.granted.v1", func() Event { return new(CreditGranted) }},
	{"identity.linked.v1", func() Event { return new(IdentityLinked) }},
	{"identity.unlinked.v1", func() Event { return new(IdentityUnlinked) }},
	{"identity.released.v1", func() Event { return new(IdentityReleased) }},
	{"event.retracted.v1", func() Event { return new(EventRetracted) }},
	{"contest.opened.v1", func() Event { return new(ContestOpened) }},
	{"contest.settled.v1", func() Event { return new(ContestSettled) }},
}

var typesByName = func() map[string]EventType {
	m := make(map[string]EventType, len(Catalogue))
	for _, t := range Catalogue {
		m[t.Name] = t
	}
	return m
}()

// TypeNamed is the event type of that wire name.
func TypeNamed(name string) (EventType, bool) {
	t, ok := typesByName[name]
	return t, ok
}

// newEvent is an empty event of the type.
func newEvent(name string) (Event, bool) {
	t, ok := typesByName[name]
	if !ok {
		return nil, false
	}
	return t.make(), true
}

// DecodeData reads the data of an event of the named type, in the vendor's form or
// the record's. Unknown members are passed over; no data at all is an event that
// says nothing. An unknown type, which an old version is here, is ErrType.
func DecodeData(name string, data []byte) (Event, error) {
	e, ok := newEvent(name)
	if !ok {
		return nil, fmt.Errorf("decode %q: %w", name, ErrType)
	}
	if len(data) == 0 {
		return e, nil
	}
	if err := json.Unmarshal(data, e); err != nil {
		return nil, fmt.Errorf("decode data of %s: %w", name, err)
	}
	return e, nil
}
