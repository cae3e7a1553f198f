package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Role is what somebody does.
type Role string

// The roles. Agents and supervisors work at a vendor or in-house; a publisher is a
// vendor's tool; the others are the operator's, where they are of no vendor but its own.
const (
	Agent      Role = "agent"
	Supervisor Role = "supervisor"
	Quality    Role = "quality"
	Planner    Role = "planner"
	Dispatcher Role = "dispatcher"
	Privacy    Role = "privacy"
	Admin      Role = "admin"
	Publisher  Role = "publisher"
)

// Roles lists every role.
var Roles = []Role{Agent, Supervisor, Quality, Planner, Dispatcher, Privacy, Admin, Publisher}

// ErrViewer is returned for claims that make no viewer; the message says what is expected.
var ErrViewer = errors.New("token does not say who you are")

// Viewer is who asks.
type Viewer struct {
	Role     Role
	Vendor   string // the <vendor> of its sources; empty for the operator's own people
	Employer string // whom they are employed by, where that is not the vendor
	Site     string
	Country  string // of the site
	Agent    string // the agent's id at the vendor
}

// check refuses a viewer that says too little or what nobody knows.
func (v Viewer) check() error {
	switch {
	case !slices.Contains(Roles, v.Role):
		return fmt.Errorf("%w: role %q is none of %s", ErrViewer, v.Role, list(Roles))
	case strings.Contains(v.Vendor, "/"):
		return fmt.Errorf("%w: vendor %q is not the <vendor> of /vendors/<vendor>/<system>", ErrViewer, v.Vendor)
	case v.Role == Publisher && v.Vendor == "":
		return fmt.Errorf("%w: a publisher writes as its vendor, and no vendor is named", ErrViewer)
	case v.Role == Agent && v.Agent == "":
		return fmt.Errorf("%w: an agent's token names the agent (sub), and this one does not", ErrViewer)
	}
	return nil
}

func list(roles []Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}
