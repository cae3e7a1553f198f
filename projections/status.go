package projections

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// State is what `project status` says; its JSON is fixed.
type State struct {
	Projections []ProjectionState `json:"projections"`
	// Unresolved is the number of references whose own events belong to no
	// identified customer: by the last standing word of each, nobody was named, or
	// only somebody whom several share.
	Unresolved   int64        `json:"unresolved"`
	UnresolvedBy UnresolvedBy `json:"unresolved_by"`
}

// UnresolvedBy says why references are unresolved; its parts add up to the whole.
type UnresolvedBy struct {
	Nobody int64 `json:"nobody"` // no event of theirs named anybody
	Shared int64 `json:"shared"` // what they named is shared by several customers
}

// ProjectionState is one projection's.
type ProjectionState struct {
	Name       string           `json:"name"`
	Generation int              `json:"generation"`
	Lag        int64            `json:"lag"` // the sum over partitions, in offsets
	Partitions []PartitionState `json:"partitions"`
	Parked     int64            `json:"parked"`
}

// PartitionState is one partition's.
type PartitionState struct {
	Partition int   `json:"partition"`
	Next      int64 `json:"next"` // first offset not applied
	End       int64 `json:"end"`  // the log's end: the offset of the next record written
	Lag       int64 `json:"lag"`  // End − Next; holes in the log count as records
}

// Status is the state of every projection over the topic; ends are the log's ends by
// partition.
func Status(ctx context.Context, db DB, topic string, ends map[int]int64) (State, error) {
	next, err := readNext(ctx, db, topic)
	if err != nil {
		return State{}, err
	}
	partitions := []PartitionState{}
	var lag int64
	for partition, end := range ends {
		p := PartitionState{Partition: partition, Next: next[partition], End: end}
		p.Lag = max(0, end-p.Next)
		lag += p.Lag
		partitions = append(partitions, p)
	}
	slices.SortFunc(partitions, func(a, b PartitionState) int { return a.Partition - b.Partition })
	rows, err := db.Query(ctx, "SELECT projection, serving FROM engine.generation ORDER BY projection")
	if err != nil {
		return State{}, fmt.Errorf("read generations: %w", err)
	}
	state := State{Projections: []ProjectionState{}}
	var name string
	var serving int
	if _, err := pgx.ForEachRow(rows, []any{&name, &serving}, func() error {
		state.Projections = append(state.Projections, ProjectionState{Name: name, Generation: serving, Lag: lag, Partitions: partitions})
		return nil
	}); err != nil {
		return State{}, fmt.Errorf("read generations: %w", err)
	}
	state.UnresolvedBy, err = countUnresolved(ctx, db)
	state.Unresolved = state.UnresolvedBy.Nobody + state.UnresolvedBy.Shared
	return state, err
}

// countUnresolved counts the references whose customer has no identifier at all:
// where it has one, its root is one, for an identifier never leans on a reference.
func countUnresolved(ctx context.Context, db DB) (UnresolvedBy, error) {
	rows, err := db.Query(ctx, `SELECT count(*) FILTER (WHERE NOT coalesce(weak.shared, false)), count(*) FILTER (WHERE weak.shared)
FROM engine.person p
JOIN engine.customer c ON c.customer = p.customer
JOIN engine.person root ON root.person = c.root
LEFT JOIN engine.person weak ON weak.person = coalesce(p.falls_back_on, p.leans_on)
WHERE p.kind = 'reference' AND p.first IS NOT NULL AND root.kind = 'reference'`)
	if err != nil {
		return UnresolvedBy{}, fmt.Errorf("count unresolved references: %w", err)
	}
	by, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (by UnresolvedBy, err error) {
		return by, row.Scan(&by.Nobody, &by.Shared)
	})
	if err != nil {
		return by, fmt.Errorf("count unresolved references: %w", err)
	}
	return by, nil
}
