package domain

import "time"

// TicketState is what a ticketing tool says of a ticket with any of its events.
type TicketState struct {
	Ticket        *TicketRef `json:"ticket,omitempty"` // the event's subject in the space of its source, where absent
	OpenedTime    *time.Time `json:"opened_time,omitempty"`
	Severity      string     `json:"severity,omitempty"`
	Status        string     `json:"status,omitempty"`
	Awaiting      string     `json:"awaiting,omitempty"` // whom it waits for: customer vendor operator …
	Holder        *Holder    `json:"holder,omitempty"`
	Resolution    string     `json:"resolution,omitempty"` // a code
	Text          string     `json:"text,omitempty"`       // words
	Reassignments *int       `json:"reassignments,omitempty"`
	Reopenings    *int       `json:"reopenings,omitempty"`
}

// State is what the event says of its ticket.
func (t *TicketState) State() *TicketState { return t }

// TicketEvent is an event of a ticket's life.
type TicketEvent interface {
	Event
	State() *TicketState
}

// Holder is who has a ticket in hand.
type Holder struct {
	Vendor string `json:"vendor,omitempty"`
	Group  string `json:"group,omitempty"`
	Agent  *Agent `json:"agent,omitempty"`
}

// TicketOpened opens a ticket.
type TicketOpened struct {
	Circumstances
	TicketState
}

// TicketUpdated is any other change of a ticket.
type TicketUpdated struct {
	Circumstances
	TicketState
}

// TicketAssigned gives a ticket to a holder.
type TicketAssigned struct {
	Circumstances
	TicketState
}

// TicketEscalated hands a ticket up.
type TicketEscalated struct {
	Circumstances
	TicketState
}

// TicketResolved says that the work is done.
type TicketResolved struct {
	Circumstances
	TicketState
}

// TicketReopened takes a resolved or closed ticket up again.
type TicketReopened struct {
	Circumstances
	TicketState
}

// TicketClosed ends a ticket.
type TicketClosed struct {
	Circumstances
	TicketState
}

// TicketDeleted withdraws a ticket opened by mistake.
type TicketDeleted struct {
	Circumstances
	TicketState
}

// TicketMerged ends a ticket in favour of another: their problems are one.
type TicketMerged struct {
	Circumstances
	TicketState
	Into TicketRef `json:"into"`
}
