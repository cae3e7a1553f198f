package domain

import "time"

// ProblemWindow is how long a problem without an open ticket may rest and still be
// joined: touched less than this before.
const ProblemWindow = 30 * 24 * time.Hour

// JoinedBy says by what something was taken to be of its problem, the surest first.
type JoinedBy uint8

// The ways of joining.
const (
	ByTicket JoinedBy = iota
	ByAssetAndReason
	ByReason
	ByHand
)

func (j JoinedBy) String() string {
	return [...]string{"TICKET", "ASSET_AND_REASON", "REASON", "HAND"}[j&3]
}

// Placement is where an event belongs, and what changed by it. Its slices are good
// until the next Step.
type Placement struct {
	Event      EventID
	Problem    int // its number in the life, from 0; -1: none so far
	By         JoinedBy
	Opened     bool // it opened the problem
	FirstNamed bool // its interaction names a problem for the first time
	Channel    string
	Changed    []int          // problems that are not what they were
	Tickets    []PlacedTicket // tickets that it names, as they are now
	Shown      []Named        // persons whose identifiers are sealed here for the first time
	Concludes  EventID        // the trying of the step that it concludes; zero where none is known
}

// PlacedTicket is a ticket and the problem that it is attached to.
type PlacedTicket struct {
	Ref     TicketRef
	Problem int
	Status  TicketStatus
	By      JoinedBy
}

// Step places the next event of the life, in life order, and changes p. The rule:
//
//  1. an event that names a ticket attached to a problem belongs to it;
//  2. otherwise one that names a reason joins, of the problems that match, the one
//     touched last;
//  3. otherwise it opens a problem;
//  4. one that names neither belongs to the problem last named before it in its
//     interaction. What comes before an interaction's first naming has no problem
//     here: whoever reads asks what that interaction named first.
//
// A wrap-up without a ticket is of a problem that its interaction has named, if it
// has named one, and its reason stays the contact's.
func (p *Problems) Step(r *Recorded) Placement {
	p.changed, p.placed, p.shown = p.changed[:0], p.placed[:0], p.shown[:0]
	now := r.Time.UnixMicro()
	say := p.saying(r)
	out := Placement{Event: say.event, Problem: -1}

	// problem.recoded, .joined and .split are placed as other events are: their place
	// is here, before the rules, which they overrule.
	n := p.attached(&say)
	switch {
	case n != none:
		out.By = ByTicket
	case say.wrap && say.tickets == 0 && say.call != nil:
		n, out.By = p.wrapped(&say), say.call.by
		say.names = false
	case say.reason != "":
		n, out.By = p.match(now, &say)
		if n == none {
			n, out.By, out.Opened = p.open(), openedBy(&say), true
		}
	case say.tickets > 0:
		n, out.By, out.Opened = p.open(), ByTicket, true
	case say.call != nil:
		n, out.By = p.whole(say.call.last), say.call.by
	}
	if n != none {
		p.take(n, r, now, &say, out.By)
	}
	out.FirstNamed = p.note(n, r, now, &say, out.By)
	if n != none {
		p.attach(n, r, now, &say, out.By)
		out.Problem = int(n)
	}
	out.Channel = say.channel
	out.Concludes = p.conclude(r, say.event)
	p.show(r)
	out.Changed, out.Tickets, out.Shown = p.changed, p.placed, p.shown
	return out
}

// saying is what an event says that the rule looks at.
type saying struct {
	event     EventID
	ticket    [2]TicketRef // its own, and the one it is merged into
	key       [2]uint64
	tickets   int
	reason    string
	asset     PersonID
	kind      Kind // of the asset
	wrap      bool
	names     bool   // a ticket or a reason
	reference uint64 // key of its interaction; 0: none
	call      *call  // its interaction, where that has named a problem
	channel   string
}

func (p *Problems) saying(r *Recorded) saying {
	about := r.Event.About()
	say := saying{event: r.Identity(), reason: ReasonOf(r.Event), channel: about.Channel}
	if about.Problem != nil && about.Problem.Asset != nil {
		say.asset, say.kind = about.Problem.Asset.Person, about.Problem.Asset.Kind
	}
	if t := TicketOf(r); t != nil {
		say.name(*t, r.Source)
	}
	if e, ok := r.Event.(*TicketMerged); ok {
		say.name(e.Into, r.Source)
	}
	_, say.wrap = r.Event.(*InteractionWrapped)
	say.names = say.tickets > 0 || say.reason != ""
	if !r.Reference.IsZero() {
		say.reference = personKey(r.Reference)
		say.call = p.calls.find(say.reference)
	}
	return say
}

func (s *saying) name(t TicketRef, source string) {
	if t.Space == "" {
		t.Space = source
	}
	key := ticketKey(t)
	if s.tickets == 1 && s.key[0] == key {
		return
	}
	s.ticket[s.tickets], s.key[s.tickets] = t, key
	s.tickets++
}

// attached is the problem of the tickets that the event names, none where no one of
// them is attached. Two of two problems make one of them.
func (p *Problems) attached(say *saying) int32 {
	n := none
	for i := range say.tickets {
		t := p.tickets.find(say.key[i])
		if t == nil {
			continue
		}
		of := p.whole(t.problem)
		if n != none && of != n {
			of = p.join(n, of)
		}
		n = of
	}
	return n
}

// match is the problem that an event with a reason joins: of those that pass every
// condition the one touched last.
func (p *Problems) match(now int64, say *saying) (int32, JoinedBy) {
	reason := p.texts.number(say.reason)
	unseen := p.unfinished
	for n := p.latest(); n != none; n = p.list[n].before {
		q := &p.list[n]
		if q.openTickets > 0 {
			unseen--
		} else if now-q.touched >= ProblemWindow.Microseconds() {
			if unseen == 0 {
				break // older ones have rested longer, and none of them is open
			}
			continue
		}
		known := q.asset != 0 && !say.asset.IsZero()
		equal := known && p.persons.key(q.asset) == say.asset
		if known && !equal {
			continue
		}
		if !equal && p.meet(n, say) {
			continue
		}
		if q.reason == 0 || q.reason != reason && !Akin(p.texts.key(q.reason), say.reason) {
			continue
		}
		if equal {
			return n, ByAssetAndReason
		}
		return n, ByReason
	}
	return none, 0
}

// meet reports whether two tickets of one space would meet in problem n.
func (p *Problems) meet(n int32, say *saying) bool {
	for i := range say.tickets {
		space := p.texts.number(say.ticket[i].Space)
		if space == 0 {
			continue
		}
		if space < 64 {
			if p.list[n].spaces&(1<<space) != 0 {
				return true
			}
			continue
		}
		for _, t := range p.tickets.items {
			if t.space == space && p.whole(t.problem) == n {
				return true
			}
		}
	}
	return false
}

func openedBy(say *saying) JoinedBy {
	switch {
	case say.tickets > 0:
		return ByTicket
	case !say.asset.IsZero():
		return ByAssetAndReason
	default:
		return ByReason
	}
}

// wrapped is the problem of a wrap-up without a ticket whose interaction has named
// some: the last named that its reason matches, else the last named.
func (p *Problems) wrapped(say *saying) int32 {
	last := p.whole(say.call.last)
	if say.reason == "" || p.akin(last, say.reason) {
		return last
	}
	for i := len(say.call.before) - 1; i >= 0; i-- {
		if n := p.whole(say.call.before[i]); p.akin(n, say.reason) {
			return n
		}
	}
	return last
}

func (p *Problems) akin(n int32, reason string) bool {
	of := p.list[n].reason
	return of != 0 && Akin(p.texts.key(of), reason)
}

// take makes the event one of problem n: touched, its reason given, its asset and
// words known.
func (p *Problems) take(n int32, r *Recorded, now int64, say *saying, by JoinedBy) {
	q := &p.list[n]
	p.touch(n, now)
	p.change(n)
	q.by = max(q.by, by)
	if say.reason != "" && say.names {
		p.recode(q, r, now, say.reason)
	}
	if q.asset == 0 && !say.asset.IsZero() {
		q.asset, q.assetKind = p.persons.intern(say.asset), p.texts.intern(string(say.kind))
	}
	if own, ok := speaks(r); ok {
		q.words.hear(words{event: say.event, person: p.persons.intern(r.Person), at: now, own: own})
	}
}

// recode gives the problem a reason: the last that its tickets and descriptions
// give; until they do, the first that anything in it names.
func (p *Problems) recode(q *problem, r *Recorded, now int64, reason string) {
	_, ticket := r.Event.(TicketEvent)
	_, described := r.Event.(*ProblemDescribed)
	if q.reason != 0 && !ticket && !described {
		return
	}
	q.reason, q.reasonAt = p.texts.intern(reason), now
	if q.firstReason == 0 {
		q.firstReason = q.reason
	}
}

// speaks reports whether the event has words that tell the problem, and whether
// they are the customer's own.
func speaks(r *Recorded) (own, ok bool) {
	sealed := false
	for i := range r.Personal {
		sealed = sealed || r.Personal[i].Class == Words
	}
	if !sealed {
		return false, false
	}
	if e, ok := r.Event.(*MessageExchanged); ok {
		return true, e.Direction == "inbound"
	}
	_, described := r.Event.(*ProblemDescribed)
	_, complaint := r.Event.(*ComplaintFiled)
	_, note := r.Event.(*NoteAdded)
	_, ticket := r.Event.(TicketEvent)
	return described || complaint, described || complaint || note || ticket
}
