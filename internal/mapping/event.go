package mapping

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// Event is what a row says happened: a CloudEvent in the form that a vendor sends.
type Event struct {
	Source   string
	ID       string // unique within Source
	Subject  string // "" where it has none
	Type     string // of domain.Catalogue
	Time     time.Time
	Sequence int64 // domain.NoSequence where it has none
	Revision int
	Data     map[string]any // without nulls and empty objects
}

// JSON is the event as CloudEvents 1.0 has it in structured mode.
func (e *Event) JSON() ([]byte, error) {
	w := struct {
		SpecVersion string         `json:"specversion"`
		ID          string         `json:"id"`
		Source      string         `json:"source"`
		Subject     string         `json:"subject,omitempty"`
		Type        string         `json:"type"`
		Time        string         `json:"time"`
		Sequence    *int64         `json:"sequence,omitempty"`
		Revision    int            `json:"revision,omitempty"`
		Data        map[string]any `json:"data"`
	}{"1.0", e.ID, e.Source, e.Subject, e.Type, textOf(e.Time), nil, e.Revision, e.Data}
	if e.Sequence != domain.NoSequence {
		w.Sequence = &e.Sequence
	}
	body, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	return body, nil
}

// identifies reports whether the event names whom it is about.
func (e *Event) identifies() bool {
	customer, _ := e.Data["customer"].(map[string]any)
	for name := range customer {
		if name != "name" {
			return true
		}
	}
	return false
}

// shed takes nulls, and objects that hold nothing, out of what a data expression
// gave: a column that is null is a member that is not there. What is shed from is
// copied, for definitions share it.
func shed(v any) (any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, false
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) { // jq has them, JSON has not
			return nil, false
		}
	case []any:
		kept := make([]any, 0, len(v))
		for _, element := range v {
			if element, ok := shed(element); ok {
				kept = append(kept, element)
			}
		}
		return kept, true
	case map[string]any:
		kept := make(map[string]any, len(v))
		for name, member := range v {
			if member, ok := shed(member); ok {
				kept[name] = member
			}
		}
		return kept, len(kept) > 0
	}
	return v, true
}

// emission is one kind of event that a row may give, compiled.
type emission struct {
	typ                                                     string
	at                                                      place
	each, when, id, subject, time, sequence, revision, data *expression
}

// eachLimit bounds the values of one `each`.
const eachLimit = 1000

// emit appends to events those that the row in scope gives.
func (m *emission) emit(r *Run, events []Event) ([]Event, error) {
	s := r.scope
	if m.each == nil {
		return m.one(r, events)
	}
	values, err := m.each.values(s, eachLimit)
	if err != nil {
		return nil, err
	}
	for _, v := range values {
		s.variables[varEach] = v
		if events, err = m.one(r, events); err != nil {
			return nil, err
		}
	}
	s.variables[varEach] = nil
	return events, nil
}

func (m *emission) one(r *Run, events []Event) ([]Event, error) {
	s := r.scope
	if holds, err := m.when.truth(s); err != nil || !holds {
		return events, err
	}
	e := Event{Source: r.source, Type: m.typ, Sequence: domain.NoSequence}
	var err error
	if e.ID, err = m.id.name(s); err != nil {
		return nil, err
	}
	if e.ID == "" {
		return nil, m.id.at.fault("it gives nothing, and an event needs an id")
	}
	if e.Subject, err = m.subject.name(s); err != nil {
		return nil, err
	}
	if e.Time, err = m.time.instant(s); err != nil {
		return nil, err
	}
	if n, given, err := m.sequence.whole(s); err != nil {
		return nil, err
	} else if given {
		e.Sequence = int64(n)
	}
	if e.Revision, _, err = m.revision.whole(s); err != nil {
		return nil, err
	}
	e.Data = map[string]any{}
	if m.data != nil {
		v, err := m.data.value(s)
		if err != nil {
			return nil, err
		}
		kept, _ := shed(v)
		data, ok := kept.(map[string]any)
		if !ok {
			return nil, m.data.at.fault("an object is expected")
		}
		e.Data = data
	}
	for i := range events {
		if events[i].ID == e.ID {
			return nil, m.id.at.fault("%q is the id of another event of this row", e.ID)
		}
	}
	return append(events, e), nil
}

// name is a text or a whole number as text; "" for nothing.
func (e *expression) name(s *scope) (string, error) {
	if e == nil {
		return "", nil
	}
	s.nullText = false
	v, err := e.value(s)
	if err != nil {
		return "", err
	}
	if s.nullText {
		return "", e.at.fault("a null stands in %q", v)
	}
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case int, json.Number:
		return fmt.Sprint(v), nil
	}
	return "", e.at.fault("a text is expected")
}

// instant is a time as a column `as: time` gives it, or as RFC 3339 has it.
func (e *expression) instant(s *scope) (time.Time, error) {
	v, err := e.value(s)
	if err != nil {
		return time.Time{}, err
	}
	if v == nil {
		return time.Time{}, e.at.fault("it gives nothing, and an event needs a time")
	}
	told, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, told)
	if err != nil {
		return time.Time{}, e.at.fault("%v is no time; a column `as: time` gives one", v)
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

// whole is a number from 0 up, and whether there is one.
func (e *expression) whole(s *scope) (int, bool, error) {
	if e == nil {
		return 0, false, nil
	}
	v, err := e.value(s)
	if err != nil || v == nil {
		return 0, false, err
	}
	n, ok := v.(int)
	if number, isNumber := v.(json.Number); isNumber {
		parsed, err := number.Int64()
		n, ok = int(parsed), err == nil
	}
	if !ok || n < 0 {
		return 0, false, e.at.fault("%v is not a whole number from 0 up", v)
	}
	return n, true, nil
}
