package mapping_test

import (
	"archive/zip"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/mapping"
)

// The real log lies beside the repository, not in it. It is published by the UCI
// Machine Learning Repository as "Incident management process enriched event log"
// (CC BY 4.0).
const realLog = "../../../shared/data/servicenow_incidents.zip"

func servicenow(t testing.TB) *mapping.Mapping {
	t.Helper()
	const document = "../../deploy/mappings/servicenow.yaml"
	source, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Parse(document, source)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// readRealLog maps the whole log; ok is false where it is not there.
func readRealLog(t testing.TB, take func(*mapping.Row) error) (run *mapping.Run, ok bool) {
	t.Helper()
	archive, err := zip.OpenReader(realLog)
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("the log is not there: put the file that the UCI Machine Learning Repository publishes as %q, zipped, at %s",
			"Incident management process enriched event log", realLog)
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	file, err := archive.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if run, err = servicenow(t).NewRun("desk"); err != nil {
		t.Fatal(err)
	}
	if err := run.Read(context.Background(), archive.File[0].Name, file, take); err != nil {
		t.Fatal(err)
	}
	return run, true
}

// told is what the mapped events say of one incident.
type told struct {
	opened, caller, reason string // of its contact
	groups                 []held
	reasons                map[string]bool
	reopened, reassigned   int
}

type held struct {
	at    domain.LifeKey
	group string
}

// The figures are those that were computed from the file by other means.
func TestTheRealLog(t *testing.T) {
	ids := map[string]bool{}
	incidents := map[string]*told{}
	run, ok := readRealLog(t, func(row *mapping.Row) error {
		if row.Broken != nil {
			t.Error(row.Broken)
		}
		for i := range row.Events {
			e := &row.Events[i]
			if ids[e.ID] {
				t.Errorf("line %d: the id %s stands twice", row.Line, e.ID)
			}
			ids[e.ID] = true
			number, _ := member(e.Data, "problem", "ticket", "number").(string)
			if incidents[number] == nil {
				incidents[number] = &told{reasons: map[string]bool{}}
			}
			incidents[number].take(e)
		}
		return nil
	})
	if !ok {
		return
	}
	c := run.Coverage
	if c.Rows != 141_712 || c.Mapped != 141_712 || c.Skipped != 0 || c.Broken != 0 {
		t.Errorf("%d rows, %d mapped, %d skipped, %d broken", c.Rows, c.Mapped, c.Skipped, c.Broken)
	}
	if diff := cmp.Diff(map[string]int{
		"interaction.started.v1": 24_918, "ticket.opened.v1": 24_918, "ticket.assigned.v1": 29_805, "ticket.updated.v1": 44_493,
		"ticket.resolved.v1": 25_236, "ticket.reopened.v1": 331, "ticket.closed.v1": 24_930,
	}, c.Types); diff != "" {
		t.Error(diff)
	}
	if c.NoCustomer != (mapping.RowsCounted{Rows: 29, First: 25_378}) {
		t.Errorf("rows without a customer: %+v", c.NoCustomer)
	}
	if f := c.Future["opened"].Future.Rows; f != 5 {
		t.Errorf("%d incidents opened after their first row", f)
	}
	for table, want := range map[string]map[string]int{"statuses": {"-100": 5}, "channels": {}, "severities": {}} {
		if diff := cmp.Diff(want, c.Codes[table].Codes); diff != "" {
			t.Errorf("%s: %s", table, diff)
		}
	}
	var f figures
	for _, i := range incidents {
		f.add(i)
	}
	want := figures{Contacts: 24_918, WithCaller: 24_915, TouchedBySeveral: 9_575, CameBack: 2_628, MostGroupChanges: 25, Reopened: 275, MostReassigned: 27, ReasonChanged: 1_799, UnknownReason: 69}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Error(diff)
	}
	checkRepeats(t, incidents)
}

// figures are those of the whole log.
type figures struct {
	Contacts, WithCaller, TouchedBySeveral, CameBack, MostGroupChanges, Reopened, MostReassigned, ReasonChanged, UnknownReason int
}

func (f *figures) add(i *told) {
	if i.opened == "" {
		return
	}
	f.Contacts++
	if i.caller != "" {
		f.WithCaller++
	}
	if i.reason == "desk:?" {
		f.UnknownReason++
	}
	if len(i.reasons) > 1 {
		f.ReasonChanged++
	}
	if i.reopened > 0 {
		f.Reopened++
	}
	f.MostReassigned = max(f.MostReassigned, i.reassigned)
	slices.SortFunc(i.groups, func(a, b held) int { return a.at.Compare(b.at) })
	var stays []string
	for _, h := range i.groups {
		if len(stays) == 0 || stays[len(stays)-1] != h.group {
			stays = append(stays, h.group)
		}
	}
	f.MostGroupChanges = max(f.MostGroupChanges, len(stays)-1)
	slices.Sort(stays)
	several := len(stays)
	if distinct := len(slices.Compact(stays)); distinct > 1 {
		f.TouchedBySeveral++
		if several > distinct {
			f.CameBack++
		}
	}
}

func (i *told) take(e *mapping.Event) {
	reason, _ := member(e.Data, "problem", "reason").(string)
	i.reasons[reason] = true
	if e.Type == "interaction.started.v1" {
		i.opened, i.reason = e.Time.Format(time.RFC3339), reason
		i.caller, _ = member(e.Data, "customer", "account").(string)
		return
	}
	if group, ok := member(e.Data, "holder", "group").(string); ok {
		i.groups = append(i.groups, held{domain.LifeKey{Time: e.Time, Source: e.Source, Subject: e.Subject, Sequence: e.Sequence, ID: e.ID}, group})
	}
	if n, ok := e.Data["reopenings"].(int); ok {
		i.reopened = max(i.reopened, n)
	}
	if n, ok := e.Data["reassignments"].(int); ok {
		i.reassigned = max(i.reassigned, n)
	}
}

func member(v any, path ...string) any {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

// checkRepeats counts the contacts that came within so many days of the caller's
// nearest earlier one, for any reason and for the same.
func checkRepeats(t *testing.T, incidents map[string]*told) {
	type contact struct {
		at             time.Time
		number, reason string
	}
	byCaller := map[string][]contact{}
	for number, i := range incidents {
		at, err := time.Parse(time.RFC3339, i.opened)
		if err != nil {
			t.Fatal(err)
		}
		if i.caller != "" {
			byCaller[i.caller] = append(byCaller[i.caller], contact{at, number, i.reason})
		}
	}
	days := []int{7, 14, 30}
	anyReason, sameReason := make([]int, len(days)), make([]int, len(days))
	for _, contacts := range byCaller {
		slices.SortFunc(contacts, func(a, b contact) int {
			if c := a.at.Compare(b.at); c != 0 {
				return c
			}
			if a.number < b.number {
				return -1
			}
			return 1
		})
		last := map[string]time.Time{}
		for i, c := range contacts {
			for d, n := range days {
				window := time.Duration(n) * 24 * time.Hour
				if i > 0 && c.at.Sub(contacts[i-1].at) <= window {
					anyReason[d]++
				}
				if before, ok := last[c.reason]; ok && c.at.Sub(before) <= window {
					sameReason[d]++
				}
			}
			last[c.reason] = c.at
		}
	}
	if diff := cmp.Diff([][]int{{12_200, 15_372, 18_095}, {4_536, 5_783, 7_313}}, [][]int{anyReason, sameReason}); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkTheRealLog(b *testing.B) {
	rows := 0
	for b.Loop() {
		run, ok := readRealLog(b, func(row *mapping.Row) error {
			for i := range row.Events {
				if _, err := row.Events[i].JSON(); err != nil {
					return err
				}
			}
			return nil
		})
		if !ok {
			return
		}
		rows += run.Coverage.Rows
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
