package intake

import "net/http"

// Outcome is what became of one event.
type Outcome string

// The outcomes. Accepted: the log has acknowledged it. Duplicate: the same
// identity and revision, with the same content, was there before. Refused: it was
// not taken, and its problem says what to do.
const (
	Accepted  Outcome = "accepted"
	Duplicate Outcome = "duplicate"
	Refused   Outcome = "refused"
)

// Answer is what became of one event of a request.
type Answer struct {
	Outcome  Outcome   `json:"answer"`
	Source   string    `json:"source,omitempty"` // as sent; "" where it could not be read
	ID       string    `json:"id,omitempty"`
	Problem  *Problem  `json:"problem,omitempty"` // of a refused event
	Warnings []Warning `json:"warnings,omitempty"`
}

// Receipt is the body of the answer to a batch: an answer for each event, in the
// order in which they came. The answer to a single event is a Receipt of one,
// or, where it was refused, its problem.
type Receipt struct {
	Answers []Answer `json:"answers"`
	After   string   `json:"after,omitempty"` // to be presented as Tellonce-After by a read that must see them
}

// status is the HTTP status of a batch: 202 unless every event was refused.
func (r Receipt) status() int {
	for i := range r.Answers {
		if r.Answers[i].Outcome != Refused {
			return http.StatusAccepted
		}
	}
	if len(r.Answers) == 0 {
		return http.StatusAccepted
	}
	return http.StatusUnprocessableEntity
}

// Warning is what a sender should look at in an event that was taken all the same.
type Warning struct {
	Code    WarningCode `json:"code"`
	Pointer string      `json:"pointer,omitempty"` // JSON pointer into the event
	Detail  string      `json:"detail"`            // what it means and what to do
}

// WarningCode is the kind of a warning.
type WarningCode string

// The warnings.
const (
	WarnAhead        WarningCode = "ahead"             // time 5 to 10 minutes ahead of intake's clock
	WarnIdentifier   WarningCode = "identifier"        // an identifier that has no normal form: kept sealed, names nobody
	WarnLooksPrivate WarningCode = "looks-personal"    // an id, source, subject or number that looks like a phone number or an e-mail address
	WarnUnknown      WarningCode = "unknown-member"    // kept sealed, read by nobody
	WarnAttribute    WarningCode = "unknown-attribute" // not kept
	WarnUnsealable   WarningCode = "retention-closed"  // taken without its personal part
)
