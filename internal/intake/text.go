package intake

import (
	"strconv"
	"unicode/utf8"
)

func (r *reader) text() (string, error) {
	r.at++
	start, ascii := r.at, true
	for ; r.at < len(r.in); r.at++ {
		switch c := r.in[r.at]; {
		case c == '"':
			raw := r.in[start:r.at]
			r.at++
			if !ascii && !utf8.Valid(raw) {
				r.refuseText("bytes that are not UTF-8", "Encode the body in UTF-8.")
				return "", nil
			}
			return interned(raw), nil
		case c == '\\', c < 0x20:
			return r.escaped(start)
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return "", r.syntax("the end of a text")
}

// escaped reads on a text that holds an escape or a control character at r.at.
func (r *reader) escaped(start int) (string, error) {
	out := append(make([]byte, 0, 2*(r.at-start)+32), r.in[start:r.at]...)
	for r.at < len(r.in) {
		c := r.in[r.at]
		r.at++
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				r.refuseText("bytes that are not UTF-8", "Encode the body in UTF-8.")
				return "", nil
			}
			return string(out), nil
		case c < 0x20:
			r.refuseText("a control character that is not escaped", "Escape control characters (\\n, \\t), and leave U+0000 out.")
		case c != '\\':
			out = append(out, c)
		default:
			var err error
			if out, err = r.escape(out); err != nil {
				return "", err
			}
		}
	}
	return "", r.syntax("the end of a text")
}

func (r *reader) escape(out []byte) ([]byte, error) {
	if r.at >= len(r.in) {
		return nil, r.syntax("an escape")
	}
	c := r.in[r.at]
	r.at++
	switch c {
	case '"', '\\', '/':
		return append(out, c), nil
	case 'b':
		return append(out, '\b'), nil
	case 'f':
		return append(out, '\f'), nil
	case 'n':
		return append(out, '\n'), nil
	case 'r':
		return append(out, '\r'), nil
	case 't':
		return append(out, '\t'), nil
	case 'u':
		return r.unicode(out)
	default:
		r.at--
		return nil, r.syntax("an escape")
	}
}

// unicode reads the digits of one \u escape, and of its second half where it is
// the first of a surrogate pair.
func (r *reader) unicode(out []byte) ([]byte, error) {
	u, err := r.hex4()
	if err != nil {
		return nil, err
	}
	switch {
	case u == 0:
		r.refuseText("U+0000", "Leave the character U+0000 out: databases and tools downstream cannot keep it.")
		return out, nil
	case u < 0xD800 || u > 0xDFFF:
		return utf8.AppendRune(out, u), nil
	case u < 0xDC00 && r.at+1 < len(r.in) && r.in[r.at] == '\\' && r.in[r.at+1] == 'u':
		before := r.at
		r.at += 2
		low, err := r.hex4()
		if err != nil {
			return nil, err
		}
		if low >= 0xDC00 && low <= 0xDFFF {
			return utf8.AppendRune(out, (u-0xD800)<<10|(low-0xDC00)+0x10000), nil
		}
		r.at = before
	}
	r.refuseText("half of a surrogate pair", "Cut texts between characters, not inside one: \\u%04x stands without its other half.", u)
	return out, nil
}

func (r *reader) hex4() (rune, error) {
	if r.at+4 > len(r.in) {
		return 0, r.syntax("four hexadecimal digits")
	}
	u, err := strconv.ParseUint(string(r.in[r.at:r.at+4]), 16, 32)
	if err != nil {
		return 0, r.syntax("four hexadecimal digits")
	}
	r.at += 4
	return rune(u), nil
}
