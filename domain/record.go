package domain

import (
	"encoding/json"
	"strings"
	"time"
)

// Envelope is what CloudEvents 1.0 says of an event, with tellonce's extensions.
type Envelope struct {
	Source        string    // "/vendors/<vendor>/<system>"
	ID            string    // unique within Source
	Subject       string    // the interaction's, ticket's or appointment's id there; may be empty
	Type          string    // "step.tried.v1"
	Time          time.Time // when it happened; UTC, whole microseconds
	Sequence      int64     // the tool's counter within the subject; NoSequence where absent
	Revision      int       // 0 and up; a higher one replaces a lower one
	RecordedTime  time.Time // intake's clock at first receipt; UTC, whole microseconds
	CorrelationID string
	CausationID   string
}

// Identity is the event's identity, whatever its revision.
func (e *Envelope) Identity() EventID { return IdentityOf(e.Source, e.ID) }

// Life is the event's place in a customer's life.
func (e *Envelope) Life() LifeKey {
	return LifeKey{Time: e.Time, Source: e.Source, Subject: e.Subject, Sequence: e.Sequence, ID: e.ID}
}

// Vendor is the vendor that the source names, "" where it names none.
func (e *Envelope) Vendor() string { return VendorOf(e.Source) }

// VendorOf is <vendor> of "/vendors/<vendor>/<system>", "" for another form.
func VendorOf(source string) string {
	rest, ok := strings.CutPrefix(source, "/vendors/")
	if !ok {
		return ""
	}
	vendor, system, ok := strings.Cut(rest, "/")
	if !ok || system == "" {
		return ""
	}
	return vendor
}

// Named is a person that an event names.
type Named struct {
	Kind   Kind     `json:"kind"`
	Person PersonID `json:"person"`
	// Issued: named by an id that tellonce issued (`customer` in the vendor's form).
	// It says where the event goes, keeps the kind of its person, and never links.
	Issued bool `json:"issued,omitempty"`
}

// Class is an access class of personal values, sealed apart from the others.
type Class string

// The classes.
const (
	Words         Class = "words"
	IdentifierCls Class = "identifier"
	Place         Class = "place"
	Bank          Class = "bank"
	Staff         Class = "staff"
)

// Sealed is the personal values of one class of one event under one person's key:
// an AEAD over a JSON object {JSON pointer into data: value}.
type Sealed struct {
	Class  Class  `json:"class"`
	Key    string `json:"key"`    // opaque key id
	Sealed []byte `json:"sealed"` // nonce and ciphertext; base64 in JSON
}

// Recorded is an event as the log has it: named, sealed, typed. Projections take
// nothing else.
type Recorded struct {
	Envelope
	Person    PersonID // whose life it goes to; the key in the log
	Persons   []Named  // whom it names, in the order of strength, then of bytes
	Reference PersonID // its interaction's or subject's; zero where it has neither
	Continues PersonID // the reference that its interaction continues; zero where none
	Digest    [32]byte // keyed hash of the canonical vendor form
	WireType  string   // the type's name in the log, where Type is today's; sealed pointers are of this version (UpcastPointer)
	Event     Event    // without personal values
	Personal  []Sealed // nil or unopenable is a normal value
	Marks     []string // what intake marked: "ahead" (time 5 to 10 minutes ahead of its clock), "language-detected", …
	Raw       []byte   // the record's bytes in the log
}

// record is Recorded's form in the log, in this order of members.
type record struct {
	SpecVersion   string          `json:"specversion"`
	ID            string          `json:"id"`
	Source        string          `json:"source"`
	Subject       string          `json:"subject,omitempty"`
	Type          string          `json:"type"`
	Time          time.Time       `json:"time"`
	Sequence      *int64          `json:"sequence,omitempty"`
	Revision      int             `json:"revision,omitempty"`
	RecordedTime  time.Time       `json:"recordedtime"`
	CorrelationID string          `json:"correlationid,omitempty"`
	CausationID   string          `json:"causationid,omitempty"`
	Person        PersonID        `json:"person"`
	Persons       []Named         `json:"persons,omitempty"`
	Reference     *PersonID       `json:"reference,omitempty"`
	Continues     *PersonID       `json:"continues,omitempty"`
	Digest        hexBytes        `json:"digest"`
	Marks         []string        `json:"marks,omitempty"`
	Data          json.RawMessage `json:"data"`
	Personal      []Sealed        `json:"personal,omitempty"`
}
