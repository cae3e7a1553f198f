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
	s.steps = s.room[:0]
	s.object(p, data)
	return s.taken
}

type splitter struct {
	trail
	room  [8]step
	taken map[domain.Class]map[string]any
}

func (s *splitter) take(class domain.Class, value any) {
	if s.taken == nil {
		s.taken = map[domain.Class]map[string]any{}
	}
	if s.taken[class] == nil {
		s.taken[class] = map[string]any{}
	}
	s.taken[class][s.pointer()] = value
}

func (s *splitter) object(p *plan, object map[string]any) {
	for name, value := range object {
		s.member(name)
		member := p.members[name]
		switch {
		case member == nil:
			s.take(domain.Words, value)
			delete(object, name)
		case member.class != "":
			s.personal(member.class, value)
			delete(object, name)
		default:
			s.clear(member, value)
			if left, ok := value.(map[string]any); ok && member.closed && len(left) == 0 {
				delete(object, name)
			}
		}
		s.back()
	}
}

// personal takes a value, a list item by item.
func (s *splitter) personal(class domain.Class, value any) {
	list, ok := value.([]any)
	if !ok {
		s.take(class, value)
		return
	}
	for i, item := range list {
		s.item(i)
		s.take(class, item)
		s.back()
	}
}

// clear goes on below a member that is not personal itself.
func (s *splitter) clear(p *plan, value any) {
	switch v := value.(type) {
	case map[string]any:
		s.object(p, v)
	case []any:
		if p.items == nil {
			return
		}
		for i, item := range v {
			s.item(i)
			s.clear(p.items, item)
			s.back()
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
	var u unknowns
	u.member("data")
	u.walk(p, data)
	slices.Sort(u.found)
	return u.found
}

type unknowns struct {
	trail
	found []string
}

func (u *unknowns) walk(p *plan, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, below := range v {
			u.member(name)
			if member := p.members[name]; member != nil {
				u.walk(member, below)
			} else {
				u.found = append(u.found, u.pointer())
			}
			u.back()
		}
	case []any:
		if p.items == nil {
			return
		}
		for i, item := range v {
			u.item(i)
			u.walk(p.items, item)
			u.back()
		}
	}
}
