package domain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Shorten cuts a text to at most so many characters, the last of them an ellipsis
// where something is missing: between words where a word ends in the second half,
// and never before a combining mark.
func Shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	if most < 1 {
		return ""
	}
	cut := most - 1
	for at := cut; at > most/2; at-- {
		if unicode.IsSpace(runes[at]) {
			cut = at
			break
		}
	}
	for cut > 0 && unicode.Is(unicode.Mn, runes[cut]) {
		cut--
	}
	return strings.TrimRightFunc(string(runes[:cut]), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:·–-(«“", r)
	}) + "…"
}

// fill puts values in the places of a phrase: names and values in turn.
func (c *composer) fill(phrase string, values ...string) string {
	for i := 0; i+1 < len(values); i += 2 {
		phrase = strings.ReplaceAll(phrase, "{"+values[i]+"}", values[i+1])
	}
	return phrase
}

func (c *composer) count(p plural, n int, values ...string) string {
	phrase := p.many
	if n == 1 {
		phrase = p.one
	}
	return c.fill(c.fill(phrase, "n", itoa(n)), values...)
}

// list fills a phrase with as many names as a line takes, and the number of those
// that it does not.
func (c *composer) list(phrase, place string, names []string) string {
	for n := len(names); n > 1; n-- {
		some := strings.Join(names[:n], ", ")
		if n < len(names) {
			some += ", +" + itoa(len(names)-n)
		}
		if line := c.fill(phrase, place, some); utf8.RuneCountInString(line) <= BriefWidth {
			return line
		}
	}
	return c.fill(phrase, place, names[0])
}

// oneLine takes out what would break a line: names and vendors' codes are free texts.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

// upperFirst begins a sentence.
func upperFirst(text string) string {
	for i, r := range text {
		return text[:i] + string(unicode.ToUpper(r)) + text[i+len(string(r)):]
	}
	return text
}

// ago says how long ago something was: in minutes and hours within six hours, else
// in days of the zone, else its date.
func (c *composer) ago(t time.Time) string {
	p, past := c.phrases, c.now.Sub(t)
	switch {
	case past < time.Minute:
		return p.justNow
	case past < time.Hour:
		return c.fill(p.minutes, "n", itoa(int(past/time.Minute)))
	case past < 6*time.Hour:
		return c.fill(p.hours, "n", itoa(int(past/time.Hour)))
	}
	switch days := c.daysSince(t); {
	case days == 0:
		return c.fill(p.hours, "n", itoa(int(past/time.Hour)))
	case days == 1:
		return p.yesterday
	case days < 14:
		return c.fill(p.days, "n", itoa(days))
	default:
		return c.fill(p.onDay, "date", c.date(t, false))
	}
}

// day says for when something was due.
func (c *composer) day(t time.Time, long bool) string {
	p := c.phrases
	switch c.daysSince(t) {
	case 0:
		return c.fill(p.at, "date", p.today, "time", c.clock(t))
	case 1:
		return c.fill(p.at, "date", p.dayBefore, "time", c.clock(t))
	}
	return c.fill(p.dueOn, "date", c.date(t, long))
}

// daysSince counts midnights of the zone between t and now.
func (c *composer) daysSince(t time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.In(c.zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(c.now).Sub(midnight(t)) / (24 * time.Hour))
}

func (c *composer) date(t time.Time, long bool) string {
	t = t.In(c.zone)
	month := c.phrases.monthsInShort[t.Month()-1]
	if long {
		month = c.phrases.months[t.Month()-1]
	}
	day := itoa(t.Day())
	if t.Day() == 1 {
		day = c.phrases.first
	}
	form := c.phrases.date
	if t.Year() != c.now.In(c.zone).Year() {
		form = c.phrases.datedYear
	}
	return c.fill(form, "day", day, "month", month, "year", itoa(t.Year()))
}

func (c *composer) clock(t time.Time) string {
	t = t.In(c.zone)
	form := c.phrases.clock
	if t.Minute() == 0 {
		form = c.phrases.fullHour
	}
	return c.fill(form, "h", itoa(t.Hour()), "m", t.Format("04"))
}

func (p *phrases) money(m Money) string {
	amount := m.Amount
	if p.decimalComma {
		amount = strings.Replace(amount, ".", ",", 1)
	}
	if m.Currency == "EUR" {
		return strings.ReplaceAll(p.euros, "{amount}", amount)
	}
	return amount + "\u00a0" + m.Currency
}

func sortSteps(steps []BriefStep) {
	slices.SortStableFunc(steps, func(a, b BriefStep) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), a.Last.At.Compare(b.Last.At), strings.Compare(a.Code, b.Code))
	})
}
