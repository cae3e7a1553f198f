package intake

import (
	"encoding/json"
	"fmt"
	"math"
	"mime"
	"strconv"
	"strings"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// maxAttribute bounds id, source, subject and the correlation ids, in bytes: they
// stand in the keys of indexes.
const maxAttribute = 256

// How far ahead of intake's clock an event's time may be.
const (
	markedAhead  = 5 * time.Minute
	refusedAhead = 10 * time.Minute
)

// Marks in a record.
const (
	MarkAhead    = "ahead"
	MarkLanguage = "language-detected"
)

// attributes reads a candidate's attributes one after the other and keeps what is
// wrong with them.
type attributes struct {
	of      map[string]any
	defects []Defect
	how     string // what to do about the first defect
}

// envelope is what CloudEvents and tellonce's extensions say of the event. Type is
// as sent; that it is a type at all is checked later. What intake itself decides
// (partitionkey, recordedtime) is not read.
func envelope(c *Candidate, now time.Time) (domain.Envelope, *Problem) {
	a := &attributes{of: c.attributes}
	if v, _ := a.of["specversion"].(string); v != "1.0" {
		a.wrong("specversion", `"1.0"`, `Set specversion to "1.0": CloudEvents 1.0 is what is read here.`)
	}
	e := domain.Envelope{
		ID:            a.text("id", true),
		Source:        a.text("source", true),
		Type:          a.text("type", true),
		Subject:       a.text("subject", false),
		CorrelationID: a.text("correlationid", false),
		CausationID:   a.text("causationid", false),
		Sequence:      a.whole("sequence", domain.NoSequence, math.MaxInt64),
		Revision:      int(a.whole("revision", 0, math.MaxInt32)),
		RecordedTime:  now,
	}
	if e.Source != "" && !sourceForm(e.Source) {
		a.wrong("source", "/vendors/<vendor>/<system>", "Set source to /vendors/<vendor>/<system>, such as /vendors/acme/crm: printable ASCII without spaces, # and ?.")
	}
	at, p := a.time(now)
	if content, ok := a.of["datacontenttype"]; ok && !isJSON(content) {
		a.wrong("datacontenttype", "application/json", "Send the data as JSON and set datacontenttype to application/json, or leave it out.")
	}
	switch _, encoded := a.of["data_base64"]; {
	case encoded:
		a.wrong("data_base64", "data as a JSON object", "Send the data as a JSON object in data: data_base64 is not read.")
	case !c.hasData:
		a.wrong("data", "a JSON object", "Send the event's data: an object, {} where there is nothing to say.")
	default:
		if _, ok := c.data.(map[string]any); !ok {
			a.wrong("data", "a JSON object", "Send the event's data as a JSON object.")
		}
	}
	if needsSubject(e.Type) && e.Subject == "" {
		a.wrong("subject", "the interaction's or ticket's id in your tool",
			"Set subject to the id of the interaction or ticket in your tool: events of "+domain.Group(e.Type)+" are placed by it.")
	}
	if len(a.defects) > 0 {
		return e, a.problem()
	}
	e.Time = at
	return e, p
}

// needsSubject: these go to their subject's reference (who the customer is, may
// only be known later in the call).
func needsSubject(name string) bool {
	switch domain.Group(name) {
	case "interaction", "ticket":
		return true
	case "caller":
		return strings.HasPrefix(name, "caller.verified.")
	default:
		return false
	}
}

func (a *attributes) wrong(name, expected, how string) {
	if len(a.defects) == 0 {
		a.how = how
	}
	a.defects = append(a.defects, Defect{Pointer: "/" + name, Expected: expected})
}

func (a *attributes) problem() *Problem {
	p := BadAttribute.problem(a.defects[0].Pointer, a.defects[0].Expected, "")
	p.Detail = a.how
	if len(a.defects) > 1 {
		p.Errors = a.defects
	}
	return p
}

// text is a string attribute of at most maxAttribute bytes without control
// characters.
func (a *attributes) text(name string, required bool) string {
	v, ok := a.of[name]
	if !ok || v == "" {
		if required {
			a.wrong(name, "a text of 1 to 256 bytes", "Set "+name+": every event needs one.")
		}
		return ""
	}
	s, ok := v.(string)
	if !ok {
		a.wrong(name, "a text of at most 256 bytes", "Send "+name+" as a JSON string.")
		return ""
	}
	if len(s) > maxAttribute {
		a.wrong(name, "a text of at most 256 bytes", fmt.Sprintf("Shorten %s: it has %d bytes.", name, len(s)))
		return ""
	}
	for _, c := range s {
		if c < 0x20 || c >= 0x7F && c < 0xA0 {
			a.wrong(name, "a text without control characters", "Leave control characters out of "+name+".")
			return ""
		}
	}
	return s
}

// whole is a whole number, as a number or as a text: CloudEvents on HTTP headers
// knows only texts.
func (a *attributes) whole(name string, absent, most int64) int64 {
	v, ok := a.of[name]
	if !ok {
		return absent
	}
	var text string
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 && n <= most && text[0] != '+' {
		return n
	}
	a.wrong(name, fmt.Sprintf("a whole number from 0 to %d", most), fmt.Sprintf("Send %s as a whole number from 0 up, or leave it out.", name))
	return absent
}

// time is the event's time cut to microseconds. A *Problem says that it is a time,
// and not one that can be taken.
func (a *attributes) time(now time.Time) (time.Time, *Problem) {
	const expected = "RFC 3339, as 2026-01-02T03:04:05Z"
	text := a.text("time", true)
	if text == "" {
		return time.Time{}, nil
	}
	var t time.Time
	if t.UnmarshalText([]byte(strings.ToUpper(text))) != nil {
		a.wrong("time", expected, "Send time as RFC 3339 with its zone, such as 2026-01-02T03:04:05Z or 2026-01-02T04:04:05.123+01:00.")
		return time.Time{}, nil
	}
	t = t.UTC().Truncate(time.Microsecond)
	if y := t.Year(); y < 1970 || y > 2100 {
		return t, TimeRange.problem("/time", "a time from 1970 to 2100", "The year is %d: send when it happened, and leave events out whose time is not known.", y)
	}
	if ahead := t.Sub(now); ahead > refusedAhead {
		return t, TimeAhead.problem("/time", "a time at most 10 minutes ahead of "+now.Format(time.RFC3339),
			"The time is %s ahead of this clock: set the sender's clock, or mend its time zone.", ahead.Round(time.Second))
	}
	return t, nil
}

// sourceForm reports whether source is /vendors/<vendor>/<system>.
func sourceForm(source string) bool {
	if domain.VendorOf(source) == "" {
		return false
	}
	for i := range len(source) {
		if c := source[i]; c <= ' ' || c > '~' || strings.IndexByte("#?\"<>\\^`{|}", c) >= 0 {
			return false
		}
	}
	return true
}

func isJSON(content any) bool {
	text, ok := content.(string)
	if !ok {
		return false
	}
	media, _, err := mime.ParseMediaType(text)
	return err == nil && (media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json"))
}

// readAttributes are those that are read, or that intake and the transport answer for.
var readAttributes = map[string]bool{
	"specversion": true, "id": true, "source": true, "type": true, "subject": true, "time": true,
	"datacontenttype": true, "dataschema": true, "sequence": true, "sequencetype": true, "revision": true,
	"recordedtime": true, "partitionkey": true, "correlationid": true, "causationid": true,
	"dataclassification": true, "traceparent": true, "tracestate": true,
}
