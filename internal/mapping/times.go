package mapping

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a vendor's zone must be known wherever the import runs
)

// The layouts that are named rather than written.
const (
	layoutISO      = "iso8601"
	layoutUnix     = "unix"
	layoutUnixMsec = "unix-milliseconds"
)

// clock reads the times of a tool: what they look like, which zone they are told
// in, and what is meant where that zone's clocks were put back or forward.
type clock struct {
	layouts       []layout
	zone          *time.Location
	second        bool // of a doubled hour the second is meant
	refuseDoubled bool
	refuseMissing bool
}

type layout struct {
	named  string // one of the named ones, else ""
	form   string // as package time has it
	zoned  bool   // a text of it says its own offset
	source string // as the mapping has it
}

// isoForms are tried in turn for the layout iso8601.
var isoForms = []layout{
	{form: time.RFC3339Nano, zoned: true},
	{form: "2006-01-02T15:04:05.999999999Z0700", zoned: true},
	{form: "2006-01-02 15:04:05.999999999Z07:00", zoned: true},
	{form: "2006-01-02T15:04:05.999999999"},
	{form: "2006-01-02 15:04:05.999999999"},
	{form: "2006-01-02T15:04"},
	{form: "2006-01-02 15:04"},
	{form: "2006-01-02"},
}

// patterns are the letters of a layout, the longest first: those of Unicode's
// date patterns, which Java, .NET, spreadsheets and ServiceNow share.
var patterns = []struct{ letters, form string }{
	{"yyyy", "2006"},
	{"yy", "06"},
	{"MMMM", "January"},
	{"MMM", "Jan"},
	{"MM", "01"},
	{"M", "1"},
	{"dd", "02"},
	{"d", "2"},
	{"EEEE", "Monday"},
	{"EEE", "Mon"},
	{"HH", "15"},
	{"H", "15"},
	{"hh", "03"},
	{"h", "3"},
	{"mm", "04"},
	{"m", "4"},
	{"ss", "05"},
	{"s", "5"},
	{"a", "PM"},
	{"XXX", "Z07:00"},
	{"XX", "Z0700"},
	{"X", "Z07"},
}

// layoutOf reads a layout.
func layoutOf(pattern string) (layout, error) {
	switch pattern {
	case layoutISO, layoutUnix, layoutUnixMsec:
		return layout{named: pattern, source: pattern}, nil
	}
	l := layout{source: pattern, zoned: strings.Contains(pattern, "X")}
	for rest := pattern; rest != ""; {
		if fraction := len(rest) - len(strings.TrimLeft(rest, "S")); fraction > 0 {
			l.form += strings.Repeat("0", fraction)
			rest = rest[fraction:]
			continue
		}
		if rest[0] == '\'' {
			quoted, after, ok := strings.Cut(rest[1:], "'")
			if !ok {
				return layout{}, fmt.Errorf("%q has a quote that nothing closes", pattern)
			}
			l.form += quoted
			rest = after
			continue
		}
		form, after, err := nextPattern(rest)
		if err != nil {
			return layout{}, fmt.Errorf("%q: %w", pattern, err)
		}
		l.form += form
		rest = after
	}
	return l, nil
}

func nextPattern(rest string) (form, after string, err error) {
	for _, p := range patterns {
		if strings.HasPrefix(rest, p.letters) {
			return p.form, rest[len(p.letters):], nil
		}
	}
	c := rest[0]
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
		return "", "", fmt.Errorf("%q means nothing here; yyyy MM dd HH mm ss SSS a XXX do, and iso8601, unix, unix-milliseconds; other text stands in '…'", c)
	}
	return rest[:1], rest[1:], nil
}

// reading is a time and what had to be decided to read it.
type reading struct {
	at      time.Time // UTC, whole microseconds
	doubled bool      // its hour stood twice
	missing bool      // its hour never was
}

// read reads a time by the first layout that fits.
func (c *clock) read(s string) (reading, error) {
	for i := range c.layouts {
		if r, ok, err := c.readAs(&c.layouts[i], s); ok || err != nil {
			return r, err
		}
	}
	written := make([]string, len(c.layouts))
	for i, l := range c.layouts {
		written[i] = l.source
	}
	return reading{}, fmt.Errorf("%q is not a time written as %s", s, strings.Join(written, " or "))
}

func (c *clock) readAs(l *layout, s string) (reading, bool, error) {
	switch l.named {
	case layoutUnix, layoutUnixMsec:
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || n != n || n < -1e14 || n > 1e14 {
			return reading{}, false, nil
		}
		if l.named == layoutUnixMsec {
			return reading{at: time.UnixMicro(int64(n * 1e3)).UTC()}, true, nil
		}
		return reading{at: time.UnixMicro(int64(n * 1e6)).UTC()}, true, nil
	case layoutISO:
		for i := range isoForms {
			if r, ok, err := c.readAs(&isoForms[i], s); ok || err != nil {
				return r, ok, err
			}
		}
		return reading{}, false, nil
	}
	t, err := time.Parse(l.form, s)
	if err != nil {
		return reading{}, false, nil
	}
	t = t.Truncate(time.Microsecond)
	if l.zoned || c.zone == time.UTC {
		return reading{at: t.UTC()}, true, nil
	}
	r, err := c.told(t, s)
	return r, true, err
}

// told is the instant that clocks in the zone showed as wall. Where they were put
// back, two instants did; where they were put forward, none: then the instant is
// meant at which they would have, had they not been touched.
func (c *clock) told(wall time.Time, s string) (reading, error) {
	before, first := c.shown(wall, wall.Add(-24*time.Hour))
	after, second := c.shown(wall, wall.Add(24*time.Hour))
	switch {
	case first && second && before.Equal(after):
		return reading{at: before}, nil
	case first && second:
		if c.refuseDoubled {
			return reading{}, fmt.Errorf("%q stood twice on the clocks of %s, and the mapping refuses doubled hours", s, c.zone)
		}
		if c.second {
			before = after
		}
		return reading{at: before, doubled: true}, nil
	case first:
		return reading{at: before}, nil
	case second:
		return reading{at: after}, nil
	}
	if c.refuseMissing {
		return reading{}, fmt.Errorf("%q never stood on the clocks of %s, and the mapping refuses missing hours", s, c.zone)
	}
	return reading{at: before, missing: true}, nil
}

// shown is the instant of wall by the offset in force at around, and whether
// clocks did show wall then.
func (c *clock) shown(wall, around time.Time) (time.Time, bool) {
	_, offset := around.In(c.zone).Zone()
	at := wall.Add(-time.Duration(offset) * time.Second)
	_, then := at.In(c.zone).Zone()
	return at, then == offset
}

// textOf is a time as expressions see it: so written, text order is time order.
func textOf(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000000Z")
}
