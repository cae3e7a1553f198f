package domain

import (
	"strings"
	"time"
)

// who says who this is and how sure that is: the name, what was asked by, and how far
// the caller was verified, now or the last time.
func (c *composer) who() string {
	parts := make([]string, 0, 3)
	if c.in.Name != "" {
		parts = append(parts, c.in.Name)
	}
	if known := c.phrases.known[c.in.Asked]; known != "" {
		parts = append(parts, known)
	}
	parts = append(parts, c.verified())
	return upperFirst(strings.Join(parts, " · "))
}

func (c *composer) verified() string {
	if at := c.contact(c.current); at != nil && at.Level != "" {
		return c.fill(c.phrases.level[at.Level], "party", c.phrases.party[at.Party])
	}
	for i := range c.in.Contacts {
		if level := c.in.Contacts[i].Level; level == "knowledge" || level == "strong" {
			return c.fill(c.phrases.verifiedBefore, "when", c.ago(c.in.Contacts[i].Started))
		}
	}
	return c.phrases.level["none"]
}

// about says what the call is probably about, the how manieth contact it is, and
// when the last one was.
func (c *composer) about(d *BriefDetail) string {
	if d == nil {
		return c.quiet()
	}
	label := c.label(c.codes.Reasons[d.Reason].Labels, d.Reason)
	if label == "" {
		label = c.phrases.unnamed
	}
	before, last := c.contactsBefore(d)
	parts := []string{c.fill(c.phrases.probably, "reason", label)}
	if before > 0 {
		parts = append(parts, c.fill(c.phrases.nth, "nth", c.phrases.ordinal(before+1), "when", c.ago(last)))
	}
	if d.Status == "closed" {
		parts = append(parts, c.fill(c.phrases.closedOn, "when", c.ago(d.Touched)))
	}
	if others := c.in.OpenProblems - btoi(d.Status == "open"); others > 0 {
		parts = append(parts, c.count(c.phrases.others, others))
	}
	return strings.Join(parts, " · ")
}

// quiet is said where nothing is open: when the last contact was, or that there was
// none.
func (c *composer) quiet() string {
	for i := range c.in.Contacts {
		if c.in.Contacts[i].Interaction != c.current {
			return c.fill(c.phrases.nothingOpen, "when", c.ago(c.in.Contacts[i].Started))
		}
	}
	if len(c.in.Problems) > 0 {
		return ""
	}
	return c.phrases.firstContact
}

// contactsBefore is how many contacts about the problem came before this one, and
// when the last of them was.
func (c *composer) contactsBefore(d *BriefDetail) (int, time.Time) {
	last := time.Time{}
	here := false
	for _, v := range d.Contacts {
		if v.Interaction == c.current {
			here = true
		} else if v.Direction != "outbound" && v.Started.After(last) {
			last = v.Started
		}
	}
	if !here {
		return d.ContactCount, d.LastContact
	}
	return max(d.ContactCount-1, 0), last
}

func (c *composer) words(d *BriefDetail) string {
	if d == nil || strings.TrimSpace(d.FirstWords) == "" {
		return ""
	}
	said := strings.Join(strings.Fields(d.FirstWords), " ")
	frame := len([]rune(c.fill(c.phrases.quoted, "words", "")))
	return c.fill(c.phrases.quoted, "words", Shorten(said, BriefWidth-frame))
}

func (c *composer) sayFirst(p *Promise) string {
	if p == nil {
		return ""
	}
	return c.fill(c.phrases.sayFirst, "promise", c.broken(p))
}

// broken says what was promised for when and did not come.
func (c *composer) broken(p *Promise) string {
	what := c.promised(p, c.phrases.what)
	switch {
	case p.Due == nil:
		return c.fill(c.phrases.unkeptUndated, "what", what)
	case p.State == PromiseIsClaimed:
		return c.fill(c.phrases.claimed, "what", what, "when", c.day(*p.Due, false))
	default:
		return c.fill(c.phrases.unkept, "what", what, "when", c.day(*p.Due, false))
	}
}

func (c *composer) promised(p *Promise, words map[string]string) string {
	what := words[p.What]
	if what == "" {
		what = words["other"]
	}
	if p.Amount != nil {
		what += " " + c.fill(c.phrases.of, "amount", c.phrases.money(*p.Amount))
	}
	return what
}

// sorry says the same to the customer.
func (c *composer) sorry(p *Promise) string {
	what := upperFirst(c.promised(p, c.phrases.the))
	if p.Due == nil {
		return c.fill(c.phrases.sayUndated, "what", what)
	}
	return c.fill(c.phrases.saySorry, "what", what, "when", c.day(*p.Due, true))
}

// doNot lists the remedies that failed and are not worth trying again yet, the most
// often failed first, and says that the problem was told already.
func (c *composer) doNot(d *BriefDetail) string {
	if d == nil {
		return ""
	}
	before, _ := c.contactsBefore(d)
	told := before > 0 && d.Told
	var names []string
	for _, s := range c.failed(d) {
		name := s.Label
		if s.Failed > 1 {
			name = c.fill(c.phrases.failedTimes, "step", s.Label, "n", itoa(s.Failed))
		}
		names = append(names, name)
	}
	switch {
	case told && names == nil:
		return c.phrases.doNotAsk
	case names == nil:
		return ""
	}
	form := c.phrases.doNotRedo
	if told {
		form = c.phrases.doNeither
	}
	return c.list(form, "steps", names)
}

// failed are the remedies whose failure is still valid.
func (c *composer) failed(d *BriefDetail) []BriefStep {
	var all []BriefStep
	for _, s := range d.Steps {
		if s.Kind == Remedy && s.Failed > 0 && !s.Redo {
			all = append(all, s)
		}
	}
	sortSteps(all)
	return all
}

// propose names the next two of the reason's usual steps that were not tried yet, or
// whose failure is not valid any more.
func (c *composer) propose(d *BriefDetail) string {
	if d == nil || d.Status == "closed" {
		return ""
	}
	next := c.next(d)
	if len(next) == 0 {
		return ""
	}
	return c.fill(c.phrases.propose, "steps", strings.Join(next, c.phrases.then))
}

func (c *composer) next(d *BriefDetail) []string {
	const most = 2
	var next []string
	for _, code := range c.codes.Usual(d.Reason) {
		worth := true
		for _, s := range d.Steps {
			worth = worth && (s.Code != code || s.Last.Outcome == "failed" && s.Redo)
		}
		if worth && len(next) < most {
			next = append(next, c.label(c.codes.Steps[code].Labels, code))
		}
	}
	return next
}

// say is what may be read to the customer.
func (c *composer) say(d *BriefDetail, owed *Promise) string {
	open := d != nil && d.Status == "open"
	var parts []string
	if open {
		if before, _ := c.contactsBefore(d); before > 0 {
			if labels := c.codes.Reasons[d.Reason].Labels; len(labels) > 0 {
				parts = append(parts, c.count(c.phrases.sayContacts, before, "reason", c.label(labels, d.Reason)))
			} else {
				parts = append(parts, c.count(c.phrases.sayBare, before))
			}
		}
	}
	if owed != nil && owed.State != PromiseIsClaimed {
		parts = append(parts, c.sorry(owed))
	}
	if open {
		if redone := c.failed(d); len(redone) > 0 {
			parts = append(parts, c.fill(c.phrases.sayNoRedo, "step", redone[0].Label))
		}
	}
	return strings.Join(parts, " ")
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
