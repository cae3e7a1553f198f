package importer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func checked(t *testing.T, content string, asJSON bool) (string, *Checked, error) {
	t.Helper()
	var out, told bytes.Buffer
	c, err := Check(context.Background(), CheckOptions{
		Mapping: changesMapping(t, changes), Vendor: "acme", File: written(t, "e.csv", []byte(content)), Rows: 2, JSON: asJSON, Out: &out, Err: &told,
		Defects: func(typ string, data any) []Defect {
			if object, _ := data.(map[string]any); object["status"] == "bad" {
				return []Defect{{"/data/status", "a status"}}
			}
			return nil
		},
	})
	return out.String(), c, err
}

func TestACheckShowsTheFirstRowsAndWhatTheMappingDoesNotReach(t *testing.T) {
	out, _, err := checked(t, "number,n,text\nT1,1,a\nT1,2,b\nTEST,3,\nT1,2,again\nT2,many,x\nT3,7,bad\n", false)
	var not *NotWhole
	if !errors.As(err, &not) || not.ExitCode() != 2 || *not != (NotWhole{Broken: 1, Refused: 1, Doubled: 1}) {
		t.Errorf("%v", err)
	}
	want := `line 2 of e.csv
  ticket.updated.v1  2026-01-02T03:04:05Z  id T1/1  subject T1  sequence 1
    {"status":"a"}

line 3 of e.csv
  ticket.updated.v1  2026-01-02T03:04:05Z  id T1/2  subject T1  sequence 2
    {"before":"a","status":"b"}

6 rows: 4 mapped, 1 skipped, 1 broken
4 events from /vendors/acme/desk
           4  ticket.updated.v1
skipped: 1 rows, a test
rows that name no customer: 4, the first at line 2
ids that stand twice: 1, the first T1/2 at lines 3 and 5
e.csv:6: broken: columns.n: "many" is not a whole number (changes.yaml:4)
e.csv:7: refused: ticket.updated.v1 T3/7: a status expected (/data/status)
`
	if out != want {
		t.Errorf("%s", out)
	}
}

func TestACheckInJSON(t *testing.T) {
	out, c, err := checked(t, "number,n,text\nT1,1,a\n", true)
	if err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%s, %v", out, err)
	}
	var told Checked
	if err := json.Unmarshal([]byte(out), &told); err != nil || told.Coverage.Rows != 1 || len(told.Rows) != 1 || len(told.Rows[0].Events) != 1 || c.Source != "/vendors/acme/desk" {
		t.Errorf("%s, %v", out, err)
	}
}

func TestACheckOfAFileThatDoesNotFit(t *testing.T) {
	_, _, err := checked(t, "number,text\n", false)
	if err == nil || err.Error() != `e.csv:1: columns.n: the file has no column "n"; there are number text (changes.yaml:4)` {
		t.Error(err)
	}
}
