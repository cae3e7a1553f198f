package projections

import (
	"fmt"
	"testing"

	"github.com/tellonce/tellonce/domain"
)

// contactOf is one call of a customer: four events, the telephone first and the
// account once the caller is verified.
func contactOf(customer, call, at int) []told {
	account, phone := fmt.Sprintf("account:%d", customer), fmt.Sprintf("phone:%d", customer)
	id := fmt.Sprintf("%d-%d", customer, call)
	return []told{
		{id: id + "a", typ: "interaction.started", at: at, call: id, names: phone},
		{id: id + "b", typ: "caller.verified", at: at + 1, call: id, names: account + " " + phone},
		{id: id + "c", typ: "step.tried", at: at + 2, call: id, names: account},
		{id: id + "d", typ: "interaction.ended", at: at + 3, call: id},
	}
}

// BenchmarkApply applies batches of MaxBatch events of 1,250 calls, the timeline and
// the fold of problems.
func BenchmarkApply(b *testing.B) {
	for name, call := range map[string]func(batch, i int) []told{
		"new customers":      func(batch, i int) []told { return contactOf(batch*1250+i, 0, 0) },
		"existing customers": func(batch, i int) []told { return contactOf(i, batch, batch*10) },
		"past events":        func(batch, i int) []told { return contactOf(i, batch, -batch*10) },
	} {
		b.Run(name, func(b *testing.B) {
			pool := database(b)
			e := New(pool, Options{})
			if _, err := e.Start(b.Context(), topic, 0); err != nil {
				b.Fatal(err)
			}
			batchOf := func(batch int) []Message {
				var all []*domain.Recorded
				for i := range 1250 {
					for _, t := range call(batch, i) {
						all = append(all, given(t))
					}
				}
				return messages(int64(batch*MaxBatch), all)
			}
			if err := e.Apply(b.Context(), topic, 0, batchOf(0)); err != nil {
				b.Fatal(err)
			}
			batch := 0
			for b.Loop() {
				batch++
				b.StopTimer()
				messages := batchOf(batch)
				b.StartTimer()
				if err := e.Apply(b.Context(), topic, 0, messages); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(MaxBatch*batch)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
