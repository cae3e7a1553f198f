package domain

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"
)

// e164 is a telephone number in E.164 ("+33612345678"), "" where text is none that
// can be called. A number counts by its length in its country's plan, not by the
// ranges in use: those grow, and a form once hashed must stay as it is.
func e164(text, region string) string {
	if !isPlain(text) {
		text = norm.NFKC.String(text)
	}
	text = strings.TrimFunc(text, unseen)
	if len(text) > 4 && strings.EqualFold(text[:4], "tel:") {
		text, _, _ = strings.Cut(text[4:], ";")
	}
	dialled := dialled(text)
	if dialled == "" {
		return ""
	}
	if number, ok := evenly(dialled, region); ok {
		return number
	}
	return planned(dialled, region)
}

// planned is the number as its country's plan has it.
func planned(dialled, region string) string {
	number := callable(dialled, region)
	// A number that would read otherwise the second time begins with digits that
	// its country does not dial.
	if number == "" || number != dialled && callable(number, region) != number {
		return ""
	}
	return number
}

func callable(text, region string) string {
	number, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsPossibleNumber(number) || isFiller(phonenumbers.GetNationalSignificantNumber(number)) {
		return ""
	}
	return phonenumbers.Format(number, phonenumbers.E164)
}

// lineNumber is the normal form of a line. A line joins customers, so that bare
// digits are a telephone number only where they are written as one is dialled: with a
// plus, or with the trunk prefix where the region has one. "145678901" may as well
// count a circuit.
func lineNumber(text, region string) string {
	number := e164(text, region)
	if number == "" {
		return solid(text)
	}
	written := dialled(strings.TrimFunc(norm.NFKC.String(text), unseen))
	trunk := phonenumbers.GetNddPrefixForRegion(region, true)
	if written != "" && written[0] != '+' && trunk != "" && !strings.HasPrefix(written, trunk) {
		return solid(text)
	}
	return number
}

// dialled is what is dialled of a written number: its digits, after a plus where
// one leads. "" where there is anything else than what stands between digits, among
// it what address books and spreadsheets put there unseen, and dashes of any length:
// the letters of vanity numbers and extensions are none.
func dialled(text string) string {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9', r == '+' && len(out) == 0:
			out = append(out, byte(r))
		case !unseen(r) && !unicode.In(r, unicode.Pd) && !strings.ContainsRune("()./\u2212", r):
			return ""
		}
	}
	return string(out)
}

// isFiller reports whether every digit is the same: what tools write when a number
// is withheld.
func isFiller(digits string) bool {
	return strings.Trim(digits, digits[:min(1, len(digits))]) == ""
}

func expectedPhone(region string) string {
	if region == "" {
		return "a telephone number with its country code, such as +33612345678"
	}
	return "a telephone number, with its country code or as dialled in " + region
}

// evenPlan is a numbering plan whose numbers are all of one length.
type evenPlan struct {
	region string
	code   string // of the country, with its plus
	trunk  string // dialled before a national number
	digits int    // after the code
}

// evenPlans spare most numbers the whole plan of their country, which takes some
// twenty microseconds to go through. They say what it says: a property test holds
// the two together.
var evenPlans = []evenPlan{
	{"FR", "+33", "0", 9},
	{"MA", "+212", "0", 9},
	{"PT", "+351", "", 9},
	{"ES", "+34", "", 9},
	{"TN", "+216", "", 8},
}

// evenly is a dialled number of an even plan; false where none of them knows it.
func evenly(dialled, region string) (string, bool) {
	for i := range evenPlans {
		p := &evenPlans[i]
		if digits, ok := strings.CutPrefix(dialled, p.code); ok {
			return dialled, p.holds(digits)
		}
		if digits, ok := strings.CutPrefix(dialled, p.trunk); ok && region == p.region && p.holds(digits) {
			return p.code + digits, true
		}
	}
	return "", false
}

// holds reports whether these are the digits of one number and nothing else: what
// begins with 0 is left to the whole plan.
func (p *evenPlan) holds(digits string) bool {
	return len(digits) == p.digits && digits[0] >= '1' && !isFiller(digits)
}
