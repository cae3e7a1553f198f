package domain

// Event is what happened, one of the types of the catalogue. In the form that a
// vendor sends, its personal fields hold values; in the record they are empty,
// and agents and assets are persons.
//
//sumtype:decl
type Event interface {
	// About is what every event's data may carry.
	About() *Circumstances
	isEvent()
}

// Circumstances is what every event's data may carry beside its own fields.
type Circumstances struct {
	Customer    *Customer   `json:"customer,omitempty"` // vendor's form only
	Interaction *SubjectRef `json:"interaction,omitempty"`
	Problem     *ProblemRef `json:"problem,omitempty"`
	Agent       *Agent      `json:"agent,omitempty"`
	Lot         string      `json:"lot,omitempty"`
	Channel     string      `json:"channel,omitempty"`
	Note        string      `json:"note,omitempty"` // words
	Lang        string      `json:"lang,omitempty"` // BCP 47, of the free text
	Recording   *Recording  `json:"recording,omitempty"`
}

// About is what every event's data may carry.
func (c *Circumstances) About() *Circumstances { return c }

func (c *Circumstances) isEvent() {}

// Customer is who an event is about, as the vendor knows it. Each identifier is a
// text or a list of texts.
type Customer struct {
	Account  Texts  `json:"account,omitempty"`
	Line     Texts  `json:"line,omitempty"`
	Email    Texts  `json:"email,omitempty"`
	Phone    Texts  `json:"phone,omitempty"`
	Device   Texts  `json:"device,omitempty"`
	Customer Texts  `json:"customer,omitempty"` // ids that tellonce issued
	Name     string `json:"name,omitempty"`     // identifier
}

// SubjectRef names an interaction, ticket or appointment in a vendor's tool.
type SubjectRef struct {
	Source  string `json:"source,omitempty"` // the event's own where absent
	Subject string `json:"subject"`
}

// EventRef names an event.
type EventRef struct {
	Source string `json:"source,omitempty"` // the event's own where absent
	ID     string `json:"id"`
}

// ProblemRef is what an event says of the problem it is about.
type ProblemRef struct {
	Ticket *TicketRef `json:"ticket,omitempty"`
	Reason string     `json:"reason,omitempty"` // a code of the catalogue, or "<vendor>:<code>"
	Asset  *Asset     `json:"asset,omitempty"`
}

// TicketRef names a ticket: a number in a space of numbers.
type TicketRef struct {
	Space  string `json:"space"`
	Number string `json:"number"`
}

// Asset is the line or contract that a problem is about: as the vendor names it, or
// as a person in the record. It names nobody and never links.
type Asset struct {
	Line     string   `json:"line,omitempty"`     // vendor's form only; identifier
	Contract string   `json:"contract,omitempty"` // vendor's form only; identifier
	Kind     Kind     `json:"kind,omitempty"`     // record only: line, or account for a contract
	Person   PersonID `json:"person,omitzero"`    // record only
}

// Agent is who did it at the vendor: an id there, or a person of kind agent in the record.
type Agent struct {
	ID       string   `json:"id,omitempty"`    // vendor's form only; staff
	Name     string   `json:"name,omitempty"`  // vendor's form only; staff
	Person   PersonID `json:"person,omitzero"` // record only
	Team     string   `json:"team,omitempty"`
	Site     string   `json:"site,omitempty"`
	Employer string   `json:"employer,omitempty"`
}

// Recording is where a recording of the conversation is kept, by whom and until when.
type Recording struct {
	Ref    string `json:"ref"` // identifier
	HeldBy string `json:"held_by,omitempty"`
	Until  string `json:"until,omitempty"` // date
}

// Money is an amount in a currency (ISO 4217). The amount is a decimal text, so
// that nothing is rounded on the way.
type Money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}
