package projections

import (
	"time"

	"github.com/tellonce/tellonce/domain"
)

// The rows of the fold of problems. A problem is known by its number in the life,
// from 0; Problem is nil in a row whose event belonged to none at its place in the
// life: what its interaction named first (FirstNamedRow) then answers. Event and
// Person say where the event's record is: its identity, and whose timeline has it.

// ProblemRow is a problem as it stands. One that was joined to another is of status
// "joined", names it in Whole and says nothing more.
type ProblemRow struct {
	Problem     int64
	Whole       int64
	Status      string // open closed joined
	Reason      *string
	FirstReason *string
	Asset       *domain.PersonID
	AssetKind   *string
	Touched     time.Time
	Contacts    int64
	LastContact *time.Time
	Reopenings  int64
	JoinedBy    string
	WordsPerson *domain.PersonID // the earliest event in it that has words
	WordsEvent  *domain.EventID
}

// ProblemOpeningRow is the event that opened a problem, and so is its id.
type ProblemOpeningRow struct {
	Problem int64
	Event   domain.EventID
	Person  domain.PersonID
	Opened  time.Time
}

// ProblemEventRow says to which problem and interaction an event belongs.
type ProblemEventRow struct {
	Event       domain.EventID
	Person      domain.PersonID
	At          time.Time
	Problem     *int64
	Interaction *domain.PersonID
	Channel     *string
	JoinedBy    *string
}

// FirstNamedRow is the problem that an interaction named first.
type FirstNamedRow struct {
	Interaction domain.PersonID
	Problem     int64
}

// TicketRow is a ticket and the problem it is attached to.
type TicketRow struct {
	Space, Number string
	Problem       int64
	Status        string // named open resolved closed merged deleted
	Touched       time.Time
	JoinedBy      string
}

// ContactRow is one word on an interaction; of each word the last stands.
type ContactRow struct {
	Interaction    domain.PersonID
	Word           string // started answered transferred ended wrapped verified
	Event          domain.EventID
	Person         domain.PersonID
	At             time.Time
	Vendor         string
	Site           *string
	Channel        *string
	Direction      *string
	Queue          *string
	NumberDialled  *string
	CallingNetwork *string
	IVRWait        *float64 // seconds, as all durations
	QueueWait      *float64
	RingWait       *float64
	Talk           *float64
	Hold           *float64
	Wrap           *float64
	EndedAs        *string
	Disposition    *string
	Reason         *string
	Resolution     *string
	SaidBy         *string
	Level          *string
	Party          *string
}

// StepRow is a step tried, or its conclusion.
type StepRow struct {
	Step        domain.EventID // the event of its trying
	Word        string         // tried concluded
	Event       domain.EventID
	Person      domain.PersonID
	At          time.Time
	Problem     *int64
	Interaction *domain.PersonID
	Code        string
	Outcome     string
	By          *string
}

// ResetRow is what makes a remedy worth trying again.
type ResetRow struct {
	Event       domain.EventID
	At          time.Time
	Problem     *int64
	Interaction *domain.PersonID
	What        string // equipment.changed:<equipment> line.measured:<measure>
}

// AnswerRow is what the customer was told.
type AnswerRow struct {
	Event       domain.EventID
	Person      domain.PersonID
	At          time.Time
	Problem     *int64
	Interaction *domain.PersonID
	Article     *string
	HasWords    bool
}

// PromiseRow is one word on a promise; of each word the last stands.
type PromiseRow struct {
	Vendor, Promise string
	Word            string // made claimed renegotiated declared kept broken credited
	Event           domain.EventID
	Person          domain.PersonID
	At              time.Time
	Problem         *int64
	Interaction     *domain.PersonID
	What            *string
	Amount          *string
	Currency        *string
	Due             *time.Time
	MadeBy          *string
	OwedBy          *string
	Proof           *domain.EventID
	HasWords        bool
}

// IdentifierRow says in which event the value of an identifier is sealed.
type IdentifierRow struct {
	Identifier domain.PersonID
	Kind       string
	Event      domain.EventID
	Person     domain.PersonID
	At         time.Time
}
