package domain

import (
	"strings"
	"time"
)

// Codes are the trees of reasons and steps that an operator keeps as data. A code
// is a path of names joined by dots, so that its ancestors are its prefixes:
// "internet.slow.wifi" is a child of "internet.slow". A vendor's code that nothing
// maps is "<vendor>:<code>" and has no ancestors.
type Codes struct {
	Reasons map[string]Reason
	Steps   map[string]Step
}

// Reason is why a customer makes contact.
type Reason struct {
	Code   string
	Labels map[string]string // by BCP 47 language: "fr", "en", "pt"
	Steps  []string          // codes of the usual steps, in their usual order
}

// StepKind says what a step is for.
type StepKind string

// The kinds. Only a remedy can be redone; measures and checks are not remedies.
const (
	Remedy  StepKind = "remedy"
	Measure StepKind = "measure"
	Check   StepKind = "check"
)

// Step is a troubleshooting step.
type Step struct {
	Code   string
	Labels map[string]string
	Kind   StepKind
	// Validity is how long a failure of it stays valid; 0: until reset.
	Validity time.Duration
	// Resets name what makes it worth trying again: event types without version
	// ("equipment.changed", narrowed as "equipment.changed:box"), or codes of steps
	// that worked ("step:line.profile_reset").
	Resets []string
}

// What resets a step besides another step that worked: a change of equipment, a
// measure of the line, each followed by which in the names of resets.
const (
	ResetEquipment = "equipment.changed:"
	ResetMeasure   = "line.measured:"
	ResetStep      = "step:"
)

// Mapped reports whether the code is the catalogue's, not a vendor's own.
func Mapped(code string) bool { return code != "" && !strings.Contains(code, ":") }

// Akin reports whether two reasons may be of one problem: the same, ancestor and
// descendant, or alike in their first two levels. An unmapped code matches only itself.
func Akin(a, b string) bool {
	if a == b {
		return true
	}
	if !Mapped(a) || !Mapped(b) {
		return false
	}
	if strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".") {
		return true
	}
	return secondLevel(a) != "" && secondLevel(a) == secondLevel(b)
}

// secondLevel is the first two levels of a code, "" where it has fewer.
func secondLevel(code string) string {
	first := strings.IndexByte(code, '.')
	if first < 0 {
		return ""
	}
	if second := strings.IndexByte(code[first+1:], '.'); second >= 0 {
		return code[:first+1+second]
	}
	return code
}

// Usual are the usual steps of a reason; where it has none of its own, those of its
// nearest ancestor that has.
func (c *Codes) Usual(reason string) []string {
	for code := reason; code != ""; {
		if steps := c.Reasons[code].Steps; len(steps) > 0 {
			return steps
		}
		dot := strings.LastIndexByte(code, '.')
		if dot < 0 || !Mapped(code) {
			return nil
		}
		code = code[:dot]
	}
	return nil
}
