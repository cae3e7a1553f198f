package simulate

import (
	"iter"
	"math/rand/v2"
	"slices"
	"time"
)

// Delivery says how events reach intake: the shares that come late, twice and out
// of order, each between 0 and 1.
type Delivery struct {
	Late      float64 // delivered up to three days after its time
	Twice     float64 // delivered again, within a day
	Shuffled  float64 // delivered up to a minute after its time
	Customers int     // how many lives are held in memory at once; 2,000 where 0
}

// Ordinary is the delivery of a decent day.
var Ordinary = Delivery{Late: 0.02, Twice: 0.01, Shuffled: 0.1}

// Deliveries gives the events in the order in which they reach intake, some of them
// twice: customers in cohorts, each cohort by the time of delivery.
func (o *Operator) Deliveries(d Delivery) iter.Seq[Event] {
	cohort := d.Customers
	if cohort <= 0 {
		cohort = 2000
	}
	return func(yield func(Event) bool) {
		rng := rand.New(rand.NewPCG(o.opts.Seed, 1<<63)) //nolint:gosec // a simulation, seeded on purpose
		type delivered struct {
			at time.Time
			e  Event
		}
		for from := 0; from < o.opts.Customers; from += cohort {
			var batch []delivered
			for i := from; i < min(from+cohort, o.opts.Customers); i++ {
				for _, e := range o.life(i) {
					batch = append(batch, delivered{d.delayed(rng, e.Time), e})
					if rng.Float64() < d.Twice {
						batch = append(batch, delivered{e.Time.Add(time.Duration(rng.Int64N(int64(24 * time.Hour)))), e})
					}
				}
			}
			slices.SortStableFunc(batch, func(a, b delivered) int { return a.at.Compare(b.at) })
			for i := range batch {
				if !yield(batch[i].e) {
					return
				}
			}
		}
	}
}

func (d Delivery) delayed(rng *rand.Rand, at time.Time) time.Time {
	switch {
	case rng.Float64() < d.Late:
		return at.Add(time.Duration(rng.Int64N(int64(72 * time.Hour))))
	case rng.Float64() < d.Shuffled:
		return at.Add(time.Duration(rng.Int64N(int64(time.Minute))))
	}
	return at
}
