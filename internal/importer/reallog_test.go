package importer

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/tellonce/tellonce/internal/mapping"
)

// The real log lies beside the repository; it is published by the UCI Machine
// Learning Repository as "Incident management process enriched event log".
const realLog = "../../../shared/data/servicenow_incidents.zip"

func TestTheRealLogIsImported(t *testing.T) {
	if _, err := os.Stat(realLog); errors.Is(err, fs.ErrNotExist) {
		t.Logf("the log is not there: put it, zipped, at %s", realLog)
		return
	}
	source, err := os.ReadFile("../../deploy/mappings/servicenow.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Parse("servicenow.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	s := newStub(t)
	tr := newTrial(t, s, realLog)
	tr.Mapping, tr.Vendor = m, "desk"
	const rows, events = 141_712, 174_631
	if got, err := tr.run(t); err != nil || got != (Counts{Rows: rows, Mapped: rows, Events: events, Accepted: events}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, kept := s.seen(); kept != events {
		t.Errorf("%d events arrived", kept)
	}
	if got, err := tr.run(t); err != nil || got != (Counts{Rows: rows, Mapped: rows, Events: events, Duplicate: events}) {
		t.Errorf("again: %+v, %v", got, err)
	}
}
