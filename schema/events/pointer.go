package events

import (
	"strconv"
	"strings"
)

// trail is where a walk through an event stands, from its root down.
type trail struct {
	steps []step
}

// step goes to a member or, where index is not negative, to an item.
type step struct {
	name  string
	index int
}

func (t *trail) member(name string) { t.steps = append(t.steps, step{name: name, index: -1}) }

func (t *trail) item(index int) { t.steps = append(t.steps, step{index: index}) }

// back undoes the last step.
func (t *trail) back() { t.steps = t.steps[:len(t.steps)-1] }

// pointer is the place as a JSON pointer (RFC 6901).
func (t *trail) pointer() string {
	var b strings.Builder
	for _, s := range t.steps {
		b.WriteByte('/')
		if s.index >= 0 {
			b.WriteString(strconv.Itoa(s.index))
		} else {
			b.WriteString(escaped.Replace(s.name))
		}
	}
	return b.String()
}

var escaped = strings.NewReplacer("~", "~0", "/", "~1")
