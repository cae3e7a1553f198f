package domain

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Errors of the codecs.
var (
	ErrType   = errors.New("unknown event type")
	ErrRecord = errors.New("not a record of the log")
)

// Texts is one text or a list of texts; in JSON a string where it is one.
type Texts []string

// MarshalJSON writes one text as a string, several as a list.
func (t Texts) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// UnmarshalJSON reads a string or a list of strings.
func (t *Texts) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var one string
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		*t = Texts{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

func (h *hexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// EncodeRecord writes a record: r's envelope, names and seals, and data, the JSON of
// its data without personal fields. r.Event and r.Raw are not looked at.
func EncodeRecord(r *Recorded, data []byte) ([]byte, error) {
	w := record{
		SpecVersion: "1.0", ID: r.ID, Source: r.Source, Subject: r.Subject, Type: r.Type,
		Time: r.Time.UTC(), Revision: r.Revision, RecordedTime: r.RecordedTime.UTC(),
		CorrelationID: r.CorrelationID, CausationID: r.CausationID,
		Person: r.Person, Persons: r.Persons, Digest: r.Digest[:], Marks: r.Marks,
		Data: data, Personal: r.Personal,
	}
	if r.Sequence != NoSequence {
		w.Sequence = &r.Sequence
	}
	if !r.Reference.IsZero() {
		w.Reference = &r.Reference
	}
	if !r.Continues.IsZero() {
		w.Continues = &r.Continues
	}
	raw, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("encode record of %s %s: %w", r.Source, r.ID, err)
	}
	return raw, nil
}

// DecodeRecord reads a record of the log; raw is kept, not copied. An old version of
// a type is upcast. What is no record is ErrRecord, a type that this version does
// not know ErrType.
func DecodeRecord(raw []byte) (Recorded, error) {
	if r, ok := scanRecord(raw); ok {
		return r, nil
	}
	return parseRecord(raw)
}

// parseRecord reads a record however it is written.
func parseRecord(raw []byte) (Recorded, error) {
	var w record
	if err := json.Unmarshal(raw, &w); err != nil {
		return Recorded{}, fmt.Errorf("decode record: %w: %w", ErrRecord, err)
	}
	if err := w.whole(); err != nil {
		return Recorded{}, err
	}
	name, data, err := Upcast(w.Type, w.Data)
	if err != nil {
		return Recorded{}, fmt.Errorf("decode record %s %s: %w: %w", w.Source, w.ID, ErrRecord, err)
	}
	event, err := DecodeData(name, data)
	switch {
	case errors.Is(err, ErrType):
		return Recorded{}, fmt.Errorf("decode record %s %s: %w", w.Source, w.ID, err)
	case err != nil:
		return Recorded{}, fmt.Errorf("decode record %s %s: %w: %w", w.Source, w.ID, ErrRecord, err)
	}
	r := w.recorded(event, raw)
	r.Type = name
	return r, nil
}

// whole reports what a record lacks.
func (w *record) whole() error {
	if w.ID == "" || w.Source == "" || w.Type == "" || w.Time.IsZero() || w.RecordedTime.IsZero() || w.Person.IsZero() || len(w.Digest) != 32 {
		return fmt.Errorf("decode record %s %s: %w: id, source, type, time, recordedtime, person and a digest of 32 bytes expected", w.Source, w.ID, ErrRecord)
	}
	return nil
}

// recorded is the record of raw with its event.
func (w *record) recorded(event Event, raw []byte) Recorded {
	r := Recorded{
		Envelope: Envelope{
			Source: w.Source, ID: w.ID, Subject: w.Subject, Type: w.Type,
			Time: w.Time.UTC().Truncate(time.Microsecond), Sequence: NoSequence, Revision: w.Revision,
			RecordedTime:  w.RecordedTime.UTC().Truncate(time.Microsecond),
			CorrelationID: w.CorrelationID, CausationID: w.CausationID,
		},
		Person: w.Person, Persons: w.Persons, WireType: w.Type, Event: event,
		Marks: w.Marks, Personal: w.Personal, Raw: raw,
	}
	copy(r.Digest[:], w.Digest)
	if w.Sequence != nil {
		r.Sequence = *w.Sequence
	}
	if w.Reference != nil {
		r.Reference = *w.Reference
	}
	if w.Continues != nil {
		r.Continues = *w.Continues
	}
	return r
}

// TicketOf is the ticket that the event names, nil where it names none. An event of
// a ticket's life names its own: where its data does not say, the subject in the
// space of its source.
func TicketOf(r *Recorded) *TicketRef {
	if t, ok := r.Event.(TicketEvent); ok {
		if named := t.State().Ticket; named != nil {
			return named
		}
	}
	if p := r.Event.About().Problem; p != nil && p.Ticket != nil {
		return p.Ticket
	}
	if _, ok := r.Event.(TicketEvent); ok {
		return &TicketRef{Space: r.Source, Number: r.Subject}
	}
	return nil
}

// ReasonOf is the reason that the event names, "" where it names none.
func ReasonOf(e Event) string {
	if w, ok := e.(*InteractionWrapped); ok && w.Reason != "" {
		return w.Reason
	}
	if p := e.About().Problem; p != nil {
		return p.Reason
	}
	return ""
}

// AssetOf is the asset that the record names; zero where it names none.
func AssetOf(e Event) PersonID {
	if p := e.About().Problem; p != nil && p.Asset != nil {
		return p.Asset.Person
	}
	return PersonID{}
}

// Group is the part of a wire name before its first dot: "ticket" of "ticket.opened.v1".
func Group(name string) string {
	group, _, _ := strings.Cut(name, ".")
	return group
}
