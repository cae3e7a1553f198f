package events

import (
	"strconv"
	"strings"
)

// place is where a walk through an event stands: at a member, or at an item.
type place struct {
	above *place
	name  string
	item  bool
	index int
}

// pointer is the place as a JSON pointer (RFC 6901).
func (at *place) pointer() string {
	if at == nil {
		return ""
	}
	if at.item {
		return at.above.pointer() + "/" + strconv.Itoa(at.index)
	}
	return at.above.pointer() + "/" + escape(at.name)
}

// escape writes a member's name as one step of a JSON pointer.
func escape(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}
