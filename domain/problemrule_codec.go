package domain

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// ErrProblems is returned for bytes that are not the state of the problem rule.
var ErrProblems = errors.New("not the state of the problem rule")

// problemsFormat is the first byte of the state.
const problemsFormat = 1

// Append writes the state behind b. The same life always gives the same bytes; the
// empty life gives none.
func (p *Problems) Append(b []byte) []byte {
	if len(p.list) == 0 && len(p.passing) == 0 && len(p.pending) == 0 && len(p.identified.keys) == 0 {
		return b
	}
	c := coder{b: append(b, problemsFormat)}
	c.problems(p)
	return c.b
}

// ParseProblems reads what Append wrote; anything else is ErrProblems. It keeps
// nothing of b.
func ParseProblems(b []byte) (*Problems, error) {
	p := new(Problems)
	if len(b) == 0 {
		return p, nil
	}
	if b[0] != problemsFormat {
		return nil, fmt.Errorf("read format %d: %w", b[0], ErrProblems)
	}
	c := coder{b: b[1:], reading: true}
	c.problems(p)
	if c.bad || len(c.b) != 0 {
		return nil, fmt.Errorf("read state of %d bytes: %w", len(b), ErrProblems)
	}
	return p, nil
}

// problems goes through the whole state, in both directions.
func (c *coder) problems(p *Problems) {
	c.texts(&p.texts)
	c.persons(&p.persons)
	c.list(p)
	c.tickets(p)
	c.calls(p)
	size(c, &p.passing, 8)
	for i := range p.passing {
		c.pass(p, &p.passing[i])
	}
	size(c, &p.pending, 16)
	for i := range p.pending {
		c.raw(p.pending[i].step[:])
		c.text(p, &p.pending[i].code)
	}
	keys(c, &p.identified, nil)
}

// What a problem's first byte says.
const (
	isSettled = 1 << iota
	hasWords
	hasAsset
	hasOtherFirst // the first reason differs from the reason
	hasMore       // a second byte follows
	byShift       = iota
)

// What its second byte says.
const (
	isJoined = 1 << iota
	wasReopened
	hasTie // others were touched in the same microsecond before it
	settledApart
	reasonApart // given at another time than the problem was touched last
)

func (c *coder) list(p *Problems) {
	size(c, &p.list, 3)
	ties := make([]int, 0, 16)
	near := int64(0)
	for n := range p.list {
		q, tie := &p.list[n], 0
		if !c.reading {
			tie = p.tie(q)
		}
		c.problem(p, int32(n), q, near, &tie)
		near = q.touched
		if c.reading {
			ties = append(ties, tie)
		}
	}
	if !c.reading || c.bad {
		return
	}
	order := make([]int32, 0, len(p.list))
	for n := range p.list {
		if p.list[n].whole == int32(n) {
			order = append(order, int32(n))
		} else if whole := p.list[n].whole; p.list[whole].whole != whole {
			c.bad = true
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(p.list[a].touched, p.list[b].touched), cmp.Compare(ties[a], ties[b]))
	})
	p.first, p.last = none, none
	for _, n := range order {
		p.hang(n)
	}
}

// tie is how many problems were touched before q in its very microsecond.
func (p *Problems) tie(q *problem) (tie int) {
	if q.joined(p) {
		return 0
	}
	for n := q.before; n != none && p.list[n].touched == q.touched; n = p.list[n].before {
		tie++
	}
	return tie
}

func (q *problem) joined(p *Problems) bool { return &p.list[q.whole] != q }

func (c *coder) problem(p *Problems, n int32, q *problem, near int64, tie *int) {
	var flags, more uint64
	if c.reading {
		q.whole, q.before, q.after = n, none, none
	} else {
		more = bit(isJoined, q.whole != n) | bit(wasReopened, q.reopenings > 0) | bit(hasTie, *tie > 0) |
			bit(settledApart, q.settledAt != 0 && q.settledAt != q.touched) |
			bit(reasonApart, q.reason != 0 && q.reasonAt != q.touched)
		flags = uint64(q.by)<<byShift | bit(isSettled, q.settledAt != 0) | bit(hasWords, q.words.person != 0) |
			bit(hasAsset, q.asset != 0) | bit(hasOtherFirst, q.firstReason != q.reason) | bit(hasMore, more != 0)
	}
	number(c, &flags)
	q.by = JoinedBy(flags>>byShift) & 3
	c.time(&q.touched, near)
	if flags&hasMore != 0 {
		number(c, &more)
	}
	if more&isJoined != 0 {
		number(c, &q.whole)
		c.within(q.whole, n-1)
		return
	}
	c.text(p, &q.reason)
	if q.firstReason = other(c, q.firstReason, q.reason, flags&hasOtherFirst); flags&hasOtherFirst != 0 {
		c.text(p, &q.firstReason)
	}
	number(c, &q.contacts)
	if q.contacts > 0 {
		c.time(&q.lastContact, q.touched)
	} else {
		q.lastContact = 0
	}
	if more&wasReopened != 0 {
		number(c, &q.reopenings)
	}
	if more&hasTie != 0 {
		number(c, tie)
	}
	c.instant(&q.settledAt, q.touched, flags&isSettled != 0, more&settledApart != 0)
	c.instant(&q.reasonAt, q.touched, q.reason != 0, more&reasonApart != 0)
	if flags&hasAsset != 0 {
		c.person(p, &q.asset)
		c.text(p, &q.assetKind)
	}
	if flags&hasWords != 0 {
		c.heard(p, &q.words, q.touched)
	}
}

func (c *coder) tickets(p *Problems) {
	of, space := int32(0), int32(0)
	keys(c, &p.tickets.index, func(n int) {
		if c.reading {
			p.tickets.items = append(p.tickets.items, ticket{})
		}
		t := &p.tickets.items[n]
		head := bit(1, t.space != space) | uint64(t.status)<<1 | uint64(t.by)<<4
		c.near(&t.problem, of, &head, 6)
		t.status, t.by = TicketStatus(head>>1&7), JoinedBy(head>>4&3)
		c.within(t.problem, int32(len(p.list))-1)
		if t.space = other(c, t.space, space, head&1); head&1 != 0 {
			c.text(p, &t.space)
		}
		of, space = t.problem, t.space
		if c.reading && !c.bad {
			p.count(t)
		}
	})
}

// count adds a ticket that was read to what its problem says of its tickets.
func (p *Problems) count(t *ticket) {
	q := &p.list[p.whole(t.problem)]
	if t.space < 64 {
		q.spaces |= 1 << t.space
	}
	if t.status != TicketOpen {
		return
	}
	if q.openTickets++; q.openTickets == 1 {
		p.unfinished++
	}
}

func (c *coder) calls(p *Problems) {
	of, channel := int32(0), int32(0)
	keys(c, &p.calls.index, func(n int) {
		if c.reading {
			p.calls.items = append(p.calls.items, call{})
		}
		v := &p.calls.items[n]
		head := bit(1, v.channel != channel) | bit(2, len(v.before) > 0) | uint64(v.counts)<<2 | uint64(v.by)<<4
		c.near(&v.last, of, &head, 6)
		v.counts, v.by = counting(head>>2&3), JoinedBy(head>>4&3)
		c.within(v.last, int32(len(p.list))-1)
		if v.channel = other(c, v.channel, channel, head&1); head&1 != 0 {
			c.text(p, &v.channel)
		}
		if head&2 != 0 {
			size(c, &v.before, 1)
			for i := range v.before {
				number(c, &v.before[i])
				c.within(v.before[i], int32(len(p.list))-1)
			}
		}
		of, channel = v.last, v.channel
	})
}

func (c *coder) pass(p *Problems, w *passing) {
	c.hash(&w.key)
	head := uint64(w.counts) | bit(4, w.asset != 0) | bit(8, w.words.person != 0) | bit(16, w.solved != 0)
	number(c, &head)
	w.counts = counting(head & 3)
	c.text(p, &w.channel)
	c.time(&w.at, 0)
	if head&4 != 0 {
		c.person(p, &w.asset)
		c.text(p, &w.kind)
	}
	if head&8 != 0 {
		c.heard(p, &w.words, w.at)
	}
	c.instant(&w.solved, w.at, head&16 != 0, true)
}

func (c *coder) heard(p *Problems, w *words, near int64) {
	own := bit(1, w.own)
	number(c, &own)
	w.own = own != 0
	c.person(p, &w.person)
	c.raw(w.event[:])
	c.time(&w.at, near)
}
