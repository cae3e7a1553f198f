package intake

import (
	"fmt"
	"net/http"
)

// Problem says why something was refused and what to do, as RFC 9457 has it.
type Problem struct {
	Type     string   `json:"type"`
	Title    string   `json:"title"`
	Status   int      `json:"status"`
	Detail   string   `json:"detail"`
	Pointer  string   `json:"pointer,omitempty"`  // JSON pointer into the event; "" where it is the whole of it
	Expected string   `json:"expected,omitempty"` // what should stand there
	Errors   []Defect `json:"errors,omitempty"`   // every defect found, where there are several
}

// Defect is one thing that is wrong with an event.
type Defect struct {
	Pointer  string `json:"pointer"`
	Expected string `json:"expected"`
}

// ProblemType is a kind of refusal.
type ProblemType struct {
	Name   string // the last part of its URI
	Status int
	Title  string
}

// URI is the problem's type in an answer.
func (t ProblemType) URI() string { return "urn:tellonce:problem:" + t.Name }

// The refusals of an event.
var (
	NotAnEvent      = ProblemType{"not-an-event", http.StatusUnprocessableEntity, "This is not a CloudEvent"}
	BadAttribute    = ProblemType{"attribute", http.StatusUnprocessableEntity, "An attribute is missing or is not what it must be"}
	UnknownType     = ProblemType{"unknown-type", http.StatusUnprocessableEntity, "There is no such event type"}
	TimeAhead       = ProblemType{"time-ahead", http.StatusUnprocessableEntity, "The event is in the future"}
	TimeRange       = ProblemType{"time-range", http.StatusUnprocessableEntity, "The event is not of our time"}
	UnusableText    = ProblemType{"unusable-text", http.StatusUnprocessableEntity, "A text holds what cannot be kept"}
	DuplicateMember = ProblemType{"duplicate-member", http.StatusUnprocessableEntity, "A member stands twice in one object"}
	TooDeep         = ProblemType{"too-deep", http.StatusUnprocessableEntity, "The event is nested too deep"}
	EventTooLarge   = ProblemType{"event-too-large", http.StatusRequestEntityTooLarge, "The event is too large"}
	BadData         = ProblemType{"data", http.StatusUnprocessableEntity, "The data is not what its type carries"}
	UnknownCustomer = ProblemType{"unknown-customer", http.StatusUnprocessableEntity, "tellonce issued no such customer id"}
	Forbidden       = ProblemType{"forbidden", http.StatusForbidden, "This token may not publish this event"}
	Conflict        = ProblemType{"conflict", http.StatusConflict, "The event is known with another content"}
)

// The refusals of a request.
var (
	Malformed       = ProblemType{"malformed", http.StatusBadRequest, "The body is not JSON"}
	Unauthenticated = ProblemType{"unauthenticated", http.StatusUnauthorized, "The request has no valid token"}
	MethodUnknown   = ProblemType{"method", http.StatusMethodNotAllowed, "Events are posted"}
	BodyTooLarge    = ProblemType{"body-too-large", http.StatusRequestEntityTooLarge, "The body is too large"}
	BatchTooLarge   = ProblemType{"batch-too-large", http.StatusRequestEntityTooLarge, "The batch has too many events"}
	MediaType       = ProblemType{"media-type", http.StatusUnsupportedMediaType, "The body is of a kind that is not read here"}
	TooSlow         = ProblemType{"too-slow", http.StatusRequestTimeout, "The body did not arrive in time"}
	Busy            = ProblemType{"busy", http.StatusTooManyRequests, "Too much is under way"}
	Away            = ProblemType{"away", http.StatusServiceUnavailable, "Events cannot be taken at the moment"}
)

func (t ProblemType) problem(pointer, expected, detail string, args ...any) *Problem {
	if len(args) > 0 {
		detail = fmt.Sprintf(detail, args...)
	}
	return &Problem{Type: t.URI(), Title: t.Title, Status: t.Status, Detail: detail, Pointer: pointer, Expected: expected}
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// name is the last part of the problem's type.
func (p *Problem) name() string {
	const prefix = "urn:tellonce:problem:"
	if len(p.Type) < len(prefix) {
		return p.Type
	}
	return p.Type[len(prefix):]
}
