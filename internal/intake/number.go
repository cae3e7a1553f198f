package intake

import (
	"encoding/json"
	"strconv"
	"strings"
)

// maxDigits bounds the text of a number.
const maxDigits = 64

// normalNumber is the one text of a JSON number: no exponent where the plain form
// is short, no zero that says nothing. So 1, 1.0 and 10e-1 are one number in the
// digest, and whole numbers decode as integers. It is false for what no double
// can hold.
func normalNumber(text string) (json.Number, bool) {
	if len(text) > maxDigits {
		return "0", false
	}
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return "0", true
		}
		return json.Number(text), true
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return "0", false
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	point := len(whole)
	if exponent != "" {
		e, err := strconv.Atoi(exponent)
		if err != nil {
			return "0", false
		}
		point += e
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	point -= len(whole+fraction) - len(digits)
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return "0", true
	}
	out := plain(digits, point)
	if negative {
		out = "-" + out
	}
	return json.Number(out), true
}

// plain writes 0.<digits> × 10^point, digits without zeros at either end.
func plain(digits string, point int) string {
	switch {
	case point > 21 || point < -5:
		if len(digits) > 1 {
			digits = digits[:1] + "." + digits[1:]
		}
		return digits + "e" + strconv.Itoa(point-1)
	case point <= 0:
		return "0." + strings.Repeat("0", -point) + digits
	case len(digits) <= point:
		return digits + strings.Repeat("0", point-len(digits))
	default:
		return digits[:point] + "." + digits[point:]
	}
}
