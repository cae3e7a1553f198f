package projections

import (
	"cmp"
	"slices"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// BriefRows are rows of the fold of problems, of one customer: as many of them as a
// brief is to show. Their numbers of problems are as the tables have them; Input
// finds the whole of each.
type BriefRows struct {
	Problems     []ProblemRow // those joined away too, where a row may point to them
	Openings     []ProblemOpeningRow
	FirstNamed   []FirstNamedRow // of the interactions of rows without a problem
	Tickets      []TicketRow
	Mentions     []Mention
	Contacts     []ContactRow
	Steps        []StepRow
	Resets       []ResetRow
	Answers      []AnswerRow
	Promises     []PromiseRow
	OpenProblems int64 // of all of the customer's, listed or not
}

// Mention is that an interaction has events in a problem: an aggregate of ProblemEventRow.
type Mention struct {
	Interaction domain.PersonID
	Problem     int64
	Last        time.Time // of these events
}

// Words are the texts of an event, opened for this viewer.
type Words struct {
	Text string
	Lang string
}

// Input is what a brief is composed of. words has the texts that could be opened, of
// the problems' first words and of the answers; whatever is not there is left out.
// Who asks, and by what, is the caller's to fill in.
func (b *BriefRows) Input(words map[domain.EventID]Words) domain.BriefInput {
	in := domain.BriefInput{OpenProblems: int(b.OpenProblems), Contacts: domain.Contacts(b.contactWords())}
	for i := range in.Contacts {
		in.Contacts[i].Problems = b.mentioned(in.Contacts[i].Interaction)
	}
	for i := range b.Problems {
		if row := &b.Problems[i]; row.Whole == row.Problem {
			in.Problems = append(in.Problems, b.problem(row, words))
		}
	}
	in.Steps = domain.Steps(b.stepWords())
	for _, r := range b.Resets {
		in.Resets = append(in.Resets, domain.Reset{At: r.At, What: r.What})
	}
	for _, a := range b.Answers {
		in.Answers = append(in.Answers, domain.BriefAnswer{
			Event: a.Event, Problem: b.whole(a.Problem, a.Interaction), At: a.At, Article: deref(a.Article), Text: words[a.Event].Text,
		})
	}
	in.Promises = domain.Promises(b.promiseWords())
	return in
}

func (b *BriefRows) problem(row *ProblemRow, words map[domain.EventID]Words) domain.BriefProblem {
	p := domain.BriefProblem{
		Number: int(row.Problem), Status: row.Status, Reason: deref(row.Reason), FirstReason: deref(row.FirstReason),
		Touched: row.Touched, ContactCount: int(row.Contacts), LastContact: deref(row.LastContact),
		Reopenings: int(row.Reopenings), JoinedBy: row.JoinedBy,
	}
	if row.WordsEvent != nil {
		first := words[*row.WordsEvent]
		p.Told, p.FirstWords, p.FirstLang = true, first.Text, first.Lang
	}
	for _, o := range b.Openings {
		if o.Problem == row.Problem {
			p.ID, p.Opened = o.Event, o.Opened
		}
	}
	for _, t := range b.Tickets {
		if b.wholeOf(t.Problem) == p.Number {
			p.Tickets = append(p.Tickets, domain.BriefTicket{
				TicketRef: domain.TicketRef{Space: t.Space, Number: t.Number}, Status: t.Status,
			})
		}
	}
	return p
}

// whole is the problem that a row is in: the one known at its place, else the one
// that its interaction named first; -1 where there is none.
func (b *BriefRows) whole(problem *int64, interaction *domain.PersonID) int {
	switch {
	case problem != nil:
		return b.wholeOf(*problem)
	case interaction == nil:
		return -1
	}
	for _, n := range b.FirstNamed {
		if n.Interaction == *interaction {
			return b.wholeOf(n.Problem)
		}
	}
	return -1
}

func (b *BriefRows) wholeOf(problem int64) int {
	for i := range b.Problems {
		if b.Problems[i].Problem == problem {
			return int(b.Problems[i].Whole)
		}
	}
	return int(problem)
}

// mentioned are the problems that the interaction is about, the last mentioned last.
func (b *BriefRows) mentioned(interaction domain.PersonID) []int {
	var mentions []Mention
	for _, m := range b.Mentions {
		if m.Interaction == interaction {
			mentions = append(mentions, m)
		}
	}
	slices.SortStableFunc(mentions, func(x, y Mention) int {
		return cmp.Or(x.Last.Compare(y.Last), cmp.Compare(x.Problem, y.Problem))
	})
	var problems []int
	for i := len(mentions) - 1; i >= 0; i-- {
		if n := b.wholeOf(mentions[i].Problem); !slices.Contains(problems, n) {
			problems = append(problems, n)
		}
	}
	slices.Reverse(problems)
	return problems
}

func (b *BriefRows) contactWords() []domain.ContactWord {
	words := make([]domain.ContactWord, len(b.Contacts))
	for i, r := range b.Contacts {
		words[i] = domain.ContactWord{
			Interaction: r.Interaction, Word: r.Word, At: r.At, Vendor: r.Vendor, Site: deref(r.Site), Channel: deref(r.Channel),
			Direction: deref(r.Direction), NumberDialled: deref(r.NumberDialled), CallingNetwork: deref(r.CallingNetwork),
			Talk: r.Talk, Hold: r.Hold, Wrap: r.Wrap, EndedAs: deref(r.EndedAs), Disposition: deref(r.Disposition),
			Reason: deref(r.Reason), Resolution: deref(r.Resolution), Level: deref(r.Level), Party: deref(r.Party),
		}
		if r.IVRWait != nil || r.QueueWait != nil || r.RingWait != nil {
			words[i].Waited = &domain.Waits{IVR: deref(r.IVRWait), Queue: deref(r.QueueWait), Ring: deref(r.RingWait)}
		}
	}
	return words
}

func (b *BriefRows) stepWords() []domain.StepWord {
	words := make([]domain.StepWord, len(b.Steps))
	for i, r := range b.Steps {
		words[i] = domain.StepWord{
			Step: r.Step, Word: r.Word, At: r.At, Problem: b.whole(r.Problem, r.Interaction), Code: r.Code, Outcome: r.Outcome, By: deref(r.By),
		}
	}
	return words
}

func (b *BriefRows) promiseWords() []domain.PromiseWord {
	words := make([]domain.PromiseWord, len(b.Promises))
	for i, r := range b.Promises {
		words[i] = domain.PromiseWord{
			Vendor: r.Vendor, ID: r.Promise, Word: r.Word, At: r.At, Event: r.Event, Problem: b.whole(r.Problem, r.Interaction),
			What: deref(r.What), Due: r.Due, MadeBy: deref(r.MadeBy), OwedBy: deref(r.OwedBy), Proof: deref(r.Proof),
		}
		if r.Amount != nil {
			words[i].Amount = &domain.Money{Amount: *r.Amount, Currency: deref(r.Currency)}
		}
	}
	return words
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
