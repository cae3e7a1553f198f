package domain

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The headline's bounds: readable in eight seconds.
const (
	BriefLines = 6
	BriefWidth = 90 // characters
)

// BriefInput is what is known of a customer when somebody asks who this is. Whoever
// fills it in leaves out what the viewer may not see; whatever could not be opened
// is simply not there.
type BriefInput struct {
	Asked        Kind     // the kind of identifier that was asked by
	Name         string   // the holder's
	Current      PersonID // the interaction that the customer is in; zero: the latest that goes on, if one does
	Problems     []BriefProblem
	OpenProblems int       // of all problems, those listed or not
	Contacts     []Contact // of Contacts, with their Problems
	Steps        []TriedStep
	Resets       []Reset
	Answers      []BriefAnswer
	Promises     []Promise
	Zone         *time.Location // in which days are told; UTC where nil
}

// BriefProblem is a problem as a brief shows it.
type BriefProblem struct {
	Number       int
	ID           EventID
	Status       string // open closed
	Reason       string
	FirstReason  string
	Opened       time.Time
	Touched      time.Time
	ContactCount int
	LastContact  time.Time // zero: none
	Reopenings   int
	JoinedBy     string
	Tickets      []BriefTicket
	Told         bool   // it was told in words, whether these can be opened or not
	FirstWords   string // the customer's own where there are any; "": none, or not to be opened
	FirstLang    string
}

// BriefTicket is a ticket of a problem.
type BriefTicket struct {
	TicketRef
	Status string // named open resolved closed merged deleted
}

// BriefAnswer is what the customer was told.
type BriefAnswer struct {
	Event   EventID
	Problem int // -1: none
	At      time.Time
	Article string
	Text    string // "": none, or not to be opened
}

// Brief is what an agent reads when the call comes in.
type Brief struct {
	Headline []string      // at most BriefLines of BriefWidth, without names of vendors and agents
	Say      string        // what may be read to the customer; "": nothing special
	Probable int           // index in Problems of what it is probably about; -1: nothing known
	Problems []BriefDetail // in the order of the input
}

// BriefDetail is one problem with all that was said and done about it.
type BriefDetail struct {
	BriefProblem
	Contacts []Contact
	Waited   float64 // seconds, over its contacts
	Steps    []BriefStep
	Answers  []BriefAnswer
	Promises []BriefPromise
}

// BriefStep is what came of a step, all tryings of it together.
type BriefStep struct {
	Code   string
	Label  string
	Kind   StepKind // "" where the catalogue does not know the step
	Tried  int
	Failed int
	Last   TriedStep
	Redo   bool // not failed, or its failure is not valid any more
}

// BriefPromise is a promise, and whether it is overdue.
type BriefPromise struct {
	Promise
	Overdue bool
}

// ComposeBrief puts a brief together, as of now, with labels from codes and
// sentences in the language (BCP 47; English where there are none). It is pure.
func ComposeBrief(in BriefInput, now time.Time, codes *Codes, lang string) Brief {
	c := composer{in: &in, now: now, codes: codes, phrases: phrasesIn(lang)}
	if c.zone = in.Zone; c.zone == nil {
		c.zone = time.UTC
	}
	c.current = c.ongoing()
	b := Brief{Probable: c.probable()}
	for i := range in.Problems {
		b.Problems = append(b.Problems, c.detail(&in.Problems[i]))
	}
	var about *BriefDetail
	if b.Probable >= 0 {
		about = &b.Problems[b.Probable]
	}
	owed := c.owed(about)
	for _, line := range []string{
		c.who(), c.about(about), c.words(about), c.sayFirst(owed), c.doNot(about), c.propose(about),
	} {
		if line != "" {
			b.Headline = append(b.Headline, Shorten(oneLine(line), BriefWidth))
		}
	}
	b.Say = oneLine(c.say(about, owed))
	return b
}

type composer struct {
	in      *BriefInput
	now     time.Time
	codes   *Codes
	zone    *time.Location
	phrases *phrases
	current PersonID
}

// ongoing is the interaction that the customer is in.
func (c *composer) ongoing() PersonID {
	if !c.in.Current.IsZero() {
		return c.in.Current
	}
	const longest = 4 * time.Hour // what never ended in that time was not told to the end
	for i := range c.in.Contacts {
		v := &c.in.Contacts[i]
		if v.Ended.IsZero() && v.Direction != "outbound" && !v.Started.After(c.now) && c.now.Sub(v.Started) < longest {
			return v.Interaction
		}
	}
	return PersonID{}
}

// probable is the problem that the customer is probably calling about: the one that
// this interaction named last; else of the open ones that are alive the one touched
// last; else one closed within the week.
func (c *composer) probable() int {
	if at := c.contact(c.current); at != nil && len(at.Problems) > 0 {
		last := at.Problems[len(at.Problems)-1]
		if i := slices.IndexFunc(c.in.Problems, func(p BriefProblem) bool { return p.Number == last }); i >= 0 {
			return i
		}
	}
	const recent = 7 * 24 * time.Hour
	best, bestRank := -1, 0
	for i := range c.in.Problems {
		p := &c.in.Problems[i]
		rank, rested := 0, c.now.Sub(p.Touched)
		switch {
		case p.Status == "open" && (rested < ProblemWindow || p.hasOpenTicket()):
			rank = 2
		case p.Status == "closed" && rested < recent:
			rank = 1
		}
		if rank > bestRank || rank > 0 && rank == bestRank && p.Touched.After(c.in.Problems[best].Touched) {
			best, bestRank = i, rank
		}
	}
	return best
}

func (p *BriefProblem) hasOpenTicket() bool {
	return slices.ContainsFunc(p.Tickets, func(t BriefTicket) bool { return t.Status == "open" })
}

func (c *composer) contact(interaction PersonID) *Contact {
	if interaction.IsZero() {
		return nil
	}
	for i := range c.in.Contacts {
		if c.in.Contacts[i].Interaction == interaction {
			return &c.in.Contacts[i]
		}
	}
	return nil
}

func (c *composer) detail(p *BriefProblem) BriefDetail {
	d := BriefDetail{BriefProblem: *p}
	for _, v := range c.in.Contacts {
		if slices.Contains(v.Problems, p.Number) {
			d.Contacts = append(d.Contacts, v)
			d.Waited += v.Waited.Total()
		}
	}
	for _, s := range c.in.Steps {
		if s.Problem == p.Number {
			d.Steps = c.addStep(d.Steps, s)
		}
	}
	for _, a := range c.in.Answers {
		if a.Problem == p.Number {
			d.Answers = append(d.Answers, a)
		}
	}
	for _, v := range c.in.Promises {
		if v.Problem == p.Number {
			d.Promises = append(d.Promises, BriefPromise{Promise: v, Overdue: v.Overdue(c.now)})
		}
	}
	return d
}

func (c *composer) addStep(steps []BriefStep, s TriedStep) []BriefStep {
	i := slices.IndexFunc(steps, func(b BriefStep) bool { return b.Code == s.Code })
	if i < 0 {
		steps = append(steps, BriefStep{Code: s.Code, Label: c.label(c.codes.Steps[s.Code].Labels, s.Code), Kind: c.codes.Steps[s.Code].Kind})
		i = len(steps) - 1
	}
	b := &steps[i]
	b.Tried++
	if s.Outcome == "failed" {
		b.Failed++
	}
	b.Last, b.Redo = s, !c.codes.StillFailed(s, c.in.Steps, c.in.Resets, c.now)
	return steps
}

// owed is the overdue promise that is to be spoken of first: one of the problem, else
// any; of several the one that was due last.
func (c *composer) owed(about *BriefDetail) *Promise {
	var all []*Promise
	for i := range c.in.Promises {
		if p := &c.in.Promises[i]; p.Overdue(c.now) && !c.settled(p) {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return nil
	}
	mine := func(p *Promise) int {
		if about != nil && p.Problem == about.Number {
			return 1
		}
		return 0
	}
	return slices.MaxFunc(all, func(a, b *Promise) int {
		return cmp.Or(cmp.Compare(mine(a), mine(b)), a.dueOrMade().Compare(b.dueOrMade()), strings.Compare(b.ID, a.ID))
	})
}

// settled reports whether the problem of a promise is closed: its promise is not
// what the customer calls about.
func (c *composer) settled(p *Promise) bool {
	return slices.ContainsFunc(c.in.Problems, func(b BriefProblem) bool { return b.Number == p.Problem && b.Status == "closed" })
}

func (p *Promise) dueOrMade() time.Time {
	if p.Due != nil {
		return *p.Due
	}
	return p.Made
}

// label is the label in the brief's language, else in English, else whatever there
// is; for a code that nothing labels the code without its vendor's name.
func (c *composer) label(labels map[string]string, code string) string {
	for _, lang := range []string{c.phrases.lang, "en", "fr"} {
		if l := labels[lang]; l != "" {
			return l
		}
	}
	if _, own, ok := strings.Cut(code, ":"); ok {
		return own
	}
	return code
}
