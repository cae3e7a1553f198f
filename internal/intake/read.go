package intake

import (
	"errors"
	"fmt"
)

// errSyntax is returned for what is not JSON at all. It spoils the whole body:
// where an event ends can no longer be told.
var errSyntax = errors.New("not JSON")

// reader reads JSON as RFC 8259 has it, and refuses what many readers mend in
// silence, so that the sender, the log and every fold read the same: a member
// that stands twice, U+0000, a lone surrogate, bytes that are not UTF-8. These are
// defects of one event and leave the rest of a batch readable. Objects become
// map[string]any, arrays []any, numbers json.Number in their one
// normal form.
type reader struct {
	in       []byte
	at       int
	depth    int
	maxDepth int
	path     []step
	base     int      // how much of path leads to the event
	limit    int      // where the event's text is too long to be kept, 0: nowhere
	defect   *Problem // the first one found
}

// step is one step of a JSON pointer: a member's name, or an index.
type step struct {
	name  string
	index int // -1 for a name
}

// end expects that nothing but space follows.
func (r *reader) end() error {
	r.space()
	if r.at < len(r.in) {
		return r.syntax("the end")
	}
	return nil
}

func (r *reader) value() (any, error) {
	r.space()
	if r.at >= len(r.in) {
		return nil, r.syntax("a value")
	}
	switch c := r.in[r.at]; c {
	case '{', '[':
		if r.depth == r.maxDepth {
			r.refuse(TooDeep, fmt.Sprintf("at most %d levels", r.maxDepth),
				"Flatten the event, or leave this member out: objects and arrays may be nested %d levels deep.", r.maxDepth)
			return nil, r.skip()
		}
		r.depth++
		defer func() { r.depth-- }()
		if c == '{' {
			return r.object()
		}
		return r.array()
	case '"':
		return r.text()
	case 't':
		return true, r.word("true")
	case 'f':
		return false, r.word("false")
	case 'n':
		return nil, r.word("null")
	default:
		return r.number()
	}
}

func (r *reader) object() (any, error) {
	r.at++
	members := make(map[string]any, 8)
	r.path = append(r.path, step{index: -1})
	defer func() { r.path = r.path[:len(r.path)-1] }()
	for first := true; ; first = false {
		r.space()
		if r.next('}') {
			return members, nil
		}
		if !first {
			if !r.next(',') {
				return nil, r.syntax("a comma or the object's end")
			}
			r.space()
		}
		if r.at >= len(r.in) || r.in[r.at] != '"' {
			return nil, r.syntax("a member's name")
		}
		name, err := r.text()
		if err != nil {
			return nil, err
		}
		r.path[len(r.path)-1].name = name
		if r.space(); !r.next(':') {
			return nil, r.syntax("a colon")
		}
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		if _, twice := members[name]; twice {
			r.refuse(DuplicateMember, "each member once",
				"Send the member %q once: it stands twice in one object, and readers differ on which one counts.", name)
		}
		if !r.over() {
			members[name] = v
		}
	}
}

// over reports whether the event is too long: it is read to its end, so that the
// next one can be, and not kept.
func (r *reader) over() bool { return r.limit > 0 && r.at > r.limit }

func (r *reader) array() (any, error) {
	values := []any{}
	err := r.elements(func() error {
		v, err := r.value()
		if !r.over() {
			values = append(values, v)
		}
		return err
	})
	return values, err
}

// elements calls each before every element of the array that begins here; each
// reads it.
func (r *reader) elements(each func() error) error {
	r.at++
	r.path = append(r.path, step{})
	defer func() { r.path = r.path[:len(r.path)-1] }()
	for i := 0; ; i++ {
		r.space()
		if r.next(']') {
			return nil
		}
		if i > 0 && !r.next(',') {
			return r.syntax("a comma or the array's end")
		}
		r.path[len(r.path)-1].index = i
		if err := each(); err != nil {
			return err
		}
	}
}

// skip passes over an object or array of any depth without reading it.
func (r *reader) skip() error {
	for open := 0; r.at < len(r.in); r.at++ {
		switch r.in[r.at] {
		case '{', '[':
			open++
		case '}', ']':
			if open--; open == 0 {
				r.at++
				return nil
			}
		case '"':
			if _, err := r.text(); err != nil {
				return err
			}
			r.at-- // the loop steps on
		}
	}
	return r.syntax("the end of what was opened")
}

func (r *reader) number() (any, error) {
	start := r.at
	r.next('-')
	if r.at < len(r.in) && r.in[r.at] == '0' {
		r.at++
	} else if !r.digits() {
		r.at = start
		return nil, r.syntax("a value")
	}
	if r.next('.') && !r.digits() {
		return nil, r.syntax("a digit")
	}
	if r.next('e') || r.next('E') {
		if !r.next('+') {
			r.next('-')
		}
		if !r.digits() {
			return nil, r.syntax("a digit")
		}
	}
	n, ok := normalNumber(string(r.in[start:r.at]))
	if !ok {
		r.refuse(BadData, "a number that a double can hold",
			"Send a number between -1.7e308 and 1.7e308 of at most %d digits, or a text.", maxDigits)
	}
	return n, nil
}

func (r *reader) digits() bool {
	start := r.at
	for r.at < len(r.in) && '0' <= r.in[r.at] && r.in[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}

func (r *reader) word(w string) error {
	if r.at+len(w) > len(r.in) || string(r.in[r.at:r.at+len(w)]) != w {
		return r.syntax("a value")
	}
	r.at += len(w)
	return nil
}

func (r *reader) space() {
	for r.at < len(r.in) {
		switch r.in[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *reader) next(c byte) bool {
	if r.at < len(r.in) && r.in[r.at] == c {
		r.at++
		return true
	}
	return false
}

// refuse notes a defect here, if it is the first: of a long event there may be very
// many.
func (r *reader) refuse(t ProblemType, expected, detail string, args ...any) {
	if r.defect == nil {
		r.defect = t.problem(r.pointer(), expected, detail, args...)
	}
}

func (r *reader) refuseText(what, do string, args ...any) {
	r.refuse(UnusableText, "text in UTF-8 without U+0000 and without half characters", "The text holds "+what+". "+do, args...)
}

// syntax says where the text stops being JSON.
func (r *reader) syntax(expected string) error {
	line, column := 1, 1
	for _, c := range r.in[:r.at] {
		if column++; c == '\n' {
			line, column = line+1, 1
		}
	}
	return fmt.Errorf("%w at line %d, column %d: %s expected", errSyntax, line, column, expected)
}

func (r *reader) pointer() string { return pointerOf(r.path[r.base:]) }
