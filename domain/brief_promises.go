package domain

import (
	"math/big"
	"slices"
	"strings"
	"time"
)

// PromiseWord is one word on a promise, as the read model keeps it: of each kind
// of word the last.
type PromiseWord struct {
	Vendor, ID string
	Word       string // made claimed renegotiated declared kept broken credited
	At         time.Time
	Event      EventID
	Problem    int // -1: none
	What       string
	Amount     *Money
	Due        *time.Time
	MadeBy     string
	OwedBy     string
	Proof      EventID // zero: none
}

// PromiseState is what became of a promise.
type PromiseState string

// The states. A promise is kept where an event proves it, and declared where its
// vendor says so alone. Kept after it was due is an outcome of its own. Claimed: only
// the customer says that it was promised.
const (
	PromiseIsMade     PromiseState = "made"
	PromiseIsClaimed  PromiseState = "claimed"
	PromiseIsDeclared PromiseState = "declared"
	PromiseIsKept     PromiseState = "kept"
	PromiseIsKeptLate PromiseState = "kept_late"
	PromiseIsBroken   PromiseState = "broken"
)

// Promise is a promise to the customer, as it stands.
type Promise struct {
	Vendor, ID   string
	State        PromiseState
	Since        time.Time // of that state
	Made         time.Time // when it was made or claimed
	Event        EventID   // that made or claimed it
	Problem      int       // -1: none
	What         string    // callback credit refund replacement visit other
	Amount       *Money
	Due          *time.Time // the renegotiated one where there is one
	Renegotiated bool
	MadeBy       string
	OwedBy       string
	Proof        EventID // zero: none
}

// Overdue reports whether what was promised is due and did not come, as far as is
// known at now: not even a declaration, or its vendor says it will not be kept.
func (p *Promise) Overdue(now time.Time) bool {
	switch p.State {
	case PromiseIsMade, PromiseIsClaimed:
		return p.Due != nil && p.Due.Before(now)
	case PromiseIsBroken:
		return true
	default:
		return false
	}
}

// Promises puts words together, one promise an id of a vendor, in the order in which
// they were made. A promise that nobody made or claimed is left out; what another
// vendor says of it goes to the only one of that id.
func Promises(words []PromiseWord) []Promise {
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b PromiseWord) int {
		if a.founds() != b.founds() {
			if a.founds() {
				return -1
			}
			return 1
		}
		return a.At.Compare(b.At)
	})
	var all []Promise
	for _, w := range words {
		i := find(all, w)
		switch {
		case i < 0 && w.founds():
			p := Promise{Vendor: w.Vendor, ID: w.ID, State: PromiseIsMade, Since: w.At, Made: w.At, Problem: -1}
			if w.Word == "claimed" {
				p.State = PromiseIsClaimed
			}
			all = append(all, p)
			i = len(all) - 1
		case i < 0:
			continue
		}
		all[i].hear(w)
	}
	slices.SortStableFunc(all, func(a, b Promise) int { return a.Made.Compare(b.Made) })
	return all
}

func (w *PromiseWord) founds() bool { return w.Word == "made" || w.Word == "claimed" }

func find(all []Promise, w PromiseWord) int {
	i := slices.IndexFunc(all, func(p Promise) bool { return p.ID == w.ID && p.Vendor == w.Vendor })
	if i >= 0 || w.founds() {
		return i
	}
	i = slices.IndexFunc(all, func(p Promise) bool { return p.ID == w.ID })
	if i >= 0 && slices.ContainsFunc(all[i+1:], func(p Promise) bool { return p.ID == w.ID }) {
		return -1
	}
	return i
}

func (p *Promise) hear(w PromiseWord) {
	switch w.Word {
	case "made", "claimed":
		if w.Word == "made" || p.State == PromiseIsClaimed {
			p.What, p.Amount, p.Due, p.MadeBy, p.OwedBy = w.What, w.Amount, w.Due, w.MadeBy, w.OwedBy
			p.Event, p.Problem = w.Event, w.Problem
		}
		if w.Word == "made" && p.State == PromiseIsClaimed {
			p.State = PromiseIsMade // claimed, and made indeed
		}
	case "renegotiated":
		p.Renegotiated = true
		if w.Due != nil {
			p.Due = w.Due
		}
		if w.Amount != nil {
			p.Amount = w.Amount
		}
		p.State, p.Since = PromiseIsMade, w.At
	case "declared":
		if p.State != PromiseIsKept && p.State != PromiseIsKeptLate {
			p.State, p.Since = PromiseIsDeclared, w.At
		}
	case "broken":
		p.State, p.Since = PromiseIsBroken, w.At
	case "kept":
		p.keep(w)
	case "credited":
		if p.Amount == nil || covers(w.Amount, p.Amount) {
			p.keep(w)
		}
	}
}

func (p *Promise) keep(w PromiseWord) {
	p.State, p.Since, p.Proof = PromiseIsKept, w.At, w.Proof
	if p.Due != nil && w.At.After(*p.Due) {
		p.State = PromiseIsKeptLate
	}
}

// covers reports whether an amount is at least another, of the same currency.
func covers(given, owed *Money) bool {
	if given == nil || given.Currency != owed.Currency {
		return false
	}
	g, o := decimal(given.Amount), decimal(owed.Amount)
	return g != nil && o != nil && g.Cmp(o) >= 0
}

// decimal reads digits with at most a sign and a point; nil for anything else.
func decimal(text string) *big.Rat {
	if len(text) > 32 || strings.Trim(text, "+-.0123456789") != "" {
		return nil
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return r
}
