package projections

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/domain"
)

// history is what was written to the log, and one way in which it may be read.
type history struct {
	told       []told
	partitions [][]int // by partition, indexes into told in the order of offsets
	batches    [][]int // by partition, sizes of batches
	turns      []int   // which partition goes next, where they take turns
	zombie     int     // before this turn, one that read partition 0 long ago writes again; -1: never
}

func draw[T any](t *rapid.T, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(t, label)
}

// toldAtRandom is an event of few customers, calls, identifiers and moments, so that
// duplicates, revisions, contradictions, ties and merges come by themselves.
func toldAtRandom(t *rapid.T) told {
	if draw(t, "is a retraction", 0, 0, 0, 0, 0, 1) == 1 {
		return told{
			id: draw(t, "id", "r1", "r2", "r3"), typ: "event.retracted", revision: draw(t, "revision", 0, 0, 1), recorded: draw(t, "recorded", 0, 1, 2),
			names: draw(t, "names", "account:A", "account:B", "phone:P", ""), call: draw(t, "call", "", "c", "d"), at: rapid.IntRange(0, 6).Draw(t, "at"),
			retracts: draw(t, "retracts", "1", "2", "3", "4", "5", "6", "7", "8", "9", "r1", "r2") + draw(t, "up to", "", "@0", "@1", "@2"),
		}
	}
	e := told{
		id: draw(t, "id", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14"), revision: draw(t, "revision", 0, 0, 0, 1, 2),
		typ:      draw(t, "type", "step.tried", "step.tried", "interaction.started", "interaction.ended", "caller.verified", "ticket.opened", "ticket.closed", "identity.linked"),
		recorded: draw(t, "recorded", 0, 0, 1, 2), words: draw(t, "words", "", "", "", "other", "third"),
		at: rapid.IntRange(0, 6).Draw(t, "at"), seq: draw(t, "sequence", 0, 0, 1, 2), call: draw(t, "call", "", "c", "d", "e", "f"),
	}
	names := rapid.SliceOfN(rapid.SampledFrom([]string{
		"account:A", "account:A", "account:B", "account:C", "line:L", "line:M", "email:E", "email:F", "phone:P", "phone:P", "phone:Q", "device:D",
		"issued:account:A", "issued:phone:P", "issued:call:c", "issued:call:d", "agent:X",
	}), 0, 3).Draw(t, "names")
	e.names = strings.Join(names, " ")
	if group := domain.Group(e.typ); e.call == "" && (group == "interaction" || group == "caller" || group == "ticket") {
		e.call = "c"
	}
	if e.typ == "interaction.started" {
		e.continues = draw(t, "continues", "", "", "c", "d", "e", "f")
	}
	return e
}

func historyAtRandom(t *rapid.T) history {
	h := history{zombie: -1}
	for range rapid.IntRange(1, 40).Draw(t, "events") {
		e := toldAtRandom(t)
		h.told = append(h.told, e)
		if draw(t, "again", 0, 0, 0, 1) == 1 {
			h.told = append(h.told, e)
		}
	}
	n := rapid.IntRange(1, 4).Draw(t, "partitions")
	h.partitions, h.batches = make([][]int, n), make([][]int, n)
	order := make([]int, len(h.told))
	for i := range order {
		order[i] = i
	}
	for _, i := range rapid.Permutation(order).Draw(t, "order") {
		p := rapid.IntRange(0, n-1).Draw(t, "partition")
		h.partitions[p] = append(h.partitions[p], i)
	}
	for p, all := range h.partitions {
		for left := len(all); left > 0; {
			size := rapid.IntRange(1, left).Draw(t, "batch")
			h.batches[p] = append(h.batches[p], size)
			h.turns = append(h.turns, p)
			left -= size
		}
	}
	h.turns = rapid.Permutation(h.turns).Draw(t, "turns")
	if draw(t, "zombie", 0, 1) == 1 {
		h.zombie = rapid.IntRange(0, len(h.turns)).Draw(t, "zombie's turn")
	}
	return h
}

func (h *history) records() []*domain.Recorded { return records(h.told) }

// log is what each partition holds.
func (h *history) log() [][]Message {
	all := h.records()
	log := make([][]Message, len(h.partitions))
	for p, indexes := range h.partitions {
		var of []*domain.Recorded
		for _, i := range indexes {
			of = append(of, all[i])
		}
		log[p] = messages(0, of)
	}
	return log
}

// apply reads the log by the history's turns, or its partitions all at once.
func (h *history) apply(ctx context.Context, pool *pgxpool.Pool, broken broken, atOnce bool) error {
	log := h.log()
	e, zombie := New(pool, Options{Projections: withTrail}), New(pool, Options{Projections: withTrail})
	e.broken, zombie.broken = broken, broken
	for p := range log {
		if _, err := e.Start(ctx, topic, p); err != nil {
			return err
		}
	}
	if _, err := zombie.Start(ctx, topic, 0); err != nil {
		return err
	}
	next := make([]int, len(log))
	turn := func(p, batch int) error {
		size := h.batches[p][batch]
		from := next[p]
		next[p] += size
		return e.Apply(ctx, topic, p, log[p][from:from+size])
	}
	if atOnce {
		group, ctx := errgroup.WithContext(ctx)
		for p := range log {
			group.Go(func() error {
				for batch := range h.batches[p] {
					if err := turn(p, batch); err != nil {
						return err
					}
				}
				return ctx.Err()
			})
		}
		return group.Wait()
	}
	done := make([]int, len(log))
	for i, p := range append(slices.Clone(h.turns), -1) {
		if i == h.zombie && len(log[0]) > 0 && done[0] > 0 {
			if err := zombie.Apply(ctx, topic, 0, log[0][:1]); !broken.noFence && !errors.Is(err, ErrFenced) {
				return fmt.Errorf("zombie: got %w, want %w", err, ErrFenced)
			}
		}
		if p < 0 {
			break
		}
		if err := turn(p, done[p]); err != nil {
			return err
		}
		done[p]++
	}
	return nil
}

// check compares the database with the plain model, and the checkpoints with the log.
func (h *history) check(ctx context.Context, pool *pgxpool.Pool) error {
	m := modelOf(h.records())
	if err := m.check(ctx, pool); err != nil {
		return err
	}
	next, err := readNext(ctx, pool, topic)
	if err != nil {
		return err
	}
	for p := range h.partitions {
		if next[p] != int64(len(h.partitions[p])) {
			return fmt.Errorf("checkpoint of partition %d: got %d, want %d", p, next[p], len(h.partitions[p]))
		}
	}
	return nil
}

// inOrder is the same history told once, in life order, in one batch.
func (h *history) inOrder() *history {
	once := history{told: slices.Clone(h.told), zombie: -1}
	slices.SortStableFunc(once.told, func(a, b told) int {
		return given(a).Life().Compare(given(b).Life())
	})
	once.partitions, once.batches, once.turns = [][]int{{}}, [][]int{{len(once.told)}}, []int{0}
	for i := range once.told {
		once.partitions[0] = append(once.partitions[0], i)
	}
	return &once
}

// holds applies the history to an empty database and checks it against the model,
// and against the same events told in order.
func holds(t *rapid.T, tb testing.TB, pool, ordered *pgxpool.Pool, atOnce bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	h := rapid.Custom(historyAtRandom).Draw(t, "history")
	empty(tb, pool)
	empty(tb, ordered)
	if err := h.apply(ctx, pool, broken{}, atOnce); err != nil {
		t.Fatal(err)
	}
	if err := h.check(ctx, pool); err != nil {
		t.Fatal(err)
	}
	if err := h.inOrder().apply(ctx, ordered, broken{}, false); err != nil {
		t.Fatal(err)
	}
	got, want := fingerprints(ctx, t, pool), fingerprints(ctx, t, ordered)
	for _, table := range slices.Sorted(maps.Keys(want)) {
		if got[table] != want[table] {
			t.Fatalf("%s: %s; told in order: %s", table, got[table], want[table])
		}
	}
}

func fingerprints(ctx context.Context, t *rapid.T, pool *pgxpool.Pool) map[string]string {
	prints, err := Fingerprints(ctx, pool, withTrail)
	if err != nil {
		t.Fatal(err)
	}
	return prints
}

// bounded lowers the rounds where a quick run is asked for.
func bounded(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); testing.Short() && f.Value.String() == f.DefValue {
		if err := flag.Set(f.Name, "25"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set(f.Name, f.DefValue) })
	}
}

// The law: whatever the order of arrival, the batches and the partitions, the read
// models are those of the set of records. More rounds: -rapid.checks.
func TestAnyOrderComesToTheSame(t *testing.T) {
	bounded(t)
	pool, ordered := database(t), database(t)
	rapid.Check(t, func(rt *rapid.T) { holds(rt, t, pool, ordered, false) })
}

func TestPartitionsAtOnceComeToTheSame(t *testing.T) {
	bounded(t)
	pool, ordered := database(t), database(t)
	rapid.Check(t, func(rt *rapid.T) { holds(rt, t, pool, ordered, true) })
}

// A checker that cannot fail is worth nothing: each part of the engine that is
// switched off is caught by the checks above.
func TestTheLawIsCaughtBroken(t *testing.T) {
	var intact broken
	for name, broken := range map[string]broken{
		"past events are stepped as if new":     {noRefold: true},
		"ties are broken by order of arrival":   {tieByOffset: true},
		"checkpoints are set without the fence": {noFence: true},
	} {
		t.Run(name, func(t *testing.T) {
			pool := database(t)
			histories := rapid.Custom(historyAtRandom)
			for seed := range 200 {
				h := histories.Example(seed)
				empty(t, pool)
				if h.apply(t.Context(), pool, broken, false) == nil && h.check(t.Context(), pool) == nil {
					continue
				}
				empty(t, pool)
				if err := errors.Join(h.apply(t.Context(), pool, intact, false), h.check(t.Context(), pool)); err != nil {
					t.Errorf("history %d fails the whole engine too: %v", seed, err)
				}
				return
			}
			t.Error("200 histories, and nothing was seen")
		})
	}
}
