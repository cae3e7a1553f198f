package events

import (
	"fmt"
	"strings"
)

// describe says in plain words what may stand here.
func (p *plan) describe() string {
	switch {
	case p.never:
		return "no such member: tellonce fills it in itself"
	case len(p.words) == 1:
		return p.words[0]
	case p.words != nil:
		return "one of " + strings.Join(p.words, ", ")
	case p.kinds == isString|isArray && p.items != nil:
		return p.length() + fmt.Sprintf(", or a list of 1 to %d of them", p.maxItems)
	case p.kinds == isArray && p.items != nil:
		return p.size() + ", each " + p.items.expected
	case p.kinds == isObject && len(p.required) > 0:
		return "an object with " + strings.Join(p.required, ", ")
	case p.kinds == isObject && len(p.either) > 0:
		return "an object with exactly one of " + strings.Join(p.either, ", ")
	case p.kinds == isObject:
		return "an object"
	case p.kinds == isString:
		return p.length()
	case p.kinds == isInteger:
		return "a whole number"
	case p.kinds == isNumber:
		return "a number"
	case p.kinds == isBoolean:
		return "true or false"
	default:
		return "another value"
	}
}

func (p *plan) length() string {
	switch {
	case p.maxLength == unlimited && p.minLength == 0:
		return "a text"
	case p.minLength == 0:
		return fmt.Sprintf("a text of at most %d characters", p.maxLength)
	default:
		return fmt.Sprintf("a text of %d to %d characters", p.minLength, p.maxLength)
	}
}

func (p *plan) size() string {
	if p.minItems == 0 {
		return fmt.Sprintf("a list of at most %d", p.maxItems)
	}
	return fmt.Sprintf("a list of %d to %d", p.minItems, p.maxItems)
}
