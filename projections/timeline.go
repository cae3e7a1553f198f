package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// Timeline is the read model an agent opens first: a customer's life, newest first,
// one row per standing event, personal values still sealed. Folds are folded again
// from it.
var Timeline = Rows[TimelineRow]{
	Name: "timeline", Version: 1,
	Table: Table[TimelineRow]{
		Name: "timeline",
		Values: []Column[TimelineRow]{
			Col("person", "uuid", func(r *TimelineRow) domain.PersonID { return r.Person }),
			Col("reference", "uuid", func(r *TimelineRow) *domain.PersonID { return orNull(r.Reference) }),
			Col("time", "timestamptz", func(r *TimelineRow) time.Time { return r.Time }),
			Col("source", "text", func(r *TimelineRow) string { return r.Source }),
			Col("subject", "text", func(r *TimelineRow) string { return r.Subject }),
			Col("sequence", "int8", func(r *TimelineRow) int64 { return r.Sequence }),
			Col("id", "text", func(r *TimelineRow) string { return r.ID }),
			Col("type", "text", func(r *TimelineRow) string { return r.Type }),
			Col("vendor", "text", func(r *TimelineRow) string { return r.Vendor }),
			Col("record", "bytea", func(r *TimelineRow) []byte { return r.Record }),
		},
	},
	Row: timelineRows,
}

// TimelineRow is a standing event.
type TimelineRow struct {
	Person    domain.PersonID
	Reference domain.PersonID // zero: null
	Time      time.Time
	Source    string
	Subject   string
	Sequence  int64
	ID        string
	Type      string
	Vendor    string
	Record    []byte // as the log has it
}

func timelineRows(r *domain.Recorded) []TimelineRow {
	return []TimelineRow{{
		Person: r.Person, Reference: r.Reference, Time: r.Time, Source: r.Source, Subject: r.Subject,
		Sequence: r.Sequence, ID: r.ID, Type: r.Type, Vendor: r.Vendor(), Record: r.Raw,
	}}
}

// readTimeline reads events by a statement of (owner, record) over $1.
func readTimeline(ctx context.Context, db DB, sql string, arg any, each func(owner domain.PersonID, e lived) error) error {
	rows, err := db.Query(ctx, sql, arg)
	if err != nil {
		return fmt.Errorf("read timeline: %w", err)
	}
	var owner domain.PersonID
	var record []byte
	if _, err := pgx.ForEachRow(rows, []any{&owner, &record}, func() error {
		r, err := domain.DecodeRecord(record)
		if err != nil {
			return err
		}
		return each(owner, lived{&r, lifeOf(&r)})
	}); err != nil {
		return fmt.Errorf("read timeline: %w", err)
	}
	return nil
}
