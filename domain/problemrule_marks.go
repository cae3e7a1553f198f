package domain

import "slices"

// note keeps what the event says of its interaction, and reports whether that names
// a problem, n, for the first time.
func (p *Problems) note(n int32, r *Recorded, now int64, say *saying, by JoinedBy) bool {
	if say.reference == 0 {
		return false
	}
	if say.call == nil {
		return p.pass(n, r, now, say, by)
	}
	c := say.call
	c.channel = p.channelOf(c.channel, r)
	if c.channel != 0 {
		say.channel = p.texts.key(c.channel)
	}
	if was := c.counts; countingOf(r) > was {
		c.counts = countingOf(r)
		for _, m := range p.named(c) {
			if c.counts == counted {
				p.contact(m, now)
			} else if was == counted {
				p.uncount(m)
			}
		}
	}
	if say.names && n != none {
		c.by = by
		if p.name(c, n) && c.counts == counted {
			p.contact(n, now)
		}
	}
	if solves(r) && n != none {
		p.list[n].settledAt = now
	}
	return false
}

// pass is note for an interaction that has named nothing before this event.
func (p *Problems) pass(n int32, r *Recorded, now int64, say *saying, by JoinedBy) bool {
	i := slices.IndexFunc(p.passing, func(w passing) bool { return w.key == say.reference })
	w := passing{key: say.reference, at: now}
	if i >= 0 {
		w = p.passing[i]
		p.passing = slices.Delete(p.passing, i, i+1)
	}
	w.channel = p.channelOf(w.channel, r)
	if w.channel != 0 {
		say.channel = p.texts.key(w.channel)
	}
	w.counts = max(w.counts, countingOf(r))
	if solves(r) {
		w.solved = now
	}
	if n == none {
		if w.asset == 0 && !say.asset.IsZero() {
			w.asset, w.kind = p.persons.intern(say.asset), p.texts.intern(string(say.kind))
		}
		if own, ok := speaks(r); ok {
			w.words.hear(words{event: say.event, person: p.persons.intern(r.Person), at: now, own: own})
		}
		if w == (passing{key: w.key, at: w.at}) {
			return false
		}
		if len(p.passing) == maxPassing {
			p.passing = slices.Delete(p.passing, 0, 1)
		}
		p.passing = append(p.passing, w)
		return false
	}
	p.calls.put(w.key, call{last: n, by: by, counts: w.counts, channel: w.channel})
	q := &p.list[n]
	q.words.hear(w.words)
	if q.asset == 0 {
		q.asset, q.assetKind = w.asset, w.kind
	}
	last := q.lastContact
	if w.counts == counted {
		p.contact(n, w.at)
	}
	if w.solved != 0 && w.solved >= last {
		q.settledAt = w.solved
	}
	return true
}

// channelOf is an interaction's channel: what its start says, else what any event
// of it said first.
func (p *Problems) channelOf(known int32, r *Recorded) int32 {
	channel := r.Event.About().Channel
	if _, start := r.Event.(*InteractionStarted); channel == "" || known != 0 && !start {
		return known
	}
	return p.texts.intern(channel)
}

// countingOf is what the event says of its interaction being a contact.
func countingOf(r *Recorded) counting {
	if e, ok := r.Event.(*InteractionStarted); ok && (e.Direction == "outbound" || !r.Continues.IsZero()) {
		return barred
	}
	if e, ok := r.Event.(*InteractionEnded); ok && (e.End == "abandoned" || e.End == "deflected" || e.End == "contained") {
		return barred
	}
	if _, ok := r.Event.(*CallerVerified); ok || Group(r.Type) == "interaction" {
		return counted
	}
	if _, ok := r.Event.(*ProblemDescribed); ok && r.Person == r.Reference { // else it may be a contact of somebody else's
		return counted
	}
	return uncounted
}

func solves(r *Recorded) bool {
	e, ok := r.Event.(*InteractionWrapped)
	return ok && e.Resolution == "resolved"
}

// named are the problems that the interaction has named, as they are now.
func (p *Problems) named(c *call) []int32 {
	c.last = p.whole(c.last)
	kept := c.before[:0]
	for _, n := range c.before {
		if n = p.whole(n); n != c.last && !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	c.before = kept
	if len(kept) == 0 {
		p.room[0] = c.last
		return p.room[:]
	}
	return append(slices.Clip(kept), c.last)
}

// name makes n the problem named last, and reports whether it was not named before.
func (p *Problems) name(c *call, n int32) bool {
	p.named(c)
	if c.last == n {
		return false
	}
	i := slices.Index(c.before, n)
	if i >= 0 {
		c.before = slices.Delete(c.before, i, i+1)
	}
	c.before = append(c.before, c.last)
	c.last = n
	return i < 0
}

// contact counts a contact of problem n. A closed problem is open again.
func (p *Problems) contact(n int32, at int64) {
	q := &p.list[n]
	if q.openTickets == 0 && q.settledAt != 0 {
		q.reopenings++
	}
	q.contacts++
	q.settledAt = 0
	q.lastContact = max(q.lastContact, at)
	p.change(n)
}

// uncount takes back a contact that turned out to be none.
func (p *Problems) uncount(n int32) {
	q := &p.list[n]
	if q.contacts--; q.contacts == 0 {
		q.lastContact = 0
	}
	p.change(n)
}

// attach puts the event's tickets to problem n and follows their state.
func (p *Problems) attach(n int32, r *Recorded, now int64, say *saying, by JoinedBy) {
	event, own := r.Event.(TicketEvent)
	for i := range say.tickets {
		t := p.tickets.find(say.key[i])
		if t == nil {
			space := p.texts.intern(say.ticket[i].Space)
			t = p.tickets.put(say.key[i], ticket{space: space, by: by})
			if space < 64 {
				p.list[n].spaces |= 1 << space
			}
		}
		t.problem = n
		if i == 0 && own {
			p.follow(n, t, event, now)
		}
		p.placed = append(p.placed, PlacedTicket{Ref: say.ticket[i], Problem: int(n), Status: t.status, By: t.by})
	}
}

// follow takes the ticket to the state that its event says. A ticket is opened once:
// what comes after its end in life order does not open it, but reopening does.
func (p *Problems) follow(n int32, t *ticket, e TicketEvent, now int64) {
	q := &p.list[n]
	was := t.status
	switch e.(type) {
	case *TicketOpened, *TicketUpdated, *TicketAssigned, *TicketEscalated:
		if was == TicketNamed {
			t.status = TicketOpen
		}
	case *TicketReopened:
		t.status = TicketOpen
	case *TicketResolved:
		t.status, q.settledAt = TicketIsResolved, now
	case *TicketClosed:
		t.status, q.settledAt = TicketIsClosed, now
	case *TicketMerged:
		t.status = TicketIsMerged
	case *TicketDeleted:
		t.status = TicketIsDeleted
	}
	open := func(s TicketStatus) bool { return s == TicketOpen }
	switch {
	case open(t.status) && !open(was):
		if q.openTickets++; q.openTickets == 1 {
			p.unfinished++
		}
	case !open(t.status) && open(was):
		if q.openTickets--; q.openTickets == 0 {
			p.unfinished--
		}
	}
}

// join makes one problem of two and is the one that stays: the one opened first.
func (p *Problems) join(a, b int32) int32 {
	into, from := min(a, b), max(a, b)
	q, o := &p.list[into], &p.list[from]
	for i := range p.calls.items {
		c := &p.calls.items[i]
		named := p.named(c)
		if c.counts == counted && slices.Contains(named, into) && slices.Contains(named, from) {
			q.contacts--
		}
	}
	if q.openTickets > 0 && o.openTickets > 0 {
		p.unfinished--
	}
	q.openTickets += o.openTickets
	q.contacts += o.contacts
	q.reopenings += o.reopenings
	q.lastContact = max(q.lastContact, o.lastContact)
	if q.settledAt = max(q.settledAt, o.settledAt); q.settledAt < q.lastContact {
		q.settledAt = 0
	}
	if o.reason != 0 && (q.reason == 0 || o.reasonAt > q.reasonAt) {
		q.reason, q.reasonAt = o.reason, o.reasonAt
	}
	if q.firstReason == 0 {
		q.firstReason = o.firstReason
	}
	if q.asset == 0 {
		q.asset, q.assetKind = o.asset, o.assetKind
	}
	q.by = max(q.by, o.by)
	q.words.hear(o.words)
	q.spaces |= o.spaces
	p.unhang(from)
	*o = problem{whole: into, touched: o.touched, by: o.by, before: none, after: none}
	for i := range p.list {
		if p.list[i].whole == from {
			p.list[i].whole = into
		}
		if p.list[i].whole == into {
			p.change(int32(i))
		}
	}
	return into
}

// conclude pairs a step's conclusion with its trying: the one that it names, else
// the last pending one of its code.
func (p *Problems) conclude(r *Recorded, event EventID) (tried EventID) {
	if e, ok := r.Event.(*StepTried); ok && e.Outcome == "pending" {
		if len(p.pending) == maxPending {
			p.pending = slices.Delete(p.pending, 0, 1)
		}
		p.pending = append(p.pending, pendingStep{step: event, code: p.texts.intern(e.Step)})
	}
	e, ok := r.Event.(*StepConcluded)
	if !ok {
		return tried
	}
	if e.Tried != nil {
		source := e.Tried.Source
		if source == "" {
			source = r.Source
		}
		tried = IdentityOf(source, e.Tried.ID)
	}
	code, at := p.texts.number(e.Step), -1
	for i, s := range p.pending {
		if s.step == tried || tried.IsZero() && s.code == code {
			at = i
		}
	}
	if at >= 0 {
		tried = p.pending[at].step
		p.pending = slices.Delete(p.pending, at, at+1)
	}
	return tried
}

// show lists the persons whose identifiers are sealed in this event first.
func (p *Problems) show(r *Recorded) {
	if !slices.ContainsFunc(r.Personal, func(s Sealed) bool { return s.Class == IdentifierCls }) {
		return
	}
	for _, named := range r.Persons {
		if named.Issued || !named.Kind.Strong() && !named.Kind.Weak() {
			continue
		}
		if key := personKey(named.Person); p.identified.number(key) == 0 {
			p.identified.add(key)
			p.shown = append(p.shown, named)
		}
	}
}
