package main

import (
	"strings"
	"testing"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

// A command that only looks does not change a database that is somebody else's.
func TestOnlyMigrateUpAndServeMigrateADatabaseThatIsGiven(t *testing.T) {
	settings := []string{"--dir", t.TempDir(), "--kafka-brokers", strings.Join(embeddedtest.Brokers(t), ","), "--database-url", embeddedtest.Empty(t)}
	with := func(command ...string) result { return tellonce(t, append(command, settings...)...) }
	if r := with("event", "show", "/vendors/acme/crm", "e1"); r.code != 1 || !strings.Contains(r.err, "tellonce migrate up") {
		t.Errorf("event show on an empty database: exit %d, %q; want to be told to migrate", r.code, r.err)
	}
	if r := with("migrate", "status"); r.code != 1 || !strings.Contains(r.err, "0001_ground") {
		t.Errorf("migrate status: exit %d, %q; want what is pending", r.code, r.err)
	}
	if r := with("migrate", "up"); r.code != 0 {
		t.Fatalf("migrate up: exit %d, %s", r.code, r.err)
	}
	if r := with("migrate", "status"); r.code != 0 {
		t.Errorf("migrate status after up: exit %d, %s", r.code, r.err)
	}
	if r := with("event", "show", "/vendors/acme/crm", "e1"); r.code != 1 || !strings.Contains(r.err, "no event e1") {
		t.Errorf("event show after up: exit %d, %q", r.code, r.err)
	}
}
