package schema_test

import (
	"strings"
	"testing"

	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/schema"
)

func TestWhoReadsACustomer(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(told{id: "1", at: now, account: "A1", words: "hello"})
	var found struct{ Customer struct{ ID string } }
	r.must(`{ customer(by: {account: "A1"}) { ... on Customer { id } } }`, nil, &found)
	const (
		bare   = `{ customer(by: {account: "A1"}) { __typename } }`
		ground = `{ customer(by: {account: "A1"}, ground: "call i1 on the line") { __typename } }`
		blank  = `{ customer(by: {account: "A1"}, ground: "  ") { __typename } }`
	)
	node := `{ node(id: "` + found.Customer.ID + `") { id } }`
	agent := access.Viewer{Role: access.Agent, Vendor: "acme", Agent: "a-17"}
	for name, tt := range map[string]struct {
		viewer access.Viewer
		query  string
		code   schema.Code
	}{
		"quality":                    {access.Viewer{Role: access.Quality}, bare, ""},
		"admin":                      {access.Viewer{Role: access.Admin}, node, ""},
		"an agent on a ground":       {agent, ground, ""},
		"an agent on none":           {agent, bare, schema.CodeForbidden},
		"an agent on a blank":        {agent, blank, schema.CodeForbidden},
		"an agent by node":           {agent, node, schema.CodeForbidden},
		"a supervisor, until rules":  {access.Viewer{Role: access.Supervisor, Vendor: "acme"}, ground, schema.CodeForbidden},
		"a planner":                  {access.Viewer{Role: access.Planner}, ground, schema.CodeForbidden},
		"a dispatcher":               {access.Viewer{Role: access.Dispatcher}, ground, schema.CodeForbidden},
		"a vendor's quality team":    {access.Viewer{Role: access.Quality, Vendor: "acme"}, ground, schema.CodeForbidden},
		"the privacy officer":        {access.Viewer{Role: access.Privacy}, ground, schema.CodeForbidden},
		"a publisher":                {access.Viewer{Role: access.Publisher, Vendor: "acme"}, ground, schema.CodeForbidden},
		"a publisher that looks not": {access.Viewer{Role: access.Publisher, Vendor: "acme"}, `{ __typename }`, schema.CodeForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			r.traced.reset()
			s := r.ask(tt.query, nil, as(r.token(tt.viewer)))
			if s.code() != tt.code {
				t.Errorf("code %q, want %q: %s", s.code(), tt.code, s.Body)
			}
			if tt.code == "" {
				return
			}
			if strings.Contains(string(s.Body), "Customer\"") {
				t.Errorf("shows something: %s", s.Body)
			}
			for _, one := range r.traced.taken() {
				if strings.Contains(one.sql, "engine.person") {
					t.Errorf("read a customer: %s", one.sql)
				}
			}
		})
	}
	if log := r.log.String(); !strings.Contains(log, "agent=a-17") || strings.Contains(log, "on the line") {
		t.Errorf("want the agent's look in the log, without what they wrote: %s", log)
	}
}

// TestOnlyReads: whatever is done with the API's connections, nothing is written and
// nothing is read that was not granted.
func TestOnlyReads(t *testing.T) {
	r := newRig(t, noLimits)
	for name, tt := range map[string]struct{ sql, state string }{
		"a write":                        {"DELETE FROM read.timeline_1", "25006"},
		"a write that says it may":       {"WITH a AS (DELETE FROM engine.person RETURNING 1) SELECT * FROM a", "25006"},
		"a table of the cluster's":       {"SELECT * FROM pg_authid", "42501"},
		"a write after leaving readonly": {"SET TRANSACTION READ WRITE; DELETE FROM read.timeline_1", "42501"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := r.api.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Release()
			_, err = c.Conn().PgConn().Exec(t.Context(), tt.sql).ReadAll()
			if err == nil || !strings.Contains(err.Error(), tt.state) {
				t.Errorf("got %v, want SQLSTATE %s", err, tt.state)
			}
			if _, err := c.Conn().PgConn().Exec(t.Context(), "RESET ALL").ReadAll(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
