package schema

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/projections"
)

// generations say which generation of each projection serves.
type generations map[string]int

// of is a projection's; the first where nothing is known of it.
func (g generations) of(projection string) int { return max(1, g[projection]) }

// equal reports whether both name the same tables.
func (g generations) equal(other generations) bool {
	for _, names := range []generations{g, other} {
		for name := range names {
			if g.of(name) != other.of(name) {
				return false
			}
		}
	}
	return true
}

// table is the name of a projection's table in the generation that serves.
func (g generations) table(projection, table string) string {
	return "read." + table + "_" + strconv.Itoa(g.of(projection))
}

// serving is the generations as last seen. Every batch reads them again.
type serving struct{ last atomic.Pointer[generations] }

func (s *serving) get() generations {
	if g := s.last.Load(); g != nil {
		return *g
	}
	return generations{}
}

func (s *serving) set(g generations) {
	if !s.get().equal(g) {
		s.last.Store(&g)
	}
}

func (s *serving) read(ctx context.Context, db Database) error {
	rows, err := db.Query(ctx, "SELECT projection, serving FROM engine.generation")
	if err != nil {
		return fmt.Errorf("read generations: %w", err)
	}
	g := generations{}
	var name string
	var number int
	if _, err := pgx.ForEachRow(rows, []any{&name, &number}, func() error { g[name] = number; return nil }); err != nil {
		return fmt.Errorf("read generations: %w", err)
	}
	s.set(g)
	return nil
}

// asOf is how fresh an answer is.
type asOf struct {
	// Position is up to where in the log everything is in the answer, in the form of
	// Tellonce-After.
	Position string
	// RecordedTime is intake's clock at the newest event of those; zero where there
	// is none.
	RecordedTime time.Time
}

// MarshalJSON writes the time as the answers' others.
func (a asOf) MarshalJSON() ([]byte, error) {
	var at *string
	if !a.RecordedTime.IsZero() {
		text := formatTime(a.RecordedTime)
		at = &text
	}
	return json.Marshal(struct {
		Position     string  `json:"position"`
		RecordedTime *string `json:"recordedTime"`
	}{a.Position, at})
}

// asOfSQL reads the checkpoints and the generations. It comes first: on a pool that
// is not of one snapshot, what comes after is at least as fresh.
const asOfSQL = `SELECT partition, next_offset, recorded, NULL::text, NULL::int4 FROM engine.checkpoint WHERE projection = 'live' AND topic = $1
UNION ALL SELECT NULL, NULL, NULL, projection, serving FROM engine.generation`

func (r *request) asOfStatement() statement {
	return statement{
		text: func(generations) string { return asOfSQL },
		args: []any{r.topic},
		read: func(rows pgx.Rows) error {
			var after projections.After
			var newest time.Time
			seen := generations{}
			var partition, number *int
			var next *int64
			var recorded *time.Time
			var projection *string
			if _, err := pgx.ForEachRow(rows, []any{&partition, &next, &recorded, &projection, &number}, func() error {
				switch {
				case projection != nil && number != nil:
					seen[*projection] = *number
				case partition != nil && next != nil && *next > 0:
					after = append(after, projections.Position{Partition: *partition, Offset: *next - 1})
				}
				if recorded != nil && recorded.After(newest) {
					newest = *recorded
				}
				return nil
			}); err != nil {
				return err
			}
			r.generations.set(seen)
			r.batch.asOf = asOf{Position: after.String(), RecordedTime: newest}
			return nil
		},
	}
}
