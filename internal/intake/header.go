package intake

import (
	"strings"
	"unicode/utf8"
)

// decodeHeader is the text of a ce- header, as the HTTP binding of CloudEvents 1.0
// has it (3.1.3.2): quotes are taken off, what is percent-encoded is decoded, and
// the result is UTF-8.
func decodeHeader(attribute, value string) (string, *Problem) {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = unquote(value[1 : len(value)-1])
	}
	text, ok := percentDecoded(value)
	if !ok || !utf8.ValidString(text) {
		return "", UnusableText.problem("/"+escapeToken(attribute), "UTF-8, percent-encoded",
			"Percent-encode what is not printable ASCII in the header ce-%s, byte by byte of its UTF-8.", attribute)
	}
	return text, nil
}

func unquote(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// percentDecoded decodes %XX; a per cent sign that no two hexadecimal digits
// follow stands for itself.
func percentDecoded(s string) (string, bool) {
	if !strings.Contains(s, "%") {
		return s, true
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, low := digit(s[i+1]), digit(s[i+2])
			if high >= 0 && low >= 0 {
				if high == 0 && low == 0 {
					return "", false
				}
				out = append(out, byte(high<<4|low))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out), true
}

func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	default:
		return -1
	}
}
