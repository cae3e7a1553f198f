package projections

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tellonce/tellonce/domain"
)

// model is what the engine must come to, worked out from the whole set of records by
// the plainest means.
type model struct {
	standing []*domain.Recorded
	places   map[domain.PersonID]Place
	rows     map[domain.PersonID][]trailRow // by customer
}

func modelOf(records []*domain.Recorded) model {
	verdicts := map[domain.EventID]*verdict{}
	copies := map[wording]*domain.Recorded{}
	at := func(id domain.EventID) *verdict {
		if verdicts[id] == nil {
			v := newVerdict()
			verdicts[id] = &v
		}
		return verdicts[id]
	}
	for _, r := range records {
		w := wordingOf(r)
		copies[w] = r
		at(r.Identity()).take(&w, &broken{})
		if target, revision, ok := retractionOf(r); ok {
			at(target).retract(revision, r.Identity())
		}
	}
	m := model{rows: map[domain.PersonID][]trailRow{}}
	var facts []Fact
	for _, v := range verdicts {
		if w := v.standing(); w != nil {
			m.standing = append(m.standing, copies[*w])
			facts = append(facts, FactOf(copies[*w]))
		}
	}
	m.places = Belonging(facts)
	lives := map[domain.PersonID][]lived{}
	for _, r := range m.standing {
		customer := m.places[r.Person].Customer
		lives[customer] = append(lives[customer], lived{r, lifeOf(r)})
	}
	for customer, life := range lives {
		slices.SortFunc(life, func(a, b lived) int { return a.Life().Compare(b.Life()) })
		var out Changes
		if _, err := trail.fold(nil, life, &out); err != nil {
			panic(err)
		}
		m.rows[customer] = Kept(&out, &trailTable)
	}
	return m
}

// check compares the database with the model, table by table.
func (m *model) check(ctx context.Context, pool *pgxpool.Pool) error {
	for _, compare := range []func(context.Context, *pgxpool.Pool) error{m.checkTimeline, m.checkPlaces, m.checkRows, checkLeftovers} {
		if err := compare(ctx, pool); err != nil {
			return err
		}
	}
	return nil
}

func (m *model) checkTimeline(ctx context.Context, pool *pgxpool.Pool) error {
	var want []string
	for _, r := range m.standing {
		want = append(want, fmt.Sprintf("%s %s %x", r.Identity(), r.Person, r.Raw))
	}
	got, err := query[string](ctx, pool, `SELECT replace(identity::text, '-', '') || ' ' || replace(person::text, '-', '') || ' ' || encode(record, 'hex') FROM read.timeline_1`)
	if err != nil {
		return err
	}
	return same("timeline", want, got)
}

func (m *model) checkPlaces(ctx context.Context, pool *pgxpool.Pool) error {
	var want []string
	for p, place := range m.places {
		want = append(want, fmt.Sprintf("%s in %s %t", p, place.Customer, place.Shared))
	}
	got, err := query[string](ctx, pool, `SELECT replace(person::text, '-', '') || ' in ' || replace(customer::text, '-', '') || ' ' || shared::text FROM engine.person`)
	if err != nil {
		return err
	}
	return same("belonging", want, got)
}

func (m *model) checkRows(ctx context.Context, pool *pgxpool.Pool) error {
	var want []string
	for customer, rows := range m.rows {
		for _, r := range rows {
			want = append(want, fmt.Sprintf("%s %d %s %s %q", customer, r.Step, r.Event, r.Trail, r.Tags))
		}
	}
	rows, err := pool.Query(ctx, "SELECT customer, step, event, trail, tags FROM read.trail_1")
	if err != nil {
		return err
	}
	var got []string
	var customer domain.PersonID
	var r trailRow
	if _, err := pgx.ForEachRow(rows, []any{&customer, &r.Step, &r.Event, &r.Trail, &r.Tags}, func() error {
		got = append(got, fmt.Sprintf("%s %d %s %s %q", customer, r.Step, r.Event, r.Trail, r.Tags))
		return nil
	}); err != nil {
		return err
	}
	return same("rows of the trail", want, got)
}

// checkLeftovers looks for what nothing answers for: customers without persons or the
// reverse, states of nobody, times that are not those of the timeline.
func checkLeftovers(ctx context.Context, pool *pgxpool.Pool) error {
	got, err := query[string](ctx, pool, `
SELECT 'customer without persons ' || customer FROM engine.customer c WHERE NOT EXISTS (SELECT FROM engine.person p WHERE p.customer = c.customer)
UNION ALL SELECT 'person without customer ' || person FROM engine.person p WHERE NOT EXISTS (SELECT FROM engine.customer c WHERE p.customer = c.customer)
UNION ALL SELECT 'root elsewhere ' || c.customer FROM engine.customer c JOIN engine.person p ON p.person = c.root WHERE p.customer <> c.customer
UNION ALL SELECT 'state of nobody ' || s.customer FROM read.trail_state_1 s LEFT JOIN engine.customer c USING (customer) WHERE c.last IS NULL
UNION ALL SELECT 'no state ' || c.customer FROM engine.customer c LEFT JOIN read.trail_state_1 s USING (customer) WHERE c.last IS NOT NULL AND s.customer IS NULL
UNION ALL SELECT 'times of ' || p.person FROM engine.person p LEFT JOIN (SELECT person, min(time) AS first, max(time) AS last FROM read.timeline_1 GROUP BY person) t USING (person)
  WHERE (p.first, p.last) IS DISTINCT FROM (t.first, t.last)`)
	if err != nil {
		return err
	}
	return same("leftovers", nil, got)
}

func query[T any](ctx context.Context, pool *pgxpool.Pool, sql string, args ...any) ([]T, error) {
	rows, err := pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

func same(what string, want, got []string) error {
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 && len(got) == 0 || reflect.DeepEqual(want, got) {
		return nil
	}
	var lines []string
	for _, w := range want {
		if !slices.Contains(got, w) {
			lines = append(lines, "- "+w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			lines = append(lines, "+ "+g)
		}
	}
	return fmt.Errorf("%s (-want +got):\n%s", what, strings.Join(lines, "\n"))
}

func mustHold(t testing.TB, pool *pgxpool.Pool, records []*domain.Recorded) {
	t.Helper()
	m := modelOf(records)
	if err := m.check(t.Context(), pool); err != nil {
		t.Error(err)
	}
}
