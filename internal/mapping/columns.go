package mapping

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// What a column may be read as.
const (
	asText    = "text"
	asInteger = "integer"
	asNumber  = "number"
	asBoolean = "boolean"
	asTime    = "time"
)

// column is a value of a row under a name of the mapping's own.
type column struct {
	name  string
	at    place
	nulls []string
	as    string // "": as it stands there
	clock *clock // of a time
	codes *table // nil: its own codes

	// Where it stands: in CSV by header and occurrence or by position, in JSON
	// lines at the end of a path.
	header     string
	occurrence int
	position   int
	path       *expression
}

func columnOf(m member[columnForm], doc *document, tables map[string]*table) (*column, error) {
	form := m.value
	c := &column{
		name: m.name, at: m.at, nulls: doc.Input.Nulls, as: form.As.value,
		header: form.Name.value, occurrence: form.Occurrence, position: form.Position,
	}
	if form.Nulls != nil {
		c.nulls = *form.Nulls
	}
	csv := doc.Input.Format.value == formatCSV
	if c.as == "" && csv {
		c.as = asText
	}
	if !slices.Contains([]string{"", asText, asInteger, asNumber, asBoolean, asTime}, c.as) {
		return nil, form.As.at.wrong("%q is none of text, integer, number, boolean, time", c.as)
	}
	if err := c.placed(&form, csv, doc.Input.Header == nil || *doc.Input.Header); err != nil {
		return nil, err
	}
	if form.Codes.given() {
		if c.codes = tables[form.Codes.value]; c.codes == nil {
			return nil, form.Codes.at.wrong("there is no table %q under codes", form.Codes.value)
		}
		if c.as != asText && c.as != "" {
			return nil, form.Codes.at.wrong("codes are texts; the column is read as %s", c.as)
		}
	}
	if c.as != asTime {
		for _, t := range append(form.Layout, form.Zone) {
			if t.given() {
				return nil, t.at.wrong("this is of columns with `as: time`")
			}
		}
		return c, nil
	}
	var err error
	c.clock, err = clockOf(m.at, &doc.Times, form.Layout, form.Zone)
	return c, err
}

// placed checks that the column says in one way where it stands.
func (c *column) placed(form *columnForm, csv, header bool) error {
	switch {
	case !csv && form.Path.given() == form.Name.given():
		return c.at.wrong("in JSON lines a column has either a name (a member of the row) or a path")
	case !csv && (form.Position != 0 || form.Occurrence != 0):
		return c.at.wrong("position and occurrence are of CSV")
	case csv && form.Path.given():
		return form.Path.at.wrong("a path is of JSON lines; a column of CSV has a name or a position")
	case csv && header && form.Name.given() == (form.Position > 0):
		return c.at.wrong("a column has either a name or a position")
	case csv && !header && form.Position < 1:
		return c.at.wrong("without a header line a column has a position, from 1")
	case form.Occurrence < 0 || form.Occurrence > 0 && !form.Name.given():
		return c.at.wrong("occurrence counts, from 1, columns of one name")
	}
	return nil
}

func clockOf(at place, times *timesForm, layouts texts, zone text) (*clock, error) {
	if len(layouts) == 0 {
		layouts = times.Layout
	}
	if !zone.given() {
		zone = times.Zone
	}
	c := &clock{zone: time.UTC}
	if len(layouts) == 0 {
		c.layouts = []layout{{named: layoutISO, source: layoutISO}}
	}
	zoned := len(layouts) > 0
	for _, t := range layouts {
		l, err := layoutOf(t.value)
		if err != nil {
			return nil, t.at.wrong("%v", err)
		}
		zoned = zoned && (l.zoned || l.named == layoutUnix || l.named == layoutUnixMsec)
		c.layouts = append(c.layouts, l)
	}
	if zone.given() {
		var err error
		if c.zone, err = time.LoadLocation(zone.value); err != nil || zone.value == "Local" || zone.value == "" {
			return nil, zone.at.wrong("%q is no time zone of the IANA list, such as Europe/Paris or UTC", zone.value)
		}
	} else if !zoned {
		return nil, at.wrong("its zone is nowhere stated: times.zone")
	}
	switch times.Doubled.value {
	case "first", "":
	case "second":
		c.second = true
	case "refuse":
		c.refuseDoubled = true
	default:
		return nil, times.Doubled.at.wrong("%q is none of first, second, refuse", times.Doubled.value)
	}
	switch times.Missing.value {
	case "forward", "":
	case "refuse":
		c.refuseMissing = true
	default:
		return nil, times.Missing.at.wrong("%q is none of forward, refuse", times.Missing.value)
	}
	return c, nil
}

// value turns what stands in a row into what expressions see, and notes in the
// run's coverage what it had to decide.
func (c *column) value(r *Run, raw any) (any, error) {
	s, isText := raw.(string)
	if raw == nil || isText && slices.Contains(c.nulls, s) {
		return nil, nil
	}
	if !isText {
		switch n := raw.(type) {
		case json.Number:
			s = n.String()
		case bool:
			s = strconv.FormatBool(n)
		default:
			if c.as != "" || c.codes != nil {
				return nil, fmt.Errorf("an object or a list stands there, and one value is expected")
			}
		}
	}
	if c.codes != nil {
		v, mapped, err := c.codes.code(r.vendor, s)
		if err != nil {
			return nil, err
		}
		r.Coverage.code(c.codes.name, s, mapped)
		return v, nil
	}
	switch c.as {
	case asText:
		return s, nil
	case asInteger:
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, fmt.Errorf("%q is not a whole number", s)
		}
		return n, nil
	case asNumber:
		if _, err := strconv.ParseFloat(s, 64); err != nil || !json.Valid([]byte(s)) {
			return nil, fmt.Errorf("%q is not a number", s)
		}
		return json.Number(s), nil
	case asBoolean:
		switch s {
		case "true", "True", "TRUE":
			return true, nil
		case "false", "False", "FALSE":
			return false, nil
		}
		return nil, fmt.Errorf("%q is neither true nor false", s)
	case asTime:
		told, err := c.clock.read(s)
		if err != nil {
			return nil, err
		}
		r.Coverage.told(c.name, told)
		return told, nil
	}
	return raw, nil
}
