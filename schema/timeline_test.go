package schema_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/domain"
)

// TestTimelinePagesByFewRows: a customer with 876 persons, of whom most calls and
// tickets lie across each other. Wherever it begins, a page of 20 reads few rows.
func TestTimelinePagesByFewRows(t *testing.T) {
	r := newRig(t, noLimits)
	var life []told
	for i := range 438 {
		opened := now.Add(-time.Duration(438-i) * 20 * time.Hour)
		subject := fmt.Sprintf("INC%04d", i)
		life = append(life, told{id: subject + "/contact", subject: subject + "/contact", at: opened, account: "A1", kind: "interaction.started.v1"})
		for j := range 6 {
			life = append(life, told{
				id: fmt.Sprintf("%s/%d", subject, j), subject: subject, sequence: int64(j), account: "A1", kind: "ticket.updated.v1",
				at: opened.Add(time.Duration(j) * 53 * time.Hour).Truncate(time.Minute),
			})
		}
	}
	r.tell(life...)
	if _, err := r.owner.Exec(t.Context(), "ANALYZE read.timeline_1, engine.person, ring.person"); err != nil {
		t.Fatal(err)
	}
	after, most := "", 0
	for page := range 15 {
		variables := map[string]any{"first": 20}
		if after != "" {
			variables["after"] = after
		}
		r.traced.reset()
		var got timelineAnswer
		r.must(timelineOfA1, variables, &got)
		rows := r.rowsRead("timeline_1")
		most = max(most, rows)
		if rows > 60 {
			t.Errorf("page %d read %d rows of the timeline", page, rows)
		}
		after = got.Customer.Timeline.PageInfo.EndCursor
	}
	r.traced.reset()
	r.must(timelineOfA1, map[string]any{"last": 20}, nil)
	if rows := r.rowsRead("timeline_1"); rows > 60 {
		t.Errorf("the last page read %d rows of the timeline", rows)
	}
	t.Logf("at most %d rows for a page of 20", most)
}

// rowsRead runs the statements of the last request again and counts the rows that
// were read of a table, those that a filter threw away too. A look into an index
// alone reads no row.
func (r *rig) rowsRead(table string) int {
	r.t.Helper()
	total := 0
	for _, s := range r.traced.taken() {
		if !strings.Contains(s.sql, table) {
			continue
		}
		err := pgx.BeginFunc(r.t.Context(), r.api, func(tx pgx.Tx) error {
			var text []byte
			if err := tx.QueryRow(r.t.Context(), "EXPLAIN (ANALYZE, FORMAT JSON) "+s.sql, s.args...).Scan(&text); err != nil {
				return err
			}
			var plans []struct{ Plan planNode }
			if err := json.Unmarshal(text, &plans); err != nil {
				return err
			}
			total += plans[0].Plan.rowsOf(table)
			return nil
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return total
}

type planNode struct {
	NodeType     string     `json:"Node Type"`
	RelationName string     `json:"Relation Name"`
	Rows         float64    `json:"Actual Rows"`
	Removed      float64    `json:"Rows Removed by Filter"`
	Loops        float64    `json:"Actual Loops"`
	Plans        []planNode `json:"Plans"`
}

func (p planNode) rowsOf(table string) int {
	n := 0
	if p.RelationName == table && p.NodeType != "Index Only Scan" {
		n = int((p.Rows + p.Removed) * p.Loops)
	}
	for _, below := range p.Plans {
		n += below.rowsOf(table)
	}
	return n
}

// TestTimelinePagesAreTheLife: whatever the life, whatever the pages, from either
// end, while events are inserted in between, the pages together are the life in its
// order: nothing that was there is missed, nothing comes twice.
func TestTimelinePagesAreTheLife(t *testing.T) {
	r := newRig(t, noLimits)
	lives := 0
	rapid.Check(t, func(rt *rapid.T) {
		lives++
		account := fmt.Sprintf("L%d", lives)
		query := strings.Replace(timelineOfA1, `"A1"`, quoted(account), 1)
		n := 0
		draw := func(most int) []told {
			var events []told
			for range rapid.IntRange(0, most).Draw(rt, "events") {
				n++
				e := told{
					id: fmt.Sprintf("%s-%d", account, n), account: account, words: fmt.Sprint(n),
					source: rapid.SampledFrom([]string{"/vendors/acme/crm", "/vendors/beta/crm"}).Draw(rt, "source"),
					at:     now.Add(-time.Duration(rapid.IntRange(0, 20).Draw(rt, "hours")) * time.Hour),
				}
				if s := rapid.IntRange(0, 6).Draw(rt, "subject"); s > 0 {
					e.subject = fmt.Sprintf("%s-s%d", account, s)
					e.sequence = int64(rapid.IntRange(-1, 3).Draw(rt, "sequence"))
				}
				events = append(events, e)
			}
			r.tell(events...)
			return events
		}
		life := append([]told{{id: account + "-0", account: account, words: "0", at: now}}, draw(60)...)
		r.tell(life[0])
		before := slices.Clone(life)
		size := rapid.IntRange(1, 30).Draw(rt, "size")
		backward := rapid.Bool().Draw(rt, "from the end")
		var seen []string
		cursor := ""
		for {
			variables := map[string]any{"first": size}
			if backward {
				variables = map[string]any{"last": size}
			}
			if cursor != "" {
				variables[map[bool]string{false: "after", true: "before"}[backward]] = cursor
			}
			var got timelineAnswer
			r.must(query, variables, &got)
			p := got.Customer.Timeline
			texts := got.texts()
			more := p.PageInfo.HasNextPage
			cursor = p.PageInfo.EndCursor
			if backward {
				slices.Reverse(texts)
				more, cursor = p.PageInfo.HasPreviousPage, p.PageInfo.StartCursor
			}
			seen = append(seen, texts...)
			if !more {
				break
			}
			if rapid.IntRange(0, 3).Draw(rt, "insert") == 0 {
				life = append(life, draw(5)...)
			}
		}
		want := inOrder(life, backward)
		at := 0
		for _, text := range seen { // a part of the life as it is now, in its order
			for at < len(want) && want[at] != text {
				at++
			}
			if at == len(want) {
				rt.Fatalf("seen %v, want in the order of %v", seen, want)
			}
			at++
		}
		for _, e := range before {
			if !slices.Contains(seen, e.words) {
				rt.Fatalf("seen %v, missed %s of %v", seen, e.words, want)
			}
		}
	})
}

// inOrder are the texts of a life, the newest first, or the oldest.
func inOrder(life []told, reversed bool) []string {
	sorted := slices.Clone(life)
	key := func(e told) domain.LifeKey {
		return domain.LifeKey{Time: e.at, Source: e.source, Subject: e.subject, Sequence: e.sequence, ID: e.id}
	}
	slices.SortFunc(sorted, func(a, b told) int {
		if reversed {
			a, b = b, a
		}
		return key(b).Compare(key(a))
	})
	var texts []string
	for _, e := range sorted {
		texts = append(texts, e.words)
	}
	return texts
}
