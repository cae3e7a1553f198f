package events

import (
	"slices"

	"github.com/tellonce/tellonce/domain"
)

// Split takes the personal values out of the data of an event of that type, which
// has passed Check, and gives them by class and JSON pointer into the data
// ("/words"; of a list each item, "/customer/phone/0"). What is left may stand in
// the log in clear.
//
// A member that no schema describes may hold anything: it is kept among the words.
// `customer` goes altogether, agents and assets stay without what names them, and
// the caller puts their persons there.
func Split(typ string, data map[string]any) map[domain.Class]map[string]any {
	p, ok := compiled().plans[typ]
	if !ok {
		return nil
	}
	s := splitter{}
	s.object(p, data, nil)
	return s.taken
}

type splitter struct {
	taken map[domain.Class]map[string]any
}

func (s *splitter) take(class domain.Class, at *place, value any) {
	if s.taken == nil {
		s.taken = map[domain.Class]map[string]any{}
	}
	if s.taken[class] == nil {
		s.taken[class] = map[string]any{}
	}
	s.taken[class][at.pointer()] = value
}

func (s *splitter) object(p *plan, object map[string]any, above *place) {
	for name, value := range object {
		at := place{above: above, name: name}
		member := p.members[name]
		switch {
		case member == nil:
			s.take(domain.Words, &at, value)
			delete(object, name)
		case member.class != "":
			s.personal(member.class, value, &at)
			delete(object, name)
		default:
			s.clear(member, value, &at)
			if left, ok := value.(map[string]any); ok && member.closed && len(left) == 0 {
				delete(object, name)
			}
		}
	}
}

// personal takes a value, a list item by item.
func (s *splitter) personal(class domain.Class, value any, at *place) {
	list, ok := value.([]any)
	if !ok {
		s.take(class, at, value)
		return
	}
	for i, item := range list {
		s.take(class, &place{above: at, item: true, index: i}, item)
	}
}

// clear goes on below a member that is not personal itself.
func (s *splitter) clear(p *plan, value any, at *place) {
	switch v := value.(type) {
	case map[string]any:
		s.object(p, v, at)
	case []any:
		if p.items == nil {
			return
		}
		for i, item := range v {
			s.clear(p.items, item, &place{above: at, item: true, index: i})
		}
	}
}

// Unknown gives the members that the type's schema does not describe, as JSON
// pointers into the event ("/data/mood"), in the order of their bytes. They are
// kept, and counted so that a misspelt name is noticed.
func Unknown(typ string, data map[string]any) []string {
	p, ok := compiled().plans[typ]
	if !ok {
		return nil
	}
	var found []string
	unknown(p, data, &place{name: "data"}, &found)
	slices.Sort(found)
	return found
}

func unknown(p *plan, value any, at *place, found *[]string) {
	switch v := value.(type) {
	case map[string]any:
		for name, below := range v {
			at := place{above: at, name: name}
			if member := p.members[name]; member != nil {
				unknown(member, below, &at, found)
			} else {
				*found = append(*found, at.pointer())
			}
		}
	case []any:
		if p.items == nil {
			return
		}
		for i, item := range v {
			unknown(p.items, item, &place{above: at, item: true, index: i}, found)
		}
	}
}
