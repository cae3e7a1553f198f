package ring

import (
	"context"
	"fmt"
	"testing"

	"github.com/tellonce/tellonce/domain"
)

func identifiers(from, n int) []domain.Identifier {
	ids := make([]domain.Identifier, n)
	for i := range ids {
		ids[i] = domain.Identifier{Kind: domain.Phone, Value: fmt.Sprintf("+336%08d", from+i)}
	}
	return ids
}

func BenchmarkName100(b *testing.B) {
	pool := newPool(b)
	b.Run("in memory", func(b *testing.B) {
		r := openRing(b, pool, testKeys(b))
		ids := identifiers(0, 100)
		name(b, r, ids...)
		b.ReportAllocs()
		for b.Loop() {
			name(b, r, ids...)
		}
	})
	b.Run("in the table", func(b *testing.B) {
		r := openRing(b, pool, testKeys(b))
		ids := identifiers(0, 100)
		for b.Loop() {
			r.names.Purge()
			name(b, r, ids...)
		}
	})
	b.Run("new", func(b *testing.B) {
		r := openRing(b, pool, testKeys(b))
		from := 1000
		for b.Loop() {
			name(b, r, identifiers(from, 100)...)
			from += 100
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	r := openRing(b, newPool(b), testKeys(b))
	person := name(b, r, identifiers(0, 1)...)[0]
	e := event("e1", 0, november)
	plains := []Plain{{Person: person, Kind: domain.Phone, Class: domain.Words, JSON: words}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Seal(context.Background(), e, plains); err != nil {
			b.Fatal(err)
		}
	}
}

// A batch of intake: 100 calls, each with words and a number of their own.
func BenchmarkSealAll100NewReferences(b *testing.B) {
	r := openRing(b, newPool(b), testKeys(b))
	n := 0
	for b.Loop() {
		batch := make([]Sealing, 100)
		for i := range batch {
			n++
			batch[i] = Sealing{Event: event("e1", 0, november), Plains: []Plain{{Person: r.ReferencePerson("s", fmt.Sprint(n)), Kind: domain.Reference, Class: domain.Words, JSON: words}}}
		}
		if _, err := r.SealAll(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	pool := newPool(b)
	r := openRing(b, pool, testKeys(b))
	person := name(b, r, identifiers(0, 1)...)[0]
	e := event("e1", 0, november)
	s := seal(b, r, e, Plain{Person: person, Kind: domain.Phone, Class: domain.Words, JSON: words})[0]
	o := r.Opener(rowsOf(b, pool, person))
	b.Run("keys in memory", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := o.Open(e, s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("keys derived", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.seeds.Purge()
			r.months.Purge()
			if _, err := o.Open(e, s); err != nil {
				b.Fatal(err)
			}
		}
	})
}
