package access

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tellonce/tellonce/domain"
)

// ErrForbidden is what every [Refusal] is.
var ErrForbidden = errors.New("not allowed")

// Refusal says why who sent an event may not write it.
type Refusal struct {
	Type string // of the event
	Why  string // and what would be allowed
}

func (r *Refusal) Error() string { return fmt.Sprintf("write %s: %v: %s", r.Type, ErrForbidden, r.Why) }

// Unwrap is ErrForbidden.
func (r *Refusal) Unwrap() error { return ErrForbidden }

// Settings are what the operator says of who writes what.
type Settings struct {
	Operator string   // the operator's own <vendor> in sources; "operator" where empty
	Facts    []string // sources, whole, that may state the operator's facts
}

// The types that clauses are about, by how their names begin.
var (
	tellonces = []string{"access.", "disclosure.", "erasure.", "retention.", "period."}
	facts     = []string{"identity.released.", "outage.", "bill.", "credit."}
	byHand    = []string{"identity.", "problem.joined.", "problem.split.", "problem.recoded."}
)

// operators are the roles of the operator's people.
var operators = []Role{Quality, Planner, Dispatcher, Privacy, Admin}

// MayPublish says whether a viewer may write an event of that source and type: nil, or
// a *Refusal. The clauses, of which the first that refuses is told:
//
//  1. What tellonce writes itself comes through no door.
//  2. Publishers write, and the operator's roles; nobody else.
//  3. A publisher writes as its own vendor, an operator's role as the operator. A
//     revision replaces an event of its own source, so this holds it too.
//  4. identity.released, outages, bills and credits come from a source that the
//     operator's settings name, whoever of clause 3 sends them.
//  5. Any other identity event, and a problem joined, split or recoded by hand, needs
//     an operator's role.
func MayPublish(v Viewer, source, typ string, s Settings) error {
	if startsWith(typ, tellonces) {
		return &Refusal{typ, "tellonce alone writes it"}
	}
	vendor, why := s.ownVendor(v)
	if why != "" {
		return &Refusal{typ, why}
	}
	if why := asVendor(vendor, source); why != "" {
		return &Refusal{typ, why}
	}
	switch {
	case startsWith(typ, facts):
		if !slices.Contains(s.Facts, source) {
			return &Refusal{typ, fmt.Sprintf("it states a fact of the operator's, and source %s is none that the operator's settings name for that", source)}
		}
	case startsWith(typ, byHand):
		if v.Role == Publisher {
			return &Refusal{typ, fmt.Sprintf("it needs a role of the operator's (%s), and you are a publisher", list(operators))}
		}
	}
	return nil
}

// MayRetract says whether a viewer may retract an event of that source: nil, or a
// *Refusal. That the retraction itself may be written is MayPublish's.
func MayRetract(v Viewer, source string, s Settings) error {
	const typ = "event.retracted.v1"
	vendor, why := s.ownVendor(v)
	if why == "" {
		why = asVendor(vendor, source)
	}
	if why != "" {
		return &Refusal{typ, why}
	}
	return nil
}

// ownVendor is whom a viewer writes as, or why they do not write.
func (s Settings) ownVendor(v Viewer) (vendor, why string) {
	operator := cmp.Or(s.Operator, "operator")
	switch {
	case v.Role == Publisher && v.Vendor != "":
		return v.Vendor, ""
	case slices.Contains(operators, v.Role) && (v.Vendor == "" || v.Vendor == operator):
		return operator, ""
	case slices.Contains(operators, v.Role):
		return "", fmt.Sprintf("role %s of vendor %s writes nothing; use a token of role %s", v.Role, v.Vendor, Publisher)
	}
	return "", fmt.Sprintf("role %s writes nothing; use a token of role %s", v.Role, Publisher)
}

// asVendor is why a vendor does not write from a source, "" where it may.
func asVendor(vendor, source string) string {
	switch named := domain.VendorOf(source); named {
	case vendor:
		return ""
	case "":
		return fmt.Sprintf("source %q is not /vendors/%s/<system>", source, vendor)
	default:
		return fmt.Sprintf("source %s is of vendor %s, and your token is of vendor %s", source, named, vendor)
	}
}

func startsWith(typ string, beginnings []string) bool {
	return slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(typ, b) })
}
