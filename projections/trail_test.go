package projections

import (
	"encoding/json"
	"slices"

	"github.com/tellonce/tellonce/domain"
)

// The trail is a fold that shows any other order: each step's row hangs on all
// before it. It puts a row a step, drops every third, and keeps one row of which the
// last word stands.

type trailState struct {
	Steps int64
	Trail string
}

type trailRow struct {
	Step  int64
	Event domain.EventID
	Trail string
	Tags  []string
}

var trailTable = Table[trailRow]{
	Name: "trail",
	Key:  []Column[trailRow]{Col("step", "int8", func(r *trailRow) int64 { return r.Step })},
	Values: []Column[trailRow]{
		Col("event", "uuid", func(r *trailRow) domain.EventID { return r.Event }),
		Col("trail", "text", func(r *trailRow) string { return r.Trail }),
		Col("tags", "text[]", func(r *trailRow) []string { return r.Tags }),
	},
}

const trailTables = `CREATE TABLE read.trail_1 (customer uuid NOT NULL, step int8 NOT NULL, event uuid NOT NULL, trail text NOT NULL COLLATE "C", tags text[], PRIMARY KEY (customer, step));
CREATE TABLE read.trail_state_1 (customer uuid PRIMARY KEY, state bytea NOT NULL);
INSERT INTO engine.generation (projection, serving, version) VALUES ('trail', 1, 1);`

var trail = Fold[trailState]{
	Name: "trail", Version: 1, Tables: []AnyTable{&trailTable},
	Step: func(s trailState, r *domain.Recorded, out *Changes) trailState {
		id := r.Identity()
		s.Steps++
		s.Trail = domain.IdentityOf(s.Trail, id.String()).String()
		row := trailRow{Step: s.Steps, Event: id, Trail: s.Trail}
		if s.Steps%2 == 0 {
			row.Tags = []string{r.ID, `"\,{} é`, ""}
		}
		Put(out, &trailTable, row)
		if s.Steps%3 == 0 {
			Drop(out, &trailTable, trailRow{Step: s.Steps - 1})
		}
		row.Step = 0
		Put(out, &trailTable, row)
		return s
	},
	Append: func(b []byte, s *trailState) []byte {
		text, _ := json.Marshal(s) // of a number and a text: it cannot fail
		return append(b, text...)
	},
	Parse: func(b []byte) (s trailState, err error) {
		if len(b) > 0 {
			err = json.Unmarshal(b, &s)
		}
		return s, err
	},
}

var withTrail = append(slices.Clone(All), &trail)
