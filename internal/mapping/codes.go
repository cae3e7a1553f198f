package mapping

import (
	"fmt"
	"slices"
)

// What becomes of a code that a table does not have.
const (
	otherwiseVendor = "vendor" // "<vendor>:<code>"; the default
	otherwiseKeep   = "keep"   // the code as it is
	otherwiseDrop   = "drop"   // null
	otherwiseRefuse = "refuse" // the row is broken
)

// table turns a tool's codes into ours.
type table struct {
	name      string
	codes     map[string]*string // nil: null
	otherwise string
}

func tableOf(name string, form *tableForm) (*table, error) {
	t := &table{name: name, otherwise: otherwiseVendor}
	if form == nil {
		return t, nil
	}
	t.codes = form.Map
	if form.Otherwise.given() {
		t.otherwise = form.Otherwise.value
		if !slices.Contains([]string{otherwiseVendor, otherwiseKeep, otherwiseDrop, otherwiseRefuse}, t.otherwise) {
			return nil, form.Otherwise.at.wrong("%q is none of vendor, keep, drop, refuse", t.otherwise)
		}
	}
	return t, nil
}

// code is our code for the tool's, nil for none, and whether the table has it.
func (t *table) code(vendor, code string) (v any, mapped bool, err error) {
	if ours, ok := t.codes[code]; ok {
		if ours == nil {
			return nil, true, nil
		}
		return *ours, true, nil
	}
	switch t.otherwise {
	case otherwiseKeep:
		return code, false, nil
	case otherwiseDrop:
		return nil, false, nil
	case otherwiseRefuse:
		return nil, false, fmt.Errorf("the table %s has no code %q", t.name, code)
	default:
		return vendor + ":" + code, false, nil
	}
}
