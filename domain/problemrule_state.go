package domain

import "time"

// Problems is what the problem rule keeps of a life between its events: which
// tickets and interactions belong to which problem, and what a later event may
// change of each. The zero value is the empty life. It grows by a few bytes a
// problem, a ticket and an interaction that named one, not by event; interactions
// and tickets are known by 48 bits of a hash of theirs.
type Problems struct {
	texts   index[string]
	persons index[PersonID]
	list    []problem
	// The problems that are not joined away hang together by when they were touched.
	first, last int32 // good where list is not empty
	unfinished  int   // of these, how many have an open ticket
	tickets     book[ticket]
	calls       book[call]
	passing     []passing     // interactions that named nothing yet, the oldest first
	pending     []pendingStep // steps without outcome yet, the oldest first
	identified  index[uint64] // persons whose identifiers were shown

	changed []int
	placed  []PlacedTicket
	shown   []Named
	room    [1]int32
}

// How much is kept of what may never be needed.
const (
	maxPassing = 16
	maxPending = 32
)

const none int32 = -1

type problem struct {
	whole                int32 // itself where it was not joined
	reason, firstReason  int32 // texts; 0: none
	asset, assetKind     int32
	contacts, reopenings int32
	openTickets          int32
	by                   JoinedBy
	touched, reasonAt    int64 // microseconds, as all times here
	settledAt            int64 // of a closing that no contact came after; 0: none
	lastContact          int64 // 0: none
	words                words
	spaces               uint64 // of its tickets, by number of text under 64
	before, after        int32
}

// words is the earliest event that tells a problem; the customer's own words go
// before what others noted.
type words struct {
	event  EventID
	person int32 // 0: no words
	at     int64
	own    bool
}

func (w *words) hear(v words) {
	if v.person != 0 && (w.person == 0 || v.own && !w.own || v.own == w.own && v.at < w.at) {
		*w = v
	}
}

type ticket struct {
	problem int32
	space   int32 // text
	status  TicketStatus
	by      JoinedBy
}

// TicketStatus is what the problem rule knows of a ticket's state.
type TicketStatus uint8

// The states. A ticket that events have only named is not known to be open.
const (
	TicketNamed TicketStatus = iota
	TicketOpen
	TicketIsResolved
	TicketIsClosed
	TicketIsMerged
	TicketIsDeleted
)

func (s TicketStatus) String() string {
	return [...]string{"named", "open", "resolved", "closed", "merged", "deleted", "", ""}[s&7]
}

// call is an interaction that has named a problem.
type call struct {
	last    int32   // named last
	before  []int32 // named before it, the first first; mostly none
	by      JoinedBy
	counts  counting
	channel int32 // text
}

// counting says whether an interaction is a contact of the customer.
type counting uint8

const (
	uncounted counting = iota // a ticket's subject, a job of a machine
	counted
	barred // outbound, abandoned, or a leg of another
)

// passing is an interaction that named nothing yet.
type passing struct {
	key     uint64
	counts  counting
	channel int32
	asset   int32
	kind    int32 // of the asset
	words   words
	at      int64 // of its first event
	solved  int64 // when it was wrapped as resolved; 0: it was not
}

type pendingStep struct {
	step EventID
	code int32
}

// ProblemView is a problem as it stands.
type ProblemView struct {
	Whole       int    // another's number where it was joined to that: the rest then says nothing
	Status      string // open closed joined
	Reason      string
	FirstReason string
	Asset       PersonID
	AssetKind   Kind
	Touched     time.Time
	Contacts    int
	LastContact time.Time // zero where there was none
	Reopenings  int
	JoinedBy    JoinedBy
	WordsPerson PersonID // zero where it has no words
	WordsEvent  EventID
}

// View is problem n as it stands.
func (p *Problems) View(n int) ProblemView {
	q := &p.list[n]
	v := ProblemView{Whole: int(q.whole), Status: "open", Touched: time.UnixMicro(q.touched).UTC(), JoinedBy: q.by}
	if v.Whole != n {
		v.Status = "joined"
		return v
	}
	if q.openTickets == 0 && q.settledAt != 0 {
		v.Status = "closed"
	}
	v.Reason, v.FirstReason = p.texts.key(q.reason), p.texts.key(q.firstReason)
	v.Asset, v.AssetKind = p.persons.key(q.asset), Kind(p.texts.key(q.assetKind))
	v.Contacts, v.Reopenings = int(q.contacts), int(q.reopenings)
	if q.lastContact != 0 {
		v.LastContact = time.UnixMicro(q.lastContact).UTC()
	}
	if q.words.person != 0 {
		v.WordsPerson, v.WordsEvent = p.persons.key(q.words.person), q.words.event
	}
	return v
}

// latest is the problem touched last, none where there is none.
func (p *Problems) latest() int32 {
	if len(p.list) == 0 {
		return none
	}
	return p.last
}

func (p *Problems) whole(n int32) int32 { return p.list[n].whole }

// open adds a problem.
func (p *Problems) open() int32 {
	n := int32(len(p.list))
	q := problem{whole: n, before: none, after: none}
	if n == 0 {
		p.first, p.last = none, none
	}
	p.list = append(p.list, q)
	p.hang(n)
	return n
}

// hang puts problem n behind the one touched last.
func (p *Problems) hang(n int32) {
	q := &p.list[n]
	q.before, q.after = p.last, none
	if p.last != none {
		p.list[p.last].after = n
	} else {
		p.first = n
	}
	p.last = n
}

func (p *Problems) unhang(n int32) {
	q := &p.list[n]
	if q.before != none {
		p.list[q.before].after = q.after
	} else {
		p.first = q.after
	}
	if q.after != none {
		p.list[q.after].before = q.before
	} else {
		p.last = q.before
	}
}

func (p *Problems) touch(n int32, now int64) {
	p.list[n].touched = now
	if p.last != n {
		p.unhang(n)
		p.hang(n)
	}
}

func (p *Problems) change(n int32) {
	for _, c := range p.changed {
		if c == int(n) {
			return
		}
	}
	p.changed = append(p.changed, int(n))
}
