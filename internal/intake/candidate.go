package intake

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// The limits of what is read. A batch of events that are each within MaxEvent may
// still be over MaxBody.
const (
	MaxBody  = 8 << 20  // bytes of a body, after it is unzipped
	MaxBatch = 1000     // events
	MaxEvent = 64 << 10 // bytes of an event's JSON (CloudEvents 1.0: forwarded by everyone up to here)
	MaxDepth = 32       // levels of objects and arrays in an event
)

// Candidate is an event as it came to a door, read but not checked. It is used up
// by Accept.
type Candidate struct {
	attributes map[string]any // everything but data
	data       any
	hasData    bool
	defect     *Problem // why it cannot be looked at
}

// ReadEvent reads one CloudEvent in JSON, the structured mode. The error is a
// *Problem of the body; what is wrong with the event alone comes out of Accept.
func ReadEvent(body []byte) (Candidate, error) {
	r := &reader{in: body, maxDepth: MaxDepth}
	r.space()
	c, err := r.candidate()
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return Candidate{}, malformed(err)
	}
	return c, nil
}

// ReadBatch reads a JSON array of CloudEvents, the batch mode. The error is a
// *Problem of the body; what is wrong with one event comes out of Accept, and
// leaves the others alone.
func ReadBatch(body []byte) ([]Candidate, error) {
	r := &reader{in: body, maxDepth: MaxDepth}
	r.space()
	if r.at < len(r.in) && r.in[r.at] != '[' {
		return nil, Malformed.problem("", "a JSON array of events",
			"Send a JSON array of events, or one event as application/cloudevents+json.")
	}
	if r.at == len(r.in) {
		return nil, malformed(r.syntax("an array"))
	}
	var batch []Candidate
	err := r.elements(func() error {
		if len(batch) == MaxBatch {
			return BatchTooLarge.problem("", fmt.Sprintf("at most %d events", MaxBatch),
				"Split the batch: at most %d events in one request. Nothing of this one was taken.", MaxBatch)
		}
		c, err := r.candidate()
		batch = append(batch, c)
		return err
	})
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return nil, malformed(err)
	}
	return batch, nil
}

// ReadHeaders reads an event in the binary mode: attributes in ce- headers, the
// data in the body.
func ReadHeaders(header http.Header, body []byte) (Candidate, error) {
	attributes := map[string]any{}
	size := len(body)
	for key, values := range header {
		attribute, ok := strings.CutPrefix(strings.ToLower(key), "ce-")
		if !ok {
			continue
		}
		if len(values) > 1 {
			return Candidate{defect: DuplicateMember.problem("/"+escapeToken(attribute), "each header once", "Send the header %s once.", key)}, nil
		}
		text, p := decodeHeader(attribute, values[0])
		if p != nil {
			return Candidate{defect: p}, nil
		}
		attributes[attribute] = text
		size += len(attribute) + len(text)
	}
	if content := header.Get("Content-Type"); content != "" {
		attributes["datacontenttype"] = content
	}
	c := Candidate{attributes: attributes}
	if len(bytes.TrimSpace(body)) > 0 {
		// The event's own object is a level that this mode does not spell out.
		r := &reader{in: body, maxDepth: MaxDepth - 1, path: []step{{name: "data", index: -1}}}
		data, err := r.value()
		if err == nil {
			err = r.end()
		}
		if err != nil {
			return Candidate{}, malformed(err)
		}
		c.data, c.hasData, c.defect = data, true, r.defect
	}
	if size > MaxEvent {
		c.defect = tooLarge(size)
	}
	return c, nil
}

// candidate reads the event that begins here.
func (r *reader) candidate() (Candidate, error) {
	r.base, r.defect = len(r.path), nil
	r.space()
	start := r.at
	r.limit = start + MaxEvent
	v, err := r.value()
	if err != nil {
		return Candidate{}, err
	}
	if size := r.at - start; size > MaxEvent {
		r.defect = tooLarge(size)
	}
	attributes, ok := v.(map[string]any)
	if !ok {
		if r.defect == nil {
			r.defect = NotAnEvent.problem("", "a JSON object", "Send each event as a JSON object with specversion, id, source, type, time and data.")
		}
		return Candidate{defect: r.defect}, nil
	}
	c := Candidate{attributes: attributes, defect: r.defect}
	if c.data, c.hasData = attributes["data"]; c.hasData {
		delete(attributes, "data")
	}
	maps.DeleteFunc(attributes, func(_ string, v any) bool { return v == nil })
	return c, nil
}

func tooLarge(size int) *Problem {
	return EventTooLarge.problem("", fmt.Sprintf("at most %d bytes", MaxEvent),
		"The event has %d bytes: shorten its texts, or send documents elsewhere and name them here.", size)
}

// malformed is the problem of a body that could not be read to its end.
func malformed(err error) *Problem {
	if p, ok := err.(*Problem); ok { //nolint:errorlint // made here, never wrapped
		return p
	}
	return Malformed.problem("", "JSON (RFC 8259)", "Send a body that is JSON: it is %v. Nothing of it was taken.", err)
}
