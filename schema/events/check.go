package events

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Problem is one thing that is wrong with an event: where, as a JSON pointer into
// the event ("/data/outcome"), and what was expected there, in plain words. It
// never repeats a value, which may be personal.
type Problem struct {
	Pointer  string
	Expected string
}

// maxProblems is how many problems of one event are reported.
const maxProblems = 20

// Check holds the data of an event, as encoding/json reads it into an any (numbers
// as float64 or json.Number), against the schema of its type, and gives the
// problems found in the order of their pointers; none where it is right. Data that
// passes is read by domain.DecodeData without error. An old version of a type is
// upcast before it comes here.
func Check(typ string, data any) []Problem {
	p, ok := compiled().plans[typ]
	if !ok {
		return []Problem{{Pointer: "/type", Expected: expectedType(typ)}}
	}
	c := checker{}
	c.steps = c.room[:0]
	c.member("data")
	c.check(p, data)
	slices.SortFunc(c.problems, func(a, b Problem) int { return strings.Compare(a.Pointer, b.Pointer) })
	return c.problems[:min(len(c.problems), maxProblems)]
}

func expectedType(typ string) string {
	if _, ok := compiled().plans[typ+".v1"]; ok {
		return typ + ".v1: an event type carries its version"
	}
	return "an event type of the catalogue with its version, such as step.tried.v1"
}

// checker collects the problems of one event.
type checker struct {
	trail
	room     [8]step
	problems []Problem
}

func (c *checker) expect(expected string) {
	c.problems = append(c.problems, Problem{Pointer: c.pointer(), Expected: expected})
}

func (c *checker) check(p *plan, value any) {
	switch v := value.(type) {
	case nil:
		if p.never || p.kinds != 0 {
			c.expect(p.expected + "; the member is left out where there is none, null is not accepted")
		}
		return
	case map[string]any:
		if p.allows(isObject) {
			c.object(p, v)
			return
		}
	case []any:
		if p.allows(isArray) {
			c.list(p, v)
			return
		}
	case string:
		if p.allows(isString) && p.holdsText(v) {
			return
		}
	case float64:
		if p.allows(isNumber|isInteger) && p.holdsNumber(v, v == math.Trunc(v)) {
			return
		}
	case json.Number:
		n, err := strconv.ParseFloat(string(v), 64)
		_, notWhole := strconv.ParseInt(string(v), 10, 64)
		if err == nil && p.allows(isNumber|isInteger) && p.holdsNumber(n, notWhole == nil) {
			return
		}
	case bool:
		if p.allows(isBoolean) {
			return
		}
	}
	c.expect(p.expected)
}

func (p *plan) allows(k kind) bool { return !p.never && (p.kinds == 0 || p.kinds&k != 0) }

func (c *checker) object(p *plan, object map[string]any) {
	for _, name := range p.required {
		if _, ok := object[name]; !ok {
			c.member(name)
			c.expect("required: " + p.members[name].expected)
			c.back()
		}
	}
	if len(p.either) > 0 {
		stated := 0
		for _, name := range p.either {
			if _, ok := object[name]; ok {
				stated++
			}
		}
		if stated != 1 {
			c.expect(p.expected)
		}
	}
	for name, value := range object {
		c.member(name)
		member, known := p.members[name]
		switch {
		case known:
			c.check(member, value)
		case p.closed:
			c.expect("no such member: one of " + strings.Join(p.names(), ", "))
		default:
			if meant, ok := p.nearly(name); ok {
				c.expect("the member's name is " + meant)
			}
		}
		c.back()
	}
}

func (c *checker) list(p *plan, list []any) {
	if len(list) < p.minItems || len(list) > p.maxItems {
		c.expect(p.expected)
		return
	}
	if p.items == nil {
		return
	}
	for i, value := range list {
		c.item(i)
		c.check(p.items, value)
		c.back()
	}
}

// holdsText reports whether a text is what the plan asks for.
func (p *plan) holdsText(s string) bool {
	if p.words != nil {
		return slices.Contains(p.words, s)
	}
	if len(s) < p.minLength || len(s) > p.maxLength && utf8.RuneCountInString(s) > p.maxLength {
		return false
	}
	if p.pattern != nil && !p.pattern.MatchString(s) {
		return false
	}
	switch p.format {
	case "date-time":
		var t time.Time // as encoding/json will read it
		return t.UnmarshalText([]byte(s)) == nil
	case "date":
		_, err := time.Parse(time.DateOnly, s)
		return err == nil
	}
	return true
}

// holdsNumber reports whether a number is what the plan asks for. A whole number
// is written as one: encoding/json reads no 3.0 into an int.
func (p *plan) holdsNumber(n float64, whole bool) bool {
	if p.kinds != 0 && p.kinds&isNumber == 0 && !whole {
		return false
	}
	return n >= p.minimum && n <= p.maximum
}

// names are the members in the order of their bytes.
func (p *plan) names() []string {
	names := make([]string, 0, len(p.members))
	for name := range p.members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// nearly is the member that an unknown name differs from in case alone:
// encoding/json would read the one as the other.
func (p *plan) nearly(name string) (string, bool) {
	for known := range p.members {
		if strings.EqualFold(known, name) {
			return known, true
		}
	}
	return "", false
}
