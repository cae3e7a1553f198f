package importer

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/tellonce/tellonce/internal/mapping"
)

// The real log lies beside the repository; it is published by the UCI Machine
// Learning Repository as "Incident management process enriched event log".
const realLog = "../../../shared/data/servicenow_incidents.zip"

// The whole of it is mapped in package mapping; here its first rows travel.
func TestTheRealLogIsImported(t *testing.T) {
	const rows, events = 15_000, 17_471
	file, err := firstLines(realLog, 1+rows)
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("the log is not there: put it, zipped, at %s", realLog)
		return
	}
	if err != nil {
		t.Fatal(err)
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
	tr := newTrial(t, s, written(t, "log.zip", zipped(t, file)))
	tr.Mapping, tr.Vendor = m, "desk"
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

func firstLines(archive string, n int) ([]byte, error) {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	member, err := z.File[0].Open()
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	for lines := bufio.NewScanner(member); n > 0 && lines.Scan(); n-- {
		file.Write(append(lines.Bytes(), '\n'))
	}
	return file.Bytes(), nil
}
