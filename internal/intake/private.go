package intake

import (
	"strings"

	"github.com/tellonce/tellonce/domain"
)

// clearTexts are the texts of an event that stay in clear and that a tool may
// have made of a phone number or an e-mail address.
func clearTexts(e *domain.Envelope, data map[string]any, each func(pointer, text string)) {
	each("/id", e.ID)
	each("/source", e.Source)
	each("/subject", e.Subject)
	each("/data/interaction/subject", textAt(data, "interaction", "subject"))
	each("/data/problem/ticket/number", textAt(data, "problem", "ticket", "number"))
	each("/data/ticket/number", textAt(data, "ticket", "number"))
	each("/data/into/number", textAt(data, "into", "number"))
}

// textAt is the text at a path of members, "" where there is none.
func textAt(tree map[string]any, path ...string) string {
	last := len(path) - 1
	for _, name := range path[:last] {
		below, ok := tree[name].(map[string]any)
		if !ok {
			return ""
		}
		tree = below
	}
	text, _ := tree[path[last]].(string)
	return text
}

// looksPersonal says what a text looks like that should not be personal, "" where
// it looks like neither. Only whole words count: the digits inside a UUID are no
// phone number.
func looksPersonal(s string) string {
	if at := strings.IndexByte(s, '@'); at > 0 && strings.IndexByte(s[at:], '.') > 1 {
		return "an e-mail address"
	}
	for i := 0; i < len(s); {
		if !isDigit(s[i]) {
			i++
			continue
		}
		end := i
		for end < len(s) && isDigit(s[end]) {
			end++
		}
		plus := i > 0 && s[i-1] == '+'
		whole := (i == 0 || !isLetter(s[i-1])) && (end == len(s) || !isLetter(s[end]))
		if whole && phoneLike(s[i:end], plus) {
			return "a phone number"
		}
		i = end
	}
	return ""
}

// phoneLike: with its country code, or the ten digits of a national number.
func phoneLike(digits string, plus bool) bool {
	switch n := len(digits); {
	case plus:
		return n >= 8 && n <= 15
	case strings.HasPrefix(digits, "00"):
		return n >= 11 && n <= 15 && digits[2] != '0'
	default:
		return n == 10 && digits[0] == '0'
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
