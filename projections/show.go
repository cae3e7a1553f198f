package projections

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// ErrUnknownEvent is returned for an event of which no copy has been applied, nor a
// retraction.
var ErrUnknownEvent = errors.New("unknown event")

// EventShown is what `event show` says of an event.
type EventShown struct {
	Event  string `json:"event"` // its id as answers give it
	Source string `json:"source"`
	ID     string `json:"id"`
	// Accepted is intake's clock at the first receipt of the copy that wins; nil
	// where only a retraction has come.
	Accepted *time.Time `json:"accepted,omitempty"`
	Revision int        `json:"revision"` // of that copy; -1
	Stands   bool       `json:"stands"`
	Why      string     `json:"why"`
	// Person is whose life it goes to, where it stands; Kind that person's kind,
	// Customer where it belongs.
	Person     string      `json:"person,omitempty"`
	Kind       domain.Kind `json:"kind,omitempty"`
	Customer   string      `json:"customer,omitempty"`
	Unresolved bool        `json:"unresolved"`
	Problem    string      `json:"problem,omitempty"`
	// Revisions are those that came, where it is more than one or one of them came
	// with several contents.
	Revisions []RevisionShown `json:"revisions,omitempty"`
}

// RevisionShown is a revision that came, and with how many different contents.
type RevisionShown struct {
	Revision int  `json:"revision"`
	Contents int  `json:"contents"`
	Conflict bool `json:"conflict"`
}

// ShowEvent says what the engine knows of an event. One it does not know is
// ErrUnknownEvent; what is still on its way in the log is not known.
func ShowEvent(ctx context.Context, db DB, source, id string) (EventShown, error) {
	identity := domain.IdentityOf(source, id)
	shown := EventShown{Event: domain.FormatEvent(identity), Source: source, ID: id}
	rows, err := db.Query(ctx, readGenerations)
	generations, err := generationsIn(rows, err)
	if err != nil {
		return shown, err
	}
	for _, read := range []func(context.Context, DB, domain.EventID, map[string]int) error{shown.readVerdict, shown.readPlace, shown.readRevisions, shown.readProblem} {
		if err := read(ctx, db, identity, generations); err != nil {
			return shown, fmt.Errorf("show event %s of %s: %w", id, source, err)
		}
	}
	return shown, nil
}

func (s *EventShown) readVerdict(ctx context.Context, db DB, identity domain.EventID, generations map[string]int) error {
	rows, err := db.Query(ctx, `SELECT s.identity, s.revision, s.recorded, s.digest, s.sha, s.person, s.retraction, s.retracted, s.retracted_by, t.source, t.id
FROM engine.seen s LEFT JOIN read.timeline_`+fmt.Sprint(generations[Timeline.Name])+` t ON t.identity = s.retracted_by WHERE s.identity = $1`, identity)
	if err != nil {
		return err
	}
	var row verdictRow
	var source, id *string
	known := false
	if _, err := pgx.ForEachRow(rows, append(row.targets(), &source, &id), func() error { known = true; return nil }); err != nil {
		return err
	}
	if !known {
		return ErrUnknownEvent
	}
	_, v := row.verdict()
	s.Revision, s.Stands, s.Accepted = -1, v.standing() != nil, inUTC(row.recorded)
	by := "an event that is itself not known"
	if source != nil && id != nil {
		by = *id + " of " + *source
	}
	switch {
	case v.winner == nil:
		s.Why = fmt.Sprintf("it has not come; %s retracts it up to revision %d", by, v.retracted)
		return nil
	case s.Stands && v.winner.retraction && v.retracted >= v.winner.revision:
		s.Why = "a retraction cannot be retracted"
	case s.Stands && v.retracted >= 0:
		s.Why = fmt.Sprintf("revision %d stands; up to %d it is retracted by %s", v.winner.revision, v.retracted, by)
	case s.Stands:
		s.Why = fmt.Sprintf("revision %d stands", v.winner.revision)
	default:
		s.Why = fmt.Sprintf("up to revision %d it is retracted by %s", v.retracted, by)
	}
	s.Revision, s.Person = v.winner.revision, v.winner.person.String()
	return nil
}

func (s *EventShown) readPlace(ctx context.Context, db DB, identity domain.EventID, _ map[string]int) error {
	rows, err := db.Query(ctx, `SELECT p.kind, p.customer, root.kind = 'reference' FROM engine.seen s JOIN engine.person p ON p.person = s.person
JOIN engine.customer c ON c.customer = p.customer JOIN engine.person root ON root.person = c.root WHERE s.identity = $1`, identity)
	if err != nil {
		return err
	}
	var customer domain.PersonID
	_, err = pgx.ForEachRow(rows, []any{&s.Kind, &customer, &s.Unresolved}, func() error {
		s.Customer = domain.FormatCustomer(customer)
		return nil
	})
	return err
}

func (s *EventShown) readRevisions(ctx context.Context, db DB, identity domain.EventID, _ map[string]int) error {
	rows, err := db.Query(ctx, `SELECT revision, count(*) FROM engine.statement WHERE identity = $1 GROUP BY revision ORDER BY revision`, identity)
	if err != nil {
		return err
	}
	var r RevisionShown
	_, err = pgx.ForEachRow(rows, []any{&r.Revision, &r.Contents}, func() error {
		r.Conflict = r.Contents > 1
		s.Revisions = append(s.Revisions, r)
		return nil
	})
	return err
}

func (s *EventShown) readProblem(ctx context.Context, db DB, identity domain.EventID, generations map[string]int) error {
	generation, ok := generations["problems"]
	if !ok {
		return nil
	}
	rows, err := db.Query(ctx, strings.ReplaceAll(`SELECT o.event FROM read.problem_event_# x
JOIN read.problem_# p ON p.customer = x.customer AND p.problem = coalesce(x.problem, (SELECT n.problem FROM read.first_named_# n WHERE n.customer = x.customer AND n.interaction = x.interaction))
JOIN read.problem_opening_# o ON o.customer = p.customer AND o.problem = p.whole WHERE x.event = $1`, "#", fmt.Sprint(generation)), identity)
	if err != nil {
		return err
	}
	var opening domain.EventID
	_, err = pgx.ForEachRow(rows, []any{&opening}, func() error {
		s.Problem = domain.FormatProblem(opening)
		return nil
	})
	return err
}

// String is the same for people, a line a thing.
func (s EventShown) String() string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-10s %s\n", name, value)
		}
	}
	line("event", s.Event)
	if s.Accepted != nil {
		line("accepted", s.Accepted.Format(time.RFC3339Nano))
	}
	line("stands", map[bool]string{true: "yes", false: "no"}[s.Stands]+": "+s.Why)
	line("kind", string(s.Kind))
	line("customer", s.Customer)
	if s.Unresolved {
		line("unresolved", "it belongs to no identified customer")
	}
	line("problem", s.Problem)
	for _, r := range s.Revisions {
		if r.Conflict {
			line("conflict", fmt.Sprintf("revision %d came with %d different contents; the first recorded stands", r.Revision, r.Contents))
		} else {
			line("revision", fmt.Sprintf("%d came", r.Revision))
		}
	}
	return b.String()
}
