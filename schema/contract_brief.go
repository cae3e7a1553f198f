package schema

import (
	"slices"
	"strings"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/projections"
)

var briefObject = object{
	name: "Brief",
	doc:  "What an agent reads when the call comes in, composed as of now: who this is, what it is probably about, what was already said, tried and promised.",
	fields: []field{
		{name: "headline", typ: "[String!]!", doc: "At most six lines of 90 characters, without names of vendors or agents; lines that nothing is known for are left out. In this order: who, and how sure; probably calling about, how manieth contact, last one when; the customer's first words; say first (a promise overdue); do not ask or redo; propose.", get: column(func(b *brief) any { return b.Headline })},
		{name: "say", typ: "String", doc: "What may be read to the customer; null where there is nothing special.", get: column(func(b *brief) any { return orNull(b.Say) })},
		{name: "probable", typ: "BriefDetail", doc: "The problem that the call is probably about; null where none is alive. It is one of `details`.", get: column(func(b *brief) any { return b.probable() })},
		{name: "details", typ: "[BriefDetail!]!", doc: "The problems, at most ten: the open ones and those last touched, the last touched first.", get: column(func(b *brief) any { return b.details })},
	},
}

var briefDetailObject = object{
	name: "BriefDetail", doc: "One problem with all that was said and done about it.",
	fields: []field{
		{name: "problem", typ: "Problem!", doc: "The problem.", get: column(func(d *briefDetail) any { return d.row })},
		{name: "firstWords", typ: "String", class: words, doc: "What the customer first said of it.", get: column(func(d *briefDetail) any { return orNull(d.FirstWords) })},
		{name: "contacts", typ: "[Contact!]!", doc: "Contacts about it, the latest first; at most 30 over all problems.", get: column(func(d *briefDetail) any { return pointers(d.Contacts) })},
		{name: "waitedSeconds", typ: "Float!", doc: "What the customer waited over these contacts.", get: column(func(d *briefDetail) any { return d.Waited })},
		{name: "steps", typ: "[BriefStep!]!", doc: "Steps tried, all tryings of one together, in the order of the first.", get: column(func(d *briefDetail) any { return pointers(d.Steps) })},
		{name: "answers", typ: "[Answer!]!", doc: "What the customer was told, the latest first.", get: column(func(d *briefDetail) any { return pointers(d.Answers) })},
		{name: "promises", typ: "[Promise!]!", doc: "What the customer was promised, in the order in which it was.", get: column(func(d *briefDetail) any { return pointers(d.Promises) })},
	},
}

var contactObject = object{
	name: "Contact", doc: "An interaction with the customer. Durations are seconds; null where nobody told them.",
	fields: []field{
		{name: "startedTime", typ: "DateTime!", doc: "When it began.", get: column(func(c *domain.Contact) any { return c.Started })},
		{name: "answeredTime", typ: "DateTime", doc: "When somebody took it.", get: column(func(c *domain.Contact) any { return c.Answered })},
		{name: "endedTime", typ: "DateTime", doc: "When it was over; null where it goes on, as far as is known.", get: column(func(c *domain.Contact) any { return c.Ended })},
		{name: "vendor", typ: "String", doc: "Who spoke last.", get: column(func(c *domain.Contact) any { return orNull(c.Vendor) })},
		{name: "site", typ: "String", doc: "Where.", get: column(func(c *domain.Contact) any { return orNull(c.Site) })},
		{name: "channel", typ: "String", doc: "phone chat email sms social web app shop visit letter.", get: column(func(c *domain.Contact) any { return orNull(c.Channel) })},
		{name: "direction", typ: "String", doc: "inbound or outbound.", get: column(func(c *domain.Contact) any { return orNull(c.Direction) })},
		{name: "waitedSeconds", typ: "Float", doc: "What the customer waited: voice menu, queue and ringing together.", get: column(func(c *domain.Contact) any { return waited(c) })},
		{name: "talkSeconds", typ: "Float", doc: "What was talked.", get: column(func(c *domain.Contact) any { return orNone(c.Talk) })},
		{name: "holdSeconds", typ: "Float", doc: "What the customer was on hold.", get: column(func(c *domain.Contact) any { return orNone(c.Hold) })},
		{name: "wrapSeconds", typ: "Float", doc: "What was worked on it afterwards.", get: column(func(c *domain.Contact) any { return orNone(c.Wrap) })},
		{name: "end", typ: "String", doc: "completed abandoned deflected contained cut transferred.", get: column(func(c *domain.Contact) any { return orNull(c.EndedAs) })},
		{name: "reason", typ: "Reason", doc: "As it was wrapped; its problem's may differ.", get: column(func(c *domain.Contact) any { return orNull(c.Reason) })},
		{name: "resolution", typ: "String", doc: "resolved unresolved pending, as somebody said.", get: column(func(c *domain.Contact) any { return orNull(c.Resolution) })},
		{name: "verification", typ: "String", doc: "How far the caller proved who they are: none number knowledge strong.", get: column(func(c *domain.Contact) any { return orNull(c.Level) })},
		{name: "party", typ: "String", doc: "As whom: holder user authorised other.", get: column(func(c *domain.Contact) any { return orNull(c.Party) })},
	},
}

var briefStepObject = object{
	name: "BriefStep", doc: "What came of a step, all tryings of it together.",
	fields: []field{
		{name: "step", typ: "Step!", doc: "The step.", get: column(func(s *domain.BriefStep) any { return s.Code })},
		{name: "tried", typ: "Int!", doc: "How often it was tried.", get: column(func(s *domain.BriefStep) any { return s.Tried })},
		{name: "failed", typ: "Int!", doc: "How often it failed.", get: column(func(s *domain.BriefStep) any { return s.Failed })},
		{name: "lastTime", typ: "DateTime!", doc: "When it was last tried.", get: column(func(s *domain.BriefStep) any { return s.Last.At })},
		{name: "lastOutcome", typ: "String!", doc: "What came of that: worked failed inconclusive refused pending.", get: column(func(s *domain.BriefStep) any { return s.Last.Outcome })},
		{name: "lastBy", typ: "String", doc: "Who tried: agent customer technician automation.", get: column(func(s *domain.BriefStep) any { return orNull(s.Last.By) })},
		{name: "worthRedoing", typ: "Boolean!", doc: "False where its last trying failed and that failure is still valid: nothing has come since that resets it, nor has the time passed that the catalogue gives it.", get: column(func(s *domain.BriefStep) any { return s.Redo })},
	},
}

var answerObject = object{
	name: "Answer", doc: "What the customer was told.",
	fields: []field{
		{name: "id", typ: "ID!", doc: "The event's; `node` answers to it.", get: column(func(a *domain.BriefAnswer) any { return domain.FormatEvent(a.Event) })},
		{name: "time", typ: "DateTime!", doc: "When.", get: column(func(a *domain.BriefAnswer) any { return a.At })},
		{name: "article", typ: "String", doc: "The article of the knowledge base that it was taken from.", get: column(func(a *domain.BriefAnswer) any { return orNull(a.Article) })},
		{name: "text", typ: "String", class: words, doc: "The answer; null where none was written, or it cannot be shown.", get: column(func(a *domain.BriefAnswer) any { return orNull(a.Text) })},
	},
}

var promiseObject = object{
	name: "Promise", doc: "Something promised to the customer, as it stands.",
	fields: []field{
		{name: "id", typ: "ID!", doc: "The id of the event that made or claimed it; `node` answers to it.", get: column(func(p *domain.BriefPromise) any { return domain.FormatEvent(p.Event) })},
		{name: "what", typ: "String!", doc: "callback credit refund replacement visit other.", get: column(func(p *domain.BriefPromise) any { return p.What })},
		{name: "amount", typ: "Money", doc: "How much; the renegotiated amount where there is one.", get: column(func(p *domain.BriefPromise) any { return orNilRow(p.Amount) })},
		{name: "dueTime", typ: "DateTime", doc: "By when; renegotiated where it was.", get: column(func(p *domain.BriefPromise) any { return orNone(p.Due) })},
		{name: "state", typ: "PromiseState!", doc: "What became of it.", get: column(func(p *domain.BriefPromise) any { return strings.ToUpper(string(p.State)) })},
		{name: "overdue", typ: "Boolean!", doc: "Due, and not come as far as is known now.", get: column(func(p *domain.BriefPromise) any { return p.Overdue })},
		{name: "madeTime", typ: "DateTime!", doc: "When it was made, or claimed.", get: column(func(p *domain.BriefPromise) any { return p.Made })},
		{name: "madeBy", typ: "String", doc: "The vendor that made it.", get: column(func(p *domain.BriefPromise) any { return orNull(p.MadeBy) })},
		{name: "owedBy", typ: "String", doc: "The vendor, or the operator, that owes it.", get: column(func(p *domain.BriefPromise) any { return orNull(p.OwedBy) })},
	},
}

var moneyObject = object{
	name: "Money", doc: "An amount in a currency.",
	fields: []field{
		{name: "amount", typ: "String!", doc: "A decimal, as it was written: nothing is rounded.", get: column(func(m *domain.Money) any { return m.Amount })},
		{name: "currency", typ: "String!", doc: "ISO 4217.", get: column(func(m *domain.Money) any { return m.Currency })},
	},
}

var promiseStates = enum{name: "PromiseState", doc: "What became of a promise.", values: []word{
	{"MADE", "It stands."},
	{"CLAIMED", "The customer says that it was made; nobody else does."},
	{"DECLARED", "Its vendor says that it was kept, without proof."},
	{"KEPT", "An event proves it."},
	{"KEPT_LATE", "An event proves it, after it was due."},
	{"BROKEN", "It will not be kept."},
}}

// brief is a composed brief.
type brief struct {
	domain.Brief
	details []*briefDetail
}

type briefDetail struct {
	*domain.BriefDetail
	row *problemRow
}

func (b *brief) probable() any {
	if b.Probable < 0 {
		return nil
	}
	return b.details[b.Probable]
}

func waited(c *domain.Contact) any {
	if c.Waited == nil {
		return nil
	}
	return c.Waited.Total()
}

// pointers are the rows of a list.
func pointers[R any](rows []R) []*R {
	all := make([]*R, len(rows))
	for i := range rows {
		all[i] = &rows[i]
	}
	return all
}

// orNilRow is the row, null where there is none.
func orNilRow[R any](row *R) any {
	if row == nil {
		return nil
	}
	return row
}

func readBrief(r *request, of place, s *selection) (func() (any, error), error) {
	rows := r.planBrief(of)
	lang := s.args.text("lang")
	return func() (any, error) {
		in := rows.Input(r.wordsOf(rows))
		in.Asked, in.Name, in.Zone = of.asked, r.nameOf(rows), r.zone
		if of.asked == domain.Reference {
			in.Current = of.person
		}
		b := &brief{Brief: domain.ComposeBrief(in, r.now, &r.codes, lang)}
		for i := range b.Problems {
			d := &b.Problems[i]
			b.details = append(b.details, &briefDetail{BriefDetail: d, row: problemOf(&rows.BriefRows, d)})
		}
		return b, nil
	}, nil
}

// wordsOf opens the words that a brief quotes.
func (r *request) wordsOf(rows *briefRows) map[domain.EventID]projections.Words {
	said := map[domain.EventID]projections.Words{}
	add := func(event domain.EventID) {
		o := r.open(event)
		if o == nil || o.unread != nil {
			return
		}
		if texts := o.texts(); len(texts) > 0 {
			said[event] = projections.Words{Text: texts[0].text, Lang: texts[0].lang}
		}
	}
	for i := range rows.Problems {
		if event := rows.Problems[i].WordsEvent; event != nil {
			add(*event)
		}
	}
	for i := range rows.Answers {
		add(rows.Answers[i].Event)
	}
	return said
}

// nameOf is the holder's name, "" where none of the events has it.
func (r *request) nameOf(rows *briefRows) string {
	for _, event := range rows.named {
		if o := r.open(event); o != nil && o.text("/customer/name") != "" {
			return o.text("/customer/name")
		}
	}
	return ""
}

// problemOf is the problem of a detail, as other fields show it.
func problemOf(rows *projections.BriefRows, d *domain.BriefDetail) *problemRow {
	p := &problemRow{
		number: int64(d.Number), opening: d.ID, opened: d.Opened, touched: d.Touched, status: d.Status,
		contacts: int64(d.ContactCount), reopenings: int64(d.Reopenings), joinedBy: d.JoinedBy, tickets: []*ticket{},
	}
	i := slices.IndexFunc(rows.Problems, func(row projections.ProblemRow) bool { return row.Problem == p.number })
	if i >= 0 {
		row := &rows.Problems[i]
		p.reason, p.firstReason, p.asset, p.assetKind = row.Reason, row.FirstReason, row.Asset, row.AssetKind
		p.lastContact, p.wordsEvent = row.LastContact, row.WordsEvent
	}
	for _, t := range d.Tickets {
		how := ""
		for _, row := range rows.Tickets {
			if row.Space == t.Space && row.Number == t.Number {
				how = row.JoinedBy
			}
		}
		p.tickets = append(p.tickets, &ticket{space: t.Space, number: t.Number, status: t.Status, joinedBy: how})
	}
	return p
}
