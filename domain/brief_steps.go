package domain

import (
	"slices"
	"strings"
	"time"
)

// StepWord is the trying of a step, or its conclusion, as the read model keeps them.
type StepWord struct {
	Step    EventID // the event of its trying
	Word    string  // tried concluded
	At      time.Time
	Problem int // -1: none
	Code    string
	Outcome string
	By      string
}

// TriedStep is a step tried, with its conclusion where it was pending.
type TriedStep struct {
	Step    EventID
	At      time.Time
	Problem int // -1: none
	Code    string
	Outcome string // worked failed inconclusive refused pending
	By      string
	Told    time.Time // when its outcome was told
}

// Steps puts words together, one step a trying, in the order of their time.
func Steps(words []StepWord) []TriedStep {
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b StepWord) int {
		if a.Word != b.Word {
			return -strings.Compare(a.Word, b.Word) // tried before concluded
		}
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return a.Step.Compare(b.Step)
	})
	var all []TriedStep
	at := map[EventID]int{}
	for _, w := range words {
		i, known := at[w.Step]
		if !known {
			i = len(all)
			at[w.Step] = i
			all = append(all, TriedStep{Step: w.Step, At: w.At, Problem: w.Problem, Code: w.Code, By: w.By})
		}
		all[i].Outcome, all[i].Told = w.Outcome, w.At
		if w.By != "" {
			all[i].By = w.By
		}
	}
	slices.SortStableFunc(all, func(a, b TriedStep) int { return a.At.Compare(b.At) })
	return all
}

// Reset is what makes a remedy worth trying again: ResetEquipment or ResetMeasure,
// and of what.
type Reset struct {
	At   time.Time
	What string
}

// StillFailed reports whether the step, tried at some time, failed and its failure
// is valid at now: within the catalogue's validity, and nothing that resets it has
// come since. A step that the catalogue does not know stays failed.
func (c *Codes) StillFailed(s TriedStep, others []TriedStep, resets []Reset, now time.Time) bool {
	if s.Outcome != "failed" {
		return false
	}
	step := c.Steps[s.Code]
	if step.Validity > 0 && now.Sub(s.Told) >= step.Validity {
		return false
	}
	for _, by := range step.Resets {
		if code, ok := strings.CutPrefix(by, ResetStep); ok {
			if slices.ContainsFunc(others, func(o TriedStep) bool { return o.Code == code && o.Outcome == "worked" && o.Told.After(s.Told) }) {
				return false
			}
			continue
		}
		if slices.ContainsFunc(resets, func(r Reset) bool {
			return r.At.After(s.Told) && (r.What == by || strings.HasPrefix(r.What, by+":"))
		}) {
			return false
		}
	}
	return true
}
