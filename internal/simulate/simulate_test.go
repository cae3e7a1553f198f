package simulate

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tellonce/tellonce/domain"
)

var until = time.Date(2026, 3, 1, 18, 0, 0, 0, time.UTC)

func operatorOf(t testing.TB, customers int) *Operator {
	t.Helper()
	o, err := New(Options{Seed: 7, Customers: customers, Until: until})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestTheSameSeedGivesTheSameEvents(t *testing.T) {
	read := func() (lines [][]byte) {
		for e := range operatorOf(t, 50).Deliveries(Ordinary) {
			line, err := e.AppendJSON(nil)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		return lines
	}
	if a, b := read(), read(); !slices.EqualFunc(a, b, slices.Equal) {
		t.Fatal("two runs of one seed differ")
	}
}

func TestEveryEventIsDeliveredAndIdsAreUnique(t *testing.T) {
	o := operatorOf(t, 200)
	lived, delivered := map[string]int{}, map[string]int{}
	for e := range o.Lives() {
		lived[e.Source+" "+e.ID]++
		if e.Time.After(until) {
			t.Fatalf("%s happens after the end of the story", e.ID)
		}
	}
	twice := 0
	for e := range o.Deliveries(Ordinary) {
		delivered[e.Source+" "+e.ID]++
	}
	for id, n := range lived {
		if n > 1 {
			t.Errorf("%s stands for %d events", id, n)
		}
		if delivered[id] == 0 {
			t.Errorf("%s is never delivered", id)
		}
		if delivered[id] > 1 {
			twice++
		}
	}
	if len(lived) != len(delivered) || twice == 0 {
		t.Errorf("%d lived, %d delivered, %d of them twice; want as many, and some twice", len(lived), len(delivered), twice)
	}
}

func TestTheFourthHasCalledThreeTimesAndIsCalling(t *testing.T) {
	started := 0
	for e := range operatorOf(t, 1).Lives() {
		if _, ok := e.Data.(*domain.InteractionStarted); ok {
			started++
		}
	}
	if started != 4 {
		t.Fatalf("%d calls, want 4", started)
	}
}

func TestWaitsLengthenAfterTenInTheEvening(t *testing.T) {
	l := &life{rng: rand.New(rand.NewPCG(1, 1))}
	var day, night float64
	for range 2000 {
		day += l.wait(until).Queue
		night += l.wait(until.Add(5 * time.Hour)).Queue
	}
	if night < 3*day {
		t.Fatalf("mean wait %.0f s by day, %.0f s by night; want at least three times as long", day/2000, night/2000)
	}
}

func BenchmarkEvents(b *testing.B) {
	b.ReportAllocs()
	o := operatorOf(b, 1<<30)
	var buf []byte
	n := 0
	for e := range o.Deliveries(Ordinary) {
		var err error
		if buf, err = e.AppendJSON(buf[:0]); err != nil {
			b.Fatal(err)
		}
		if n++; n >= b.N {
			break
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
