package mapping

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func clockWith(t *testing.T, zone string, layouts ...string) *clock {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{zone: location}
	for _, pattern := range layouts {
		l, err := layoutOf(pattern)
		if err != nil {
			t.Fatal(err)
		}
		c.layouts = append(c.layouts, l)
	}
	return c
}

func TestLayouts(t *testing.T) {
	for _, tt := range []struct{ layout, written, want string }{
		{"d/M/yyyy HH:mm", "29/2/2016 01:16", "2016-02-29T01:16:00Z"},
		{"d/M/yyyy HH:mm", "3/12/2016 1:06", "2016-12-03T01:06:00Z"},
		{"d/M/yyyy HH:mm", "30/2/2016 01:16", ""},
		{"d/M/yyyy HH:mm", "29/2/2016 01:16:00", ""},
		{"yyyy-MM-dd'T'HH:mm:ss.SSS", "2016-02-29T01:16:05.123", "2016-02-29T01:16:05.123000Z"},
		{"yyyy-MM-dd HH:mm:ss XXX", "2016-02-29 01:16:05 +01:00", "2016-02-29T00:16:05Z"},
		{"yyyyMMddHHmmssXX", "20160229011605-0330", "2016-02-29T04:46:05Z"},
		{"MM/dd/yy hh:mm a", "02/29/16 01:16 PM", "2016-02-29T13:16:00Z"},
		{"EEE, d MMM yyyy", "Mon, 29 Feb 2016", "2016-02-29T00:00:00Z"},
		{"d MMMM yyyy 'at' H:mm", "9 March 2016 at 7:05", "2016-03-09T07:05:00Z"},
		{"iso8601", "2016-02-29T01:16:05.1234567+02:00", "2016-02-28T23:16:05.123456Z"},
		{"iso8601", "2016-02-29T01:16:05+0200", "2016-02-28T23:16:05Z"},
		{"iso8601", "2016-02-29 01:16:05", "2016-02-29T01:16:05Z"},
		{"iso8601", "2016-02-29", "2016-02-29T00:00:00Z"},
		{"iso8601", "29/2/2016", ""},
		{"unix", "1456708560.25", "2016-02-29T01:16:00.250000Z"},
		{"unix-milliseconds", "1456708560250", "2016-02-29T01:16:00.250000Z"},
		{"unix", "NaN", ""},
		{"unix", "1e300", ""},
	} {
		r, err := clockWith(t, "UTC", tt.layout).read(tt.written)
		got := ""
		if err == nil {
			got = textOf(r.at)
		}
		if got != tt.want {
			t.Errorf("%q as %s: %s (%v), want %s", tt.written, tt.layout, got, err, tt.want)
		}
	}
}

func TestTheFirstLayoutThatFits(t *testing.T) {
	c := clockWith(t, "UTC", "d/M/yyyy HH:mm", "d/M/yyyy")
	for written, want := range map[string]string{"1/2/2016 03:04": "2016-02-01T03:04:00Z", "1/2/2016": "2016-02-01T00:00:00Z"} {
		if r, err := c.read(written); err != nil || textOf(r.at) != want {
			t.Errorf("%s: %v, %v", written, r.at, err)
		}
	}
	if _, err := c.read("noon"); err == nil || !strings.Contains(err.Error(), "d/M/yyyy HH:mm or d/M/yyyy") {
		t.Error(err)
	}
}

// Clocks that were put back and forward: in France at the end of October and of
// March, in Morocco around Ramadan, where it is the other way round.
func TestDoubledAndMissingHours(t *testing.T) {
	for name, tt := range map[string]struct {
		zone, written string
		second        bool
		want          string
		doubled       bool
		missing       bool
	}{
		"summer":             {zone: "Europe/Paris", written: "2026-07-01 12:00", want: "2026-07-01T10:00:00Z"},
		"winter":             {zone: "Europe/Paris", written: "2026-01-01 12:00", want: "2026-01-01T11:00:00Z"},
		"doubled, the first": {zone: "Europe/Paris", written: "2026-10-25 02:30", want: "2026-10-25T00:30:00Z", doubled: true},
		"doubled, the last":  {zone: "Europe/Paris", written: "2026-10-25 02:30", second: true, want: "2026-10-25T01:30:00Z", doubled: true},
		"just before":        {zone: "Europe/Paris", written: "2026-10-25 01:59", want: "2026-10-24T23:59:00Z"},
		"just after":         {zone: "Europe/Paris", written: "2026-10-25 03:00", want: "2026-10-25T02:00:00Z"},
		"missing":            {zone: "Europe/Paris", written: "2026-03-29 02:30", want: "2026-03-29T01:30:00Z", missing: true},
		"Ramadan begins":     {zone: "Africa/Casablanca", written: "2026-02-15 02:30", want: "2026-02-15T01:30:00Z", doubled: true},
		"Ramadan":            {zone: "Africa/Casablanca", written: "2026-03-01 12:00", want: "2026-03-01T12:00:00Z"},
		"Ramadan ends":       {zone: "Africa/Casablanca", written: "2026-03-22 02:30", want: "2026-03-22T02:30:00Z", missing: true},
		"after it":           {zone: "Africa/Casablanca", written: "2026-04-01 12:00", want: "2026-04-01T11:00:00Z"},
	} {
		c := clockWith(t, tt.zone, "yyyy-MM-dd HH:mm")
		c.second = tt.second
		r, err := c.read(tt.written)
		if err != nil || textOf(r.at) != tt.want || r.doubled != tt.doubled || r.missing != tt.missing {
			t.Errorf("%s: %+v, %v, want %s", name, r, err, tt.want)
		}
	}
	refusing := clockWith(t, "Europe/Paris", "yyyy-MM-dd HH:mm")
	refusing.refuseDoubled, refusing.refuseMissing = true, true
	for _, written := range []string{"2026-10-25 02:30", "2026-03-29 02:30"} {
		if _, err := refusing.read(written); err == nil {
			t.Errorf("%s is read", written)
		}
	}
}

// Law: what a zone's clocks showed is read as that instant, or, in a doubled hour,
// as the other that showed it.
func TestClocksAreReadBack(t *testing.T) {
	const form = "2006-01-02 15:04:05"
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"Europe/Paris", "Africa/Casablanca", "Indian/Reunion", "Atlantic/Azores", "Pacific/Apia"}).Draw(t, "zone")
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(1262304000, 2208988800).Draw(t, "at"), 0).UTC()
		c := &clock{zone: location, layouts: []layout{{form: form}}, second: rapid.Bool().Draw(t, "second")}
		shown := at.In(location).Format(form)
		r, err := c.read(shown)
		if err != nil || r.missing || !r.doubled && !r.at.Equal(at) || r.at.In(location).Format(form) != shown {
			t.Fatalf("%s showed %s in %s and is read as %+v (%v)", at, shown, zone, r, err)
		}
	})
}
