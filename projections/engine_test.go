package projections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tellonce/tellonce/domain"
)

func TestApplyTakesUpWhereItWasLeft(t *testing.T) {
	pool := database(t)
	e := start(t, pool, 1)
	all := messages(0, records([]told{{id: "1"}, {id: "2"}, {id: "3"}}))
	apply := func(e *Engine, batch []Message) {
		t.Helper()
		if err := e.Apply(t.Context(), topic, 0, batch); err != nil {
			t.Fatal(err)
		}
	}
	apply(e, all[:2])
	apply(e, all[:2]) // the consumer's own redelivery
	apply(e, all[1:]) // overlapping
	again := New(pool, Options{Projections: withTrail})
	next, err := again.Start(t.Context(), topic, 0)
	if err != nil || next != 3 {
		t.Fatalf("got %d %v, want 3", next, err)
	}
	apply(again, all)
	mustHold(t, pool, records([]told{{id: "1"}, {id: "2"}, {id: "3"}}))
}

func TestOffsetsMayHaveHoles(t *testing.T) {
	pool := database(t)
	e := start(t, pool, 1)
	batch := []Message{{Offset: 7, Value: given(told{id: "1"}).Raw}, {Offset: 90, Value: given(told{id: "2"}).Raw}}
	if err := e.Apply(t.Context(), topic, 0, batch); err != nil {
		t.Fatal(err)
	}
	if next, err := e.Start(t.Context(), topic, 0); err != nil || next != 91 {
		t.Errorf("got %d %v, want 91", next, err)
	}
}

func TestZombieIsFenced(t *testing.T) {
	pool := database(t)
	zombie, owner := start(t, pool, 1), start(t, pool, 1)
	all := messages(0, records([]told{{id: "1"}, {id: "2"}}))
	if err := owner.Apply(t.Context(), topic, 0, all); err != nil {
		t.Fatal(err)
	}
	if err := zombie.Apply(t.Context(), topic, 0, all[:1]); !errors.Is(err, ErrFenced) {
		t.Errorf("got %v, want %v", err, ErrFenced)
	}
	if err := zombie.Apply(t.Context(), topic, 0, all[:1]); !errors.Is(err, ErrFenced) {
		t.Errorf("before it starts again: got %v, want %v", err, ErrFenced)
	}
	if next, err := zombie.Start(t.Context(), topic, 0); err != nil || next != 2 {
		t.Errorf("got %d %v, want 2", next, err)
	}
	mustHold(t, pool, records([]told{{id: "1"}, {id: "2"}}))
}

func TestApplyBeforeStartIsRefused(t *testing.T) {
	e := New(database(t), Options{})
	if err := e.Apply(t.Context(), topic, 0, messages(0, records([]told{{id: "1"}}))); !errors.Is(err, ErrFenced) {
		t.Errorf("got %v, want %v", err, ErrFenced)
	}
}

func TestTopicMadeAgainIsRefused(t *testing.T) {
	pool := database(t)
	e := start(t, pool, 2)
	for range 2 {
		if err := e.Bind(t.Context(), topic, "first"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.Start(t.Context(), topic, 2); err != nil {
		t.Fatal(err)
	}
	if err := e.Bind(t.Context(), topic, "second"); !errors.Is(err, ErrAnotherTopic) {
		t.Errorf("got %v, want %v", err, ErrAnotherTopic)
	}
}

func TestUnreadableRecordsAreSetApart(t *testing.T) {
	pool := database(t)
	e := start(t, pool, 1)
	unknown := given(told{id: "2"}).Raw
	batch := []Message{
		{Offset: 0, Value: given(told{id: "1"}).Raw},
		{Offset: 1, Value: []byte("no record")},
		{Offset: 2, Value: nil},
		{Offset: 3, Value: slices.Concat(unknown[:len(unknown)-1], []byte(`,"note":"\u0000"}`))},
		{Offset: 4, Value: given(told{id: "4", revision: 1 << 40}).Raw},
		{Offset: 5, Value: given(told{id: "3"}).Raw},
	}
	if err := e.Apply(t.Context(), topic, 0, batch); err != nil {
		t.Fatal(err)
	}
	got, err := query[int64](t.Context(), pool, "SELECT log_offset FROM engine.unreadable WHERE topic = $1 AND partition = 0 ORDER BY 1", topic)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int64{1, 2, 3, 4}; !slices.Equal(got, want) || e.Counts().Unreadable != 4 {
		t.Errorf("got %v, %d counted; want %v", got, e.Counts().Unreadable, want)
	}
	mustHold(t, pool, records([]told{{id: "1"}, {id: "3"}}))
}

func TestPanicOfAFoldIsAnError(t *testing.T) {
	pool := database(t)
	bad := trail
	bad.Step = func(trailState, *domain.Recorded, *Changes) trailState { panic("poison") }
	e := New(pool, Options{Projections: []Projection{&Timeline, &bad}})
	if _, err := e.Start(t.Context(), topic, 0); err != nil {
		t.Fatal(err)
	}
	batch := messages(0, records([]told{{id: "1"}}))
	if err := e.Apply(t.Context(), topic, 0, batch); err == nil {
		t.Error("a batch whose fold panics was applied")
	}
	mustHold(t, pool, nil)
	if err := start(t, pool, 1).Apply(t.Context(), topic, 0, batch); err != nil {
		t.Errorf("after it is mended: %v", err)
	}
}

// Eight partitions at once, whose every batch names persons and customers of the
// others for the first time: they wait for each other, start over where they must,
// and none deadlocks.
func TestPartitionsCross(t *testing.T) {
	pool := database(t)
	const partitions, batches, size = 8, 10, 20
	e := start(t, pool, partitions)
	var log [partitions][]*domain.Recorded
	var all []*domain.Recorded
	for i := range partitions * batches * size {
		p, turn := i%partitions, i/partitions
		account, line, phone := turn/7, (i*5+p)%41, (i*3)%23
		names := [...]string{
			fmt.Sprintf("account:%d line:%d", account, line),
			fmt.Sprintf("account:%d phone:%d", account, phone),
			fmt.Sprintf("phone:%d", phone),
			fmt.Sprintf("line:%d phone:%d", line+1000*account, phone),
			fmt.Sprintf("email:%d phone:%d device:%d", turn%13, phone, p),
		}[i%5]
		r := given(told{id: fmt.Sprint(i - i%11%2), at: i * 7 % 100, call: fmt.Sprint(turn / 3), names: names, typ: [...]string{"interaction.started", "step.tried"}[i%2], revision: i % 3})
		log[p], all = append(log[p], r), append(all, r)
	}
	group, ctx := errgroup.WithContext(t.Context())
	for p := range partitions {
		group.Go(func() error {
			for b := range batches {
				if err := e.Apply(ctx, topic, p, messages(int64(b*size), log[p][b*size:(b+1)*size])); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	mustHold(t, pool, all)
	t.Logf("%d batches started over %d times", partitions*batches, e.Counts().Restarts)
}

// A batch that is cut off anywhere, the commit included, is there whole or not at
// all, and Start says which.
func TestBatchCutOffIsWhole(t *testing.T) {
	pool := database(t)
	e := start(t, pool, 1)
	var all []*domain.Recorded
	for i := range 30 {
		all = append(all, given(told{id: fmt.Sprint(i), at: i * 7 % 30, call: fmt.Sprint(i / 3), names: fmt.Sprintf("account:%d phone:%d", i%7, i%5)}))
	}
	log := messages(0, all)
	cuts := 0
	for next, patience := int64(0), 200*time.Microsecond; next < int64(len(log)); {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		err := e.Apply(ctx, topic, 0, log[next:min(next+3, int64(len(log)))])
		cancel()
		if err == nil {
			patience /= 2
		} else {
			cuts++
			patience += patience/8 + time.Microsecond
		}
		if next, err = e.Start(t.Context(), topic, 0); err != nil {
			t.Fatal(err)
		}
		mustHold(t, pool, all[:next])
	}
	if cuts == 0 {
		t.Error("no batch was cut off")
	}
}
