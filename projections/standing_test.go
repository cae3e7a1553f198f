package projections

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// What the log holds, and the rows that the timeline then has: "id words", of which
// words are a copy's content. Each also told twice, and in other orders.
func TestTimelineHasWhatStands(t *testing.T) {
	pool := database(t)
	for name, tt := range map[string]struct {
		given []told
		want  []string
	}{
		"an event": {given: []told{{id: "1", words: "a"}}, want: []string{"1 a"}},
		"a higher revision replaces a lower one": {
			given: []told{{id: "1", words: "a"}, {id: "1", words: "b", revision: 2}, {id: "1", words: "c", revision: 1}},
			want:  []string{"1 b"},
		},
		"of one revision the earliest recorded stands": {
			given: []told{{id: "1", words: "b", recorded: 2}, {id: "1", words: "a", recorded: 1}},
			want:  []string{"1 a"},
		},
		"recorded at once, the smaller digest": {
			given: []told{{id: "1", words: "first"}, {id: "1", words: "second"}},
			want:  []string{"1 " + smaller("first", "second")},
		},
		"a retraction after its event": {
			given: []told{{id: "1", words: "a"}, {id: "r", typ: "event.retracted", retracts: "1", words: "r"}},
			want:  []string{"r r"},
		},
		"a retraction before its event": {
			given: []told{{id: "r", typ: "event.retracted", retracts: "1", words: "r"}, {id: "1", words: "a"}},
			want:  []string{"r r"},
		},
		"a retraction takes back revisions up to its own": {
			given: []told{{id: "1", words: "a", revision: 1}, {id: "r", typ: "event.retracted", retracts: "1@1", words: "r"}},
			want:  []string{"r r"},
		},
		"a higher revision than the retracted one stands": {
			given: []told{{id: "1", words: "b", revision: 2}, {id: "1", words: "a", revision: 1}, {id: "r", typ: "event.retracted", retracts: "1@1", words: "r"}},
			want:  []string{"1 b", "r r"},
		},
		"a retraction cannot be retracted": {
			given: []told{{id: "1", words: "a"}, {id: "r", typ: "event.retracted", retracts: "1", words: "r"}, {id: "s", typ: "event.retracted", retracts: "r", words: "s"}},
			want:  []string{"r r", "s s"},
		},
		"a retraction holds whatever its own revisions say": {
			given: []told{
				{id: "1", words: "a"},
				{id: "2", words: "b"},
				{id: "r", typ: "event.retracted", retracts: "1", words: "r"},
				{id: "r", typ: "event.retracted", retracts: "2", words: "s", revision: 1},
			},
			want: []string{"r s"},
		},
		"a revision in another customer's life": {
			given: []told{{id: "1", words: "a", names: "account:A"}, {id: "1", words: "b", names: "account:B", revision: 1}},
			want:  []string{"1 b"},
		},
	} {
		for how, order := range map[string]func([]*domain.Recorded) []*domain.Recorded{
			"as given": func(all []*domain.Recorded) []*domain.Recorded { return all },
			"twice":    func(all []*domain.Recorded) []*domain.Recorded { return slices.Concat(all, all) },
			"shuffled": func(all []*domain.Recorded) []*domain.Recorded {
				rng := rand.New(rand.NewPCG(1, uint64(len(name))))
				rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
				return all
			},
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				empty(t, pool)
				e := start(t, pool, 1)
				for _, m := range messages(0, order(records(tt.given))) {
					if err := e.Apply(t.Context(), topic, 0, []Message{m}); err != nil {
						t.Fatal(err)
					}
				}
				got, err := query[string](t.Context(), pool, `SELECT id || ' ' || (convert_from(record, 'UTF8')::json->'data'->>'lot') FROM read.timeline_1 ORDER BY id`)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		}
	}
}

// smaller is the words whose event has the smaller digest.
func smaller(a, b string) string {
	x, y := given(told{id: "1", words: a}), given(told{id: "1", words: b})
	if string(x.Digest[:]) < string(y.Digest[:]) {
		return a
	}
	return b
}

func TestContradictionsAreListedAndCounted(t *testing.T) {
	pool := database(t)
	e := start(t, pool, 2)
	batch := messages(0, records([]told{{id: "1", words: "a"}, {id: "1", words: "a", recorded: 3}, {id: "2", words: "a"}, {id: "2", words: "b", revision: 1}}))
	if err := e.Apply(t.Context(), topic, 0, batch); err != nil {
		t.Fatal(err)
	}
	if n := e.Counts().Conflicts; n != 0 {
		t.Errorf("got %d contradictions before there is one", n)
	}
	other := messages(0, records([]told{{id: "1", words: "b"}, {id: "2", words: "b", revision: 1}}))
	if err := e.Apply(t.Context(), topic, 1, other); err != nil {
		t.Fatal(err)
	}
	if n := e.Counts().Conflicts; n != 1 {
		t.Errorf("got %d contradictions, want 1", n)
	}
	rows, err := pool.Query(t.Context(), "SELECT identity FROM engine.statement GROUP BY identity, revision HAVING count(*) > 1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[domain.EventID])
	if err != nil {
		t.Fatal(err)
	}
	if want := []domain.EventID{domain.IdentityOf(source, "1")}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
