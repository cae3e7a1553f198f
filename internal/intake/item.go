package intake

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/schema/events"
)

// item is an event on its way through Accept. It is pending until its answer has an
// outcome.
type item struct {
	answer  Answer
	record  domain.Recorded
	data    map[string]any
	taken   map[domain.Class]map[string]any // personal values by JSON pointer into data
	unknown []string                        // pointers of members that no schema describes
	names   []name
	issued  []issued
	groups  []group
	first   *item // that said the same identity and revision before, in this request
}

func (it *item) pending() bool { return it.answer.Outcome == "" }

func (it *item) refuse(p *Problem) {
	it.answer.Outcome, it.answer.Problem = Refused, p
}

func (it *item) warn(code WarningCode, pointer, detail string) {
	it.answer.Warnings = append(it.answer.Warnings, Warning{Code: code, Pointer: pointer, Detail: detail})
}

// checks are those of one batch that need neither ring nor log.
type checks struct {
	*Intake
	viewer access.Viewer
	now    time.Time
	room   []byte // for canonical forms, one after the other
}

func (in *checks) check(c *Candidate, it *item) {
	it.answer.Source, _ = c.attributes["source"].(string)
	it.answer.ID, _ = c.attributes["id"].(string)
	if c.defect != nil {
		it.refuse(c.defect)
		return
	}
	e, p := envelope(c, in.now)
	if p != nil {
		it.refuse(p)
		return
	}
	it.data = c.data.(map[string]any)
	// The digest is of what the sender said: neither an upcast nor what is filled in
	// below may change it.
	in.room = appendCanonical(in.room[:0], &e, it.data)
	it.record.Digest = in.ring.Digest(in.room)
	if p := in.mayPublish(in.viewer, &e, it.data); p != nil {
		it.refuse(p)
		return
	}
	if p := upcast(&e, &it.data); p != nil {
		it.refuse(p)
		return
	}
	if wrong := events.Check(e.Type, it.data); len(wrong) > 0 {
		it.refuse(badData(e.Type, wrong))
		return
	}
	it.record.Envelope = e
	if ahead := e.Time.Sub(in.now); ahead > markedAhead {
		it.record.Marks = append(it.record.Marks, MarkAhead)
		it.warn(WarnAhead, "/time", "The time is "+ahead.Round(time.Second).String()+" ahead of this clock: set the sender's clock. From 10 minutes on events are refused.")
	}
	it.look(c)
}

// look warns of what is taken and should not be there.
func (it *item) look(c *Candidate) {
	e := &it.record.Envelope
	clearTexts(e, it.data, func(pointer, text string) {
		if like := looksPersonal(text); like != "" {
			it.warn(WarnLooksPrivate, pointer, "This looks like "+like+". Ids and numbers stay in clear for ever: send an id of your tool that says nothing of a person.")
		}
	})
	it.unknown = events.Unknown(e.Type, it.data)
	for _, pointer := range it.unknown {
		it.warn(WarnUnknown, pointer, "No such member in "+e.Type+": it is kept sealed and read by nobody. Mend its name, or leave it out.")
	}
	if len(c.attributes) > 5 {
		var strange []string
		for attribute := range c.attributes {
			if !readAttributes[attribute] {
				strange = append(strange, attribute)
			}
		}
		slices.Sort(strange)
		for _, attribute := range strange {
			it.warn(WarnAttribute, "/"+escapeToken(attribute), "No such attribute here: it was not kept. What belongs to the event goes into data.")
		}
	}
}

// appendCanonical writes what the sender says in one form of bytes, whatever the
// transport: without revision, which is compared beside it, and without what intake
// and the way here add.
func appendCanonical(b []byte, e *domain.Envelope, data map[string]any) []byte {
	b = append(b, "tellonce 1\n"...)
	for _, text := range []string{e.Source, e.ID, e.Subject, e.Type, e.CorrelationID, e.CausationID} {
		b = append(appendText(b, text), '\n')
	}
	b = e.Time.AppendFormat(b, time.RFC3339Nano)
	b = append(b, '\n')
	b = strconv.AppendInt(b, e.Sequence, 10)
	b = append(b, '\n')
	return appendObject(b, data)
}

// upcast turns an old version of a type into today's.
func upcast(e *domain.Envelope, data *map[string]any) *Problem {
	if _, today := domain.TypeNamed(e.Type); today {
		return nil
	}
	name, later, err := domain.Upcast(e.Type, appendObject(nil, *data))
	if err != nil {
		return BadData.problem("/data", "the data of "+e.Type, "The data is not what %s carries: %v.", e.Type, err)
	}
	if _, known := domain.TypeNamed(name); !known {
		return unknownType(e.Type)
	}
	r := reader{in: later, maxDepth: MaxDepth}
	v, err := r.value()
	cast, ok := v.(map[string]any)
	if err != nil || !ok {
		return unknownType(e.Type) // an upcaster gives an object
	}
	e.Type, *data = name, cast
	return nil
}

func unknownType(name string) *Problem {
	p := UnknownType.problem("/type", "an event type with its version, such as step.tried.v1",
		"There is no event type %q here: GET /v1/events lists them.", name)
	if _, ok := domain.TypeNamed(name + ".v1"); ok {
		p.Expected = name + ".v1"
		p.Detail = "Send the type with its version: " + name + ".v1."
	}
	return p
}

// customerKeys are the members that `customer` may have.
var customerKeys = []string{"account", "line", "email", "phone", "device", "customer", "name"}

func badData(name string, wrong []events.Problem) *Problem {
	p := BadData.problem(wrong[0].Pointer, wrong[0].Expected, "")
	what := "At " + wrong[0].Pointer + ": " + wrong[0].Expected + "."
	if key, ok := strings.CutPrefix(wrong[0].Pointer, "/data/customer/"); ok && !slices.Contains(customerKeys, key) && !strings.Contains(key, "/") {
		what += " A name of another identifier would be lost in silence, so it is refused."
	}
	p.Detail = what + " GET /v1/schemas/" + name + ".json describes the data."
	if len(wrong) > 1 {
		for _, w := range wrong {
			p.Errors = append(p.Errors, Defect(w))
		}
	}
	return p
}
