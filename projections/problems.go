package projections

import (
	"time"

	"github.com/tellonce/tellonce/domain"
)

// Problems folds a customer's life into problems, and into what the brief says of
// them: contacts, steps, answers and promises. Which event belongs to which problem
// is the problem rule's business (domain.Problems); here its placements become rows.
var Problems = Fold[problems]{
	Name:    "problems",
	Version: 1,
	Tables: []AnyTable{
		&ProblemTable, &ProblemOpeningTable, &ProblemEventTable, &FirstNamedTable, &TicketTable,
		&ContactTable, &StepTable, &ResetTable, &AnswerTable, &PromiseTable, &IdentifierTable,
	},
	Step:   problems.step,
	Append: func(b []byte, s *problems) []byte { return s.append(b) },
	Parse:  parseProblems,
}

// problems is the state between two events of a life. A step changes it in place,
// so that what was given to step is no longer of use.
type problems struct{ rule *domain.Problems }

func (s problems) append(b []byte) []byte {
	if s.rule == nil {
		return b
	}
	return s.rule.Append(b)
}

func parseProblems(b []byte) (problems, error) {
	if len(b) == 0 {
		return problems{}, nil
	}
	rule, err := domain.ParseProblems(b)
	return problems{rule: rule}, err
}

// step is pure: no clock, no I/O. It puts rows by key and never needs to read one.
func (s problems) step(r *domain.Recorded, out *Changes) problems {
	if s.rule == nil {
		s.rule = new(domain.Problems)
	}
	placed := s.rule.Step(r)
	at := place(r, &placed)

	Put(out, &ProblemEventTable, ProblemEventRow{
		Event: at.event, Person: at.person, At: at.at, Problem: at.problem, Interaction: at.interaction,
		Channel: text(placed.Channel), JoinedBy: joined(&placed),
	})
	if placed.Opened {
		Put(out, &ProblemOpeningTable, ProblemOpeningRow{Problem: int64(placed.Problem), Event: at.event, Person: at.person, Opened: at.at})
	}
	if placed.FirstNamed {
		Put(out, &FirstNamedTable, FirstNamedRow{Interaction: r.Reference, Problem: int64(placed.Problem)})
	}
	for _, n := range placed.Changed {
		Put(out, &ProblemTable, problemRow(n, s.rule.View(n)))
	}
	for _, t := range placed.Tickets {
		Put(out, &TicketTable, TicketRow{
			Space: t.Ref.Space, Number: t.Ref.Number, Problem: int64(t.Problem),
			Status: t.Status.String(), Touched: at.at, JoinedBy: t.By.String(),
		})
	}
	for _, named := range placed.Shown {
		Put(out, &IdentifierTable, IdentifierRow{
			Identifier: named.Person, Kind: string(named.Kind), Event: at.event, Person: at.person, At: at.at,
		})
	}
	at.tell(r, &placed, out)
	return s
}

// placing is what the rows of one event have in common.
type placing struct {
	event       domain.EventID
	person      domain.PersonID
	at          time.Time
	problem     *int64
	interaction *domain.PersonID
	words       bool
}

func place(r *domain.Recorded, placed *domain.Placement) placing {
	p := placing{event: placed.Event, person: r.Person, at: r.Time}
	if placed.Problem >= 0 {
		n := int64(placed.Problem)
		p.problem = &n
	}
	if !r.Reference.IsZero() {
		p.interaction = &r.Reference
	}
	for i := range r.Personal {
		p.words = p.words || r.Personal[i].Class == domain.Words
	}
	return p
}

func problemRow(n int, v domain.ProblemView) ProblemRow {
	row := ProblemRow{
		Problem: int64(n), Whole: int64(v.Whole), Status: v.Status,
		Reason: text(v.Reason), FirstReason: text(v.FirstReason), AssetKind: text(string(v.AssetKind)),
		Touched: v.Touched, Contacts: int64(v.Contacts), Reopenings: int64(v.Reopenings), JoinedBy: v.JoinedBy.String(),
	}
	if !v.Asset.IsZero() {
		row.Asset = &v.Asset
	}
	if !v.LastContact.IsZero() {
		row.LastContact = &v.LastContact
	}
	if !v.WordsPerson.IsZero() {
		row.WordsPerson, row.WordsEvent = &v.WordsPerson, &v.WordsEvent
	}
	return row
}

func joined(placed *domain.Placement) *string {
	if placed.Problem < 0 {
		return nil
	}
	return text(placed.By.String())
}

// text is the column of a text that may be missing.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
