package domain

import "time"

// PromiseMade is something promised to the customer. Its id is unique within the
// source's vendor.
type PromiseMade struct {
	Circumstances
	ID     string     `json:"id"`
	What   string     `json:"what"`           // callback credit refund replacement visit other
	Text   string     `json:"text,omitempty"` // words
	Amount *Money     `json:"amount,omitempty"`
	Due    *time.Time `json:"due,omitempty"`
	MadeBy string     `json:"made_by,omitempty"` // a vendor
	OwedBy string     `json:"owed_by,omitempty"` // a vendor, or the operator
}

// PromiseKept needs a proof; without one it is declared only.
type PromiseKept struct {
	Circumstances
	Promise string    `json:"promise"`
	Proof   *EventRef `json:"proof,omitempty"`
}

// PromiseBroken: it will not be kept.
type PromiseBroken struct {
	Circumstances
	Promise string `json:"promise"`
	Why     string `json:"why,omitempty"` // words
}

// PromiseRenegotiated changes what was promised, with the customer's consent.
type PromiseRenegotiated struct {
	Circumstances
	Promise string     `json:"promise"`
	Amount  *Money     `json:"amount,omitempty"`
	Due     *time.Time `json:"due,omitempty"`
}

// PromiseClaimed: the customer says it was promised.
type PromiseClaimed struct {
	Circumstances
	Promise string     `json:"promise,omitempty"`
	What    string     `json:"what"`
	Text    string     `json:"text,omitempty"` // words
	Amount  *Money     `json:"amount,omitempty"`
	Due     *time.Time `json:"due,omitempty"`
}
