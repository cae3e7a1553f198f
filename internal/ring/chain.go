package ring

import (
	"time"

	"github.com/tellonce/tellonce/domain"
)

// seed is a person's: 32 random bytes from which every key of theirs derives.
type seed [32]byte

// month counts from January 2000, which is 0 and also every month before it.
type month uint16

// lastMonth is December 2199: nothing in the log is that late, and a key id that
// claims more would only cost work.
const lastMonth month = 200*12 - 1

// monthOf is the month of a time in UTC; what is later than lastMonth is lastMonth.
func monthOf(t time.Time) month {
	t = t.UTC()
	n := (t.Year()-2000)*12 + int(t.Month()) - 1
	return month(min(max(n, 0), int(lastMonth)))
}

// monthKey derives the key of a class in a month. The chain starts at January 2000
// by year and, within the year, by month:
//
//	year 2000      = HMAC(seed, "tellonce chain" 0 class)
//	next year      = HMAC(year, "next year")
//	January        = HMAC(year, "first month")
//	next month     = HMAC(month, "next month")
//	key that seals = HMAC(month, "seal")
//
// So whoever holds a month and the year after it has everything later and nothing
// earlier: what retention keeps when it moves the chain on. The sealing key is a leaf,
// so that one that leaks opens its own month only.
func (s seed) monthKey(class domain.Class, m month) [32]byte {
	root := secret(s)
	year := secret(root.mac("tellonce chain", string(class)))
	for range m / 12 {
		year = year.mac("next year")
	}
	return sealing(monthIn(year, m%12))
}

// monthIn is the chain's month, 0 for January, in the year that the key is of.
func monthIn(year secret, m month) secret {
	at := secret(year.mac("first month"))
	for range m {
		at = at.mac("next month")
	}
	return at
}

func sealing(at secret) [32]byte { return at.mac("seal") }
