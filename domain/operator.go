package domain

import "time"

// OutageDeclared: something is broken for many.
type OutageDeclared struct {
	Circumstances
	Outage      string     `json:"outage"`
	Area        string     `json:"area,omitempty"`
	Equipment   string     `json:"equipment,omitempty"`
	Reasons     []string   `json:"reasons,omitempty"` // reasons covered
	ExpectedEnd *time.Time `json:"expected_end,omitempty"`
}

// OutageUpdated changes what is known of it.
type OutageUpdated struct {
	Circumstances
	Outage      string     `json:"outage"`
	Area        string     `json:"area,omitempty"`
	Equipment   string     `json:"equipment,omitempty"`
	Reasons     []string   `json:"reasons,omitempty"`
	ExpectedEnd *time.Time `json:"expected_end,omitempty"`
}

// OutageEnded: it works again.
type OutageEnded struct {
	Circumstances
	Outage string `json:"outage"`
}

// SubscriptionChanged is a change of what the customer has.
type SubscriptionChanged struct {
	Circumstances
	Product string `json:"product,omitempty"`
	Change  string `json:"change"` // started changed suspended resumed ended
}

// OrderUpdated is a step of an order's life.
type OrderUpdated struct {
	Circumstances
	Order  string `json:"order"`
	Status string `json:"status"`
}

// BillIssued is a bill.
type BillIssued struct {
	Circumstances
	Bill   string     `json:"bill"`
	Amount *Money     `json:"amount,omitempty"`
	Due    *time.Time `json:"due,omitempty"`
	Bank   string     `json:"bank,omitempty"` // bank: the reference it is drawn on
}

// CreditGranted is money given back.
type CreditGranted struct {
	Circumstances
	Amount  Money  `json:"amount"`
	Promise string `json:"promise,omitempty"`
	Why     string `json:"why,omitempty"` // words
}

// IdentityLinked: these identifiers are one customer's, on this evidence.
type IdentityLinked struct {
	Circumstances
	Evidence string `json:"evidence"` // words
}

// IdentityUnlinked: these identifiers are not one customer's.
type IdentityUnlinked struct {
	Circumstances
	Evidence string `json:"evidence"` // words
}

// IdentityReleased: the operator takes an identifier back at the event's time.
type IdentityReleased struct {
	Circumstances
	Evidence string `json:"evidence,omitempty"` // words
}

// EventRetracted: an event was recorded by mistake. Revisions of it up to Revision
// do not stand. It cannot be retracted itself, and may come before what it retracts.
type EventRetracted struct {
	Circumstances
	Source   string `json:"source"`
	ID       string `json:"id"`
	Revision *int   `json:"revision,omitempty"` // intake fills in the highest it knows where absent
	Why      string `json:"why,omitempty"`      // words
}
