package domain

import "time"

// ContactAttempted is an attempt to reach the customer.
type ContactAttempted struct {
	Circumstances
	Purpose  string `json:"purpose"`
	Campaign string `json:"campaign,omitempty"`
	Outcome  string `json:"outcome,omitempty"` // reached unreached refused busy …
}

// ContactReserved keeps an attempt for one vendor.
type ContactReserved struct {
	Circumstances
	Purpose  string     `json:"purpose"`
	Campaign string     `json:"campaign,omitempty"`
	Until    *time.Time `json:"until,omitempty"`
}

// ConsentGiven is the customer's consent to be contacted; the professional bears the
// proof (French consumer code, L.223-1).
type ConsentGiven struct {
	Circumstances
	Purpose  string `json:"purpose"`
	Campaign string `json:"campaign,omitempty"`
	Proof    string `json:"proof,omitempty"`
}

// ConsentWithdrawn ends it.
type ConsentWithdrawn struct {
	Circumstances
	Purpose  string `json:"purpose"`
	Campaign string `json:"campaign,omitempty"`
	Proof    string `json:"proof,omitempty"`
}
