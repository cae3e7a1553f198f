package schema

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// entry is one row of a timeline.
type entry struct {
	identity domain.EventID
	life     domain.LifeKey
	kind     string // type
	vendor   string
	opening  *domain.EventID // of its problem
	reason   *string
	channel  *string
}

func (*entry) typeName() string { return "TimelineEntry" }

type subject struct{ source, id string }

type text struct{ field, text, lang string }

func (e *entry) subjectOf() any {
	if e.life.Subject == "" {
		return nil
	}
	return &subject{e.life.Source, e.life.Subject}
}

func (e *entry) problemID() any {
	if e.opening == nil {
		return nil
	}
	return domain.FormatProblem(*e.opening)
}

func interactionOf(o *opened) any {
	s := &subject{o.event.Source, o.event.Subject}
	if named := o.event.Event.About().Interaction; named != nil {
		s = &subject{cmp.Or(named.Source, o.event.Source), named.Subject}
	}
	if s.id == "" {
		return nil
	}
	return s
}

// stepOf is the code of the event's step, null where it has none.
func stepOf(o *opened) any {
	if e, ok := o.event.Event.(*domain.StepTried); ok {
		return e.Step
	}
	if e, ok := o.event.Event.(*domain.StepConcluded); ok {
		return e.Step
	}
	return nil
}

// textFields are the free texts of events, what was said before what was noted of it.
var textFields = []string{"words", "text", "label", "why", "evidence", "ground", "note"}

// texts are the event's texts that the viewer may see.
func (o *opened) texts() []*text {
	all := []*text{}
	for pointer := range o.values {
		name := strings.TrimPrefix(pointer, "/")
		if said := o.text(pointer); said != "" && slices.Contains(textFields, name) {
			all = append(all, &text{field: name, text: said, lang: o.event.Event.About().Lang})
		}
	}
	slices.SortFunc(all, func(a, b *text) int {
		return cmp.Compare(slices.Index(textFields, a.field), slices.Index(textFields, b.field))
	})
	return all
}

func (o *opened) firstText() any {
	if all := o.texts(); len(all) > 0 {
		return all[0].text
	}
	return nil
}

// clear is the event's data as the log has it.
func (o *opened) clear() []byte {
	var r struct {
		Clear json.RawMessage `json:"data"`
	}
	if json.Unmarshal(o.event.Raw, &r) != nil {
		return nil // a record that decoded has data
	}
	return r.Clear
}

// outcome is what came of the event, whatever its type calls it.
func (o *opened) outcome() any {
	for _, of := range outcomes {
		if outcome := of(o.event.Event); outcome != "" {
			return outcome
		}
	}
	return nil
}

var outcomes = []func(domain.Event) string{
	outcomeOf(func(e *domain.StepTried) string { return e.Outcome }),
	outcomeOf(func(e *domain.StepConcluded) string { return e.Outcome }),
	outcomeOf(func(e *domain.InteractionOffered) string { return e.Outcome }),
	outcomeOf(func(e *domain.InteractionEnded) string { return e.End }),
	outcomeOf(func(e *domain.InteractionWrapped) string { return e.Resolution }),
	outcomeOf(func(e *domain.AppointmentReported) string { return e.Work }),
	outcomeOf(func(e *domain.ContactAttempted) string { return e.Outcome }),
	outcomeOf(func(e *domain.SelfcareVisited) string { return e.Result }),
	outcomeOf(func(e *domain.ContestSettled) string { return e.Outcome }),
	func(e domain.Event) string {
		if t, ok := e.(domain.TicketEvent); ok {
			return t.State().Resolution
		}
		return ""
	},
}

// outcomeOf reads the outcome of events of one type, "" of any other.
func outcomeOf[E any](read func(*E) string) func(domain.Event) string {
	return func(event domain.Event) string {
		if e, ok := any(event).(*E); ok {
			return read(e)
		}
		return ""
	}
}

// label is the words for a code: in the language, else in English, else the code.
func label(labels map[string]string, lang, code string) string {
	base, _, _ := strings.Cut(lang, "-")
	return cmp.Or(labels[lang], labels[strings.ToLower(base)], labels[defaultLang], code)
}

// scanEntries reads rows of timelineColumns and their context.
func (r *request) scanEntries(to *[]*entry) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		*to = nil
		var e entry
		var s sealed
		columns := slices.Concat(
			[]any{&e.identity, &e.life.Time, &e.life.Source, &e.life.Subject, &e.life.Sequence, &e.life.ID, &e.kind, &e.vendor},
			s.columns(), []any{&e.opening, &e.reason, &e.channel})
		_, err := pgx.ForEachRow(rows, columns, func() error {
			row := e
			row.life.Time = row.life.Time.UTC()
			s.keep(r, row.identity)
			*to = append(*to, &row)
			return nil
		})
		return err
	}
}

func (f *timelineFilter) read(given arguments) error {
	for name, to := range map[string]*[]string{
		"channels": &f.channels, "vendors": &f.vendors, "reasons": &f.reasons, "kinds": &f.kinds, "types": &f.types,
	} {
		list, _ := given[name].([]any)
		for _, one := range list {
			text, _ := one.(string)
			if strings.ContainsRune(text, 0) {
				return refuse(CodeInvalidArgument, "filter.%s has a text with U+0000: no event has one", name)
			}
			*to = append(*to, text)
		}
		if len(*to) > 100 {
			return refuse(CodeInvalidArgument, "filter.%s has %d entries: give at most 100", name, len(*to))
		}
	}
	for name, to := range map[string]**time.Time{"from": &f.from, "until": &f.until} {
		if t, ok := given[name].(time.Time); ok {
			*to = &t
		}
	}
	if id := given.text("problem"); id != "" {
		event, err := domain.ParseProblem(id)
		if err != nil {
			return refuse(CodeInvalidArgument, "filter.problem is no id of a problem or an event: pass one as an answer gave it")
		}
		f.problem = &event
	}
	return nil
}
