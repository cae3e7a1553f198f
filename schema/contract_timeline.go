package schema

import (
	"strings"

	"github.com/tellonce/tellonce/domain"
)

var entryObject = object{
	name: "TimelineEntry", interfaces: []string{"Node"},
	doc: "One event of a customer's life. Of an event told several times, the last revision.",
	fields: []field{
		{name: "id", typ: "ID!", doc: "Opaque: that of the event, whatever its revision.", get: column(func(e *entry) any { return domain.FormatEvent(e.identity) })},
		{name: "type", typ: "String!", doc: "Its wire name: step.tried.v1.", get: column(func(e *entry) any { return e.kind })},
		{name: "kind", typ: "String!", doc: "The part of `type` before its first dot: step.", get: column(func(e *entry) any { return domain.Group(e.kind) })},
		{name: "time", typ: "DateTime!", doc: "When it happened, as its tool says.", get: column(func(e *entry) any { return e.life.Time })},
		{name: "recordedTime", typ: "DateTime", doc: "When tellonce first received it.", get: entryOf(func(_ *call, o *opened) any { return o.event.RecordedTime })},
		{name: "vendor", typ: "String", doc: "The vendor whose tool said it.", get: column(func(e *entry) any { return orNull(e.vendor) })},
		{name: "subject", typ: "Subject", doc: "The interaction, ticket or appointment that it is an event of; null where it is of none.", get: column(func(e *entry) any { return e.subjectOf() })},
		{name: "interaction", typ: "Subject", doc: "The interaction that it belongs to: the one it names, else `subject`.", get: entryOf(func(c *call, o *opened) any { return interactionOf(o) })},
		{name: "channel", typ: "String", cost: 1, doc: "Its interaction's channel: phone chat email sms social web app shop visit letter.", get: column(func(e *entry) any { return orNone(e.channel) })},
		{name: "problem", typ: "ID", cost: 1, doc: "The id of the problem that it belongs to; null where it belongs to none. `node` answers to it.", get: column(func(e *entry) any { return e.problemID() })},
		{name: "reason", typ: "Reason", cost: 1, doc: "Its problem's reason.", get: column(func(e *entry) any { return orNone(e.reason) })},
		{name: "text", typ: "String", class: words, doc: "What was said or written, in short: the first of `texts`.", get: entryOf(func(_ *call, o *opened) any { return o.firstText() })},
		{name: "texts", typ: "[Text!]!", doc: "Everything in free text that the viewer may see.", get: entryOf(func(_ *call, o *opened) any { return o.texts() })},
		{name: "outcome", typ: "String", doc: "What came of it, where its type says so: of a step or an attempt its outcome, of an interaction how it ended or was resolved, of a ticket its resolution, of a visit the work done, of a self-care page its result.", get: entryOf(func(_ *call, o *opened) any { return o.outcome() })},
		{name: "step", typ: "Step", doc: "The troubleshooting step that it is about.", get: entryOf(func(_ *call, o *opened) any { return stepOf(o) })},
		{name: "data", typ: "JSON", doc: "Its data as tellonce keeps it: without personal values, persons and agents by pseudonym.", get: entryOf(func(_ *call, o *opened) any { return rawJSON(o.clear()) })},
		{name: "personal", typ: "PersonalStatus!", doc: "What became of its personal values; the names of those who handled it count for nothing.", get: entryStatus},
	},
}

var referenceObject = object{
	name: "Subject", doc: "A subject in a vendor's tool: an interaction, a ticket, an appointment.",
	fields: []field{
		{name: "source", typ: "String!", doc: "The source of its events: /vendors/<vendor>/<system>.", get: column(func(s *subject) any { return s.source })},
		{name: "subject", typ: "String!", doc: "Its id there.", get: column(func(s *subject) any { return s.id })},
	},
}

var textObject = object{
	name: "Text", doc: "A free text of an event.",
	fields: []field{
		{name: "field", typ: "String!", doc: "Which text of the event: words, text, note, label, why, evidence, ground.", get: column(func(t *text) any { return t.field })},
		{name: "text", typ: "String!", doc: "As it was written.", get: column(func(t *text) any { return t.text })},
		{name: "lang", typ: "String", doc: "BCP 47; stated by its tool, or detected.", get: column(func(t *text) any { return orNull(t.lang) })},
	},
}

var stepObject = object{
	name: "Step", doc: "A troubleshooting step: a code of the operator's, or a vendor's own as <vendor>:<code>.",
	fields: []field{
		{name: "code", typ: "String!", doc: "Its code.", get: column(func(code string) any { return code })},
		{name: "label", typ: "String!", args: langArgument, doc: "In words; the code itself where the operator has none for it.", get: func(c *call) any {
			code, _ := c.row.(string)
			return label(c.codes.Steps[code].Labels, c.args.text("lang"), code)
		}},
		{name: "kind", typ: "StepKind", doc: "What it is for; null for a vendor's own code.", get: func(c *call) any {
			code, _ := c.row.(string)
			return orNull(strings.ToUpper(string(c.codes.Steps[code].Kind)))
		}},
	},
}

var stepKinds = enum{name: "StepKind", doc: "What a step is for.", values: []word{
	{"REMEDY", "It may solve the problem."},
	{"MEASURE", "It reads a value."},
	{"CHECK", "It looks whether something is as it should be."},
}}

var personalStatuses = enum{name: "PersonalStatus", doc: "What became of personal values; where several apply, the last of these.", values: []word{
	{nonePersonal, "There are none."},
	{openPersonal, "All are shown."},
	{withheld, "Some are not for this viewer."},
	{unopenable, "Some cannot be opened by anybody any more, as after an erasure."},
}}

var timelineFilterInput = input{
	name: "TimelineFilter", doc: "Which events of a timeline. Members that are given must all be fulfilled; of a list, one entry.",
	fields: []argument{
		{name: "channels", typ: "[String!]", doc: "The interaction's channel."},
		{name: "vendors", typ: "[String!]", doc: "The vendor whose tool said it."},
		{name: "reasons", typ: "[String!]", doc: "The problem's reason: these codes and those below them."},
		{name: "problem", typ: "ID", doc: "The problem: its id, or that of any event in it."},
		{name: "kinds", typ: "[String!]", doc: "The part of the type before its first dot: step, ticket, interaction."},
		{name: "types", typ: "[String!]", doc: "The whole type: step.tried.v1."},
		{name: "from", typ: "DateTime", doc: "Events at or after this time."},
		{name: "until", typ: "DateTime", doc: "Events before this time."},
	},
}

// entryOf is a field's get from the opened event of an entry; null where it is no
// record that this version reads.
func entryOf(get func(*call, *opened) any) func(*call) any {
	return func(c *call) any {
		e, ok := c.row.(*entry)
		if !ok {
			return nil
		}
		o := c.open(e.identity)
		if o == nil || o.unread != nil {
			return nil
		}
		return get(c, o)
	}
}

func entryStatus(c *call) any {
	e, ok := c.row.(*entry)
	if !ok {
		return nil
	}
	if o := c.open(e.identity); o != nil {
		return o.status
	}
	return unopenable
}

func readTimeline(r *request, of place, s *selection) (func() (any, error), error) {
	t, err := timelineAsked(s)
	if err != nil {
		return nil, err
	}
	r.needSeeds(of)
	var list []*entry
	r.batch.add(timelineQuery(of, t).statement(r.scanEntries(&list)))
	return func() (any, error) {
		cursor := func(e *entry) string { return lifeCursor(e.life) }
		rows, info := cut(t.page, list, cursor)
		page := &connection{info: info, edges: make([]any, len(rows))}
		for i, row := range rows {
			page.edges[i] = &edge{cursor: cursor(row), node: row}
		}
		return page, nil
	}, nil
}

// readEntry reads one event.
func (r *request) readEntry(of place) (func() (any, error), error) {
	r.needSeeds(of)
	var list []*entry
	r.batch.add(eventQuery(of).statement(r.scanEntries(&list)))
	return func() (any, error) {
		if len(list) == 0 {
			return nil, nil
		}
		return list[0], nil
	}, nil
}

func timelineAsked(s *selection) (*timelinePage, error) {
	p, err := pageOf(s.args)
	if err != nil {
		return nil, err
	}
	t := &timelinePage{page: p}
	if t.after, err = readLife("after", p.after); err != nil {
		return nil, err
	}
	if t.before, err = readLife("before", p.before); err != nil {
		return nil, err
	}
	for _, name := range []string{"channel", "problem", "reason"} {
		t.context = t.context || s.selects("edges", "node", name)
	}
	given, _ := s.args["filter"].(map[string]any)
	return t, t.filter.read(arguments(given))
}
