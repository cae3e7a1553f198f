package ring

import (
	"encoding/hex"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/domain"
)

// countingSeed is 00 01 02 … 1f.
func countingSeed() (s seed) {
	for i := range s {
		s[i] = byte(i)
	}
	return s
}

// The wanted keys were computed by a program that shares nothing with this package
// but the formulas in chain.go.
func TestMonthKeyKnownAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		class domain.Class
		month month
		want  string
	}{
		"the first month":         {domain.Words, 0, "f5d94dfdaa735f53496df73ba1c745cdfeda0fbcd0f1f0007ab065618c864236"},
		"the second":              {domain.Words, 1, "252e6f1d6d5177dd148b43ec2ce99193db0cd0e2ea9e32d36209ce23527549d6"},
		"the last of a year":      {domain.Words, 11, "21085faf31e625550b65064cba7a2260c290e27dfdd4160891059f790f5d320f"},
		"the first of the next":   {domain.Words, 12, "9266279cf60803fad1d0def4a770440a011ed6c33664d5ff4f116787f2c20208"},
		"January 2026":            {domain.Words, 26 * 12, "cf8b432a2565d3b49de6119201688a659805a1012ae3d9478fa17afac94b3655"},
		"November 2026":           {domain.Words, 26*12 + 10, "8561d64941d18a8753f92e7fcc4762229ee33866f29f53ffd25d752dc546089d"},
		"November 2026, for bank": {domain.Bank, 26*12 + 10, "cb894886303a2b0a88fa56c9ef1636a9180dcb94d5355c5b496180ba4b035ee0"},
		"the last month":          {domain.IdentifierCls, lastMonth, "058ee3e824ccb07e48bf407eb8088ee6036655138bece3df50a4c13f3d8fed14"},
	} {
		t.Run(name, func(t *testing.T) {
			key := countingSeed().monthKey(tt.class, tt.month)
			if got := hex.EncodeToString(key[:]); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestMonthOf(t *testing.T) {
	paris := time.FixedZone("CET", 3600)
	for name, tt := range map[string]struct {
		at   time.Time
		want month
	}{
		"January 2000":                  {time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), 0},
		"the end of January 2000":       {time.Date(2000, 1, 31, 23, 59, 59, 999999000, time.UTC), 0},
		"February 2000":                 {time.Date(2000, 2, 1, 0, 0, 0, 0, time.UTC), 1},
		"the century before":            {time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC), 0},
		"the epoch":                     {time.Unix(0, 0), 0},
		"in UTC, not where it happened": {time.Date(2026, 11, 1, 0, 30, 0, 0, paris), 26*12 + 9},
		"November 2026":                 {time.Date(2026, 11, 1, 1, 0, 0, 0, paris), 26*12 + 10},
		"the last":                      {time.Date(2199, 12, 31, 0, 0, 0, 0, time.UTC), lastMonth},
		"later than the last":           {time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC), lastMonth},
	} {
		t.Run(name, func(t *testing.T) {
			if got := monthOf(tt.at); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// What retention keeps of a class that it moved on to a month is that month's place in
// the chain and the year after: from these, and not the seed, comes every later key.
func TestChainMovedOnGivesEveryLaterKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := seed(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		from := month(rapid.IntRange(0, 400).Draw(t, "moved on to"))
		later := from + month(rapid.IntRange(0, 400).Draw(t, "months later"))

		root := secret(s)
		year := secret(root.mac("tellonce chain", string(domain.Words)))
		for range from / 12 {
			year = year.mac("next year")
		}
		at, next := monthIn(year, from%12), secret(year.mac("next year")) // all that is kept

		var got [32]byte
		if later/12 == from/12 {
			for range later - from {
				at = at.mac("next month")
			}
			got = sealing(at)
		} else {
			for range later/12 - from/12 - 1 {
				next = next.mac("next year")
			}
			got = sealing(monthIn(next, later%12))
		}
		if want := s.monthKey(domain.Words, later); got != want {
			t.Fatalf("key of month %d from month %d: got %x, want %x", later, from, got, want)
		}
	})
}

func TestNoTwoKeysAreAlike(t *testing.T) {
	s := countingSeed()
	seen := map[[32]byte]string{}
	for _, class := range []domain.Class{domain.Words, domain.IdentifierCls, domain.Place, domain.Bank, domain.Staff} {
		for m := range month(40) {
			key := s.monthKey(class, m)
			if other, ok := seen[key]; ok {
				t.Fatalf("%s of month %d has the key of %s", class, m, other)
			}
			seen[key] = string(class)
		}
	}
}
