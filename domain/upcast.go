package domain

import (
	"encoding/json"
	"fmt"
	"strings"
)

// upcaster turns the data of an old version of a type into that of a later one.
// It touches only the members it knows, so that it reads a vendor's event and a
// record of the log, whose personal members are sealed and absent, alike.
type upcaster struct {
	to string // the wire name of the later version
	// data changes the members in place.
	data func(members map[string]json.RawMessage) error
	// moved says where personal members went: JSON pointers into the data, old to
	// new. What is sealed keeps the pointer that it had when it was sealed.
	moved map[string]string
}

// upcasters are the old versions by wire name. A name is never reused, and an
// upcaster never changes once its version was in use: the log is kept for ever.
//
// To give a type a second version, name it in the catalogue in place of the first
// and add the first here. Everything behind intake knows the newest version alone.
var upcasters = map[string]upcaster{
	// The pilot's form, the worked example of this file. It said `outcome`, counted
	// milliseconds in one member and had a remark of its own.
	"interaction.ended.v0": {
		to: "interaction.ended.v1",
		data: func(m map[string]json.RawMessage) error {
			rename(m, "outcome", "end")
			rename(m, "remark", "note")
			return replace(m, "talk_ms", "talk_seconds", func(ms float64) float64 { return ms / 1000 })
		},
		moved: map[string]string{"/remark": "/note"},
	},
}

// Upcast turns the data of an old version of a type into today's, and gives today's
// wire name with it. Both come back as they are where the version is today's or the
// type unknown. Data that is not an object of the old version's members is an error.
func Upcast(name string, data []byte) (string, []byte, error) {
	old, ok := upcasters[name]
	if !ok {
		return name, data, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return "", nil, fmt.Errorf("upcast %s: %w", name, err)
	}
	for ; ok; old, ok = upcasters[name] {
		if err := old.data(members); err != nil {
			return "", nil, fmt.Errorf("upcast %s: %w", name, err)
		}
		name = old.to
	}
	if members == nil {
		return name, data, nil
	}
	data, err := json.Marshal(members)
	if err != nil {
		return "", nil, fmt.Errorf("upcast to %s: %w", name, err)
	}
	return name, data, nil
}

// UpcastPointer is where in today's data a value stands that was sealed at the
// pointer in data of the named version.
func UpcastPointer(name, pointer string) string {
	for old, ok := upcasters[name]; ok; old, ok = upcasters[old.to] {
		for from, to := range old.moved {
			if below, found := strings.CutPrefix(pointer, from); found && (below == "" || below[0] == '/') {
				pointer = to + below
				break
			}
		}
	}
	return pointer
}

// rename moves a member, where it is there, to a name that is free.
func rename(m map[string]json.RawMessage, from, to string) {
	value, ok := m[from]
	if _, taken := m[to]; !ok || taken {
		return
	}
	m[to] = value
	delete(m, from)
}

// replace reads a member, where it is there, and writes what it becomes under a new name.
func replace[T, U any](m map[string]json.RawMessage, from, to string, become func(T) U) error {
	raw, ok := m[from]
	if !ok {
		return nil
	}
	var value T
	if err := json.Unmarshal(raw, &value); err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	later, err := json.Marshal(become(value))
	if err != nil {
		return fmt.Errorf("write %s: %w", to, err)
	}
	m[to] = later
	delete(m, from)
	return nil
}
