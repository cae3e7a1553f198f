package importer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func all(rows int) Counts {
	return Counts{Rows: rows, Mapped: rows, Events: rows, Accepted: rows}
}

func TestEveryFormOfFile(t *testing.T) {
	const rows = 2500
	whole := table(rows)
	half := len("number,n,text\n")
	for name, content := range map[string][]byte{
		"plain": whole, "gzip": gzipped(t, whole), "zip": zipped(t, whole),
		"a zip of two": zipped(t, table(3), append(append([]byte{}, whole[:half]...), "T9,9999,x\n"...)),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(t)
			tr := newTrial(t, s, written(t, "export", content))
			want := rows
			if name == "a zip of two" {
				want = 4
			}
			if got, err := tr.run(t); err != nil || got != all(want) {
				t.Errorf("%+v, %v\n%s", got, err, &tr.err)
			}
			if _, kept := s.seen(); kept != want {
				t.Errorf("%d events arrived", kept)
			}
		})
	}
}

func TestASecondRunAcceptsNothingAndSendsNothing(t *testing.T) {
	s := newStub(t)
	tr := newTrial(t, s, written(t, "e.csv", table(2500)))
	if _, err := tr.run(t); err != nil {
		t.Fatal(err)
	}
	sent, _ := s.seen()
	got, err := tr.run(t)
	want := Counts{Rows: 2500, Mapped: 2500, Events: 2500, Duplicate: 2500}
	if after, _ := s.seen(); err != nil || got != want || after != sent {
		t.Errorf("%+v, %v, %d events sent again", got, err, after-sent)
	}
	tr.Fresh = true
	if got, err = tr.run(t); err != nil || got != want {
		t.Errorf("afresh: %+v, %v", got, err)
	}
	if after, _ := s.seen(); after != 2*sent {
		t.Errorf("afresh, %d events were sent", after-sent)
	}
}

// What an earlier run had answered is believed for the same installation, mapping,
// vendor and file alone.
func TestWhoseMarkItIs(t *testing.T) {
	file := table(100)
	for name, change := range map[string]func(*testing.T, *stub, *trial){
		"another installation": func(_ *testing.T, s *stub, _ *trial) { s.installation = "i-2" },
		"another mapping": func(t *testing.T, _ *stub, tr *trial) {
			tr.Mapping = changesMapping(t, changes+"# a word\n")
		},
		"another vendor": func(_ *testing.T, _ *stub, tr *trial) { tr.Vendor = "borealis" },
		"another file": func(t *testing.T, _ *stub, tr *trial) {
			tr.Files = []string{written(t, "e.csv", append(append([]byte{}, file...), "T1,100,x\n"...))}
		},
		"a file before it": func(t *testing.T, _ *stub, tr *trial) {
			tr.Files = append([]string{written(t, "before.csv", []byte("number,n,text\n"))}, tr.Files...)
		},
		"a spoilt mark": func(t *testing.T, _ *stub, tr *trial) {
			marks, err := filepath.Glob(filepath.Join(tr.State, "*.json"))
			if err != nil || len(marks) != 1 {
				t.Fatal(marks, err)
			}
			if err := os.WriteFile(marks[0], []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"no installation stated": func(_ *testing.T, s *stub, _ *trial) { s.installation = "" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(t)
			tr := newTrial(t, s, written(t, "e.csv", file))
			if _, err := tr.run(t); err != nil {
				t.Fatal(err)
			}
			change(t, s, tr)
			if _, err := tr.run(t); err != nil {
				t.Fatal(err)
			}
			if sent, _ := s.seen(); sent < 200 {
				t.Errorf("%d events were sent in both runs", sent)
			}
		})
	}
}

func TestRefusedAndBrokenRowsAreToldWithTheirLines(t *testing.T) {
	s := newStub(t)
	s.refuse = func(e map[string]any) string {
		if e["id"] == "T3/3" {
			return "The status is not one."
		}
		return ""
	}
	content := append(table(10), "T1,many,x\nTEST,1,x\n"...)
	tr := newTrial(t, s, written(t, "e.csv", content))
	tr.Report = filepath.Join(t.TempDir(), "report.jsonl")
	got, err := tr.run(t)
	var not *NotAll
	if !errors.As(err, &not) || not.ExitCode() != 2 || got != (Counts{Rows: 12, Mapped: 10, Skipped: 1, Broken: 1, Events: 10, Accepted: 9, Refused: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, line := range []string{
		"e.csv:5: refused: ticket.updated.v1 T3/3: The status is not one. (/data)\n",
		`e.csv:12: broken: columns.n: "many" is not a whole number (changes.yaml:4)` + "\n",
	} {
		if !strings.Contains(tr.err.String(), line) {
			t.Errorf("%q is not told in\n%s", line, &tr.err)
		}
	}
	report, err := os.ReadFile(tr.Report)
	if err != nil || strings.Count(string(report), "\n") != 2 || !strings.Contains(string(report), `"line":5,"outcome":"refused","type":"ticket.updated.v1","id":"T3/3","problem":"urn:tellonce:problem:data","pointer":"/data"`) {
		t.Errorf("%s, %v", report, err)
	}

	// A second run sends what was refused, and nothing else.
	sent, _ := s.seen()
	s.refuse = nil
	got, err = tr.run(t)
	if after, _ := s.seen(); after != sent+1 || got.Accepted != 1 || got.Duplicate != 9 || !errors.As(err, &not) {
		t.Errorf("%+v, %v, %d sent", got, err, after-sent)
	}
}

func TestManyRefusalsAreToldInShort(t *testing.T) {
	s := newStub(t)
	s.refuse = func(map[string]any) string { return "no" }
	tr := newTrial(t, s, written(t, "e.csv", table(2200)))
	got, err := tr.run(t)
	var not *NotAll
	if !errors.As(err, &not) || got != (Counts{Rows: 2200, Mapped: 2200, Events: 2200, Refused: 2200}) {
		t.Errorf("%+v, %v", got, err)
	}
	told := tr.err.String()
	if strings.Count(told, "refused") != 20 || !strings.Contains(told, "… and 2,180 more; --report FILE has them all") {
		t.Error(told)
	}
}

func TestADeadIntakeIsWaitedForAndThenGivenUp(t *testing.T) {
	t.Parallel() // it waits
	s := newStub(t)
	tr := newTrial(t, s, written(t, "e.csv", table(10)))
	s.Close()
	tr.Patience = 300 * time.Millisecond
	began := time.Now()
	got, err := tr.run(t)
	var stopped *Stopped
	if !errors.As(err, &stopped) || stopped.ExitCode() != 1 || got != (Counts{}) {
		t.Fatalf("%+v, %v", got, err)
	}
	if passed := time.Since(began); passed < tr.Patience || passed > 10*time.Second {
		t.Errorf("given up after %v", passed)
	}
	for _, want := range []string{"no answer for 300ms", "connection refused", "Go on with:\n  tellonce import --to http://127.0.0.1:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestAnIntakeThatNeverAnswersIsGivenUp(t *testing.T) {
	t.Parallel() // it waits
	s := newStub(t)
	released := make(chan struct{})
	t.Cleanup(func() { close(released) })
	s.fail = func(_ http.ResponseWriter, r *http.Request, _ int, _ []map[string]any) bool {
		select {
		case <-r.Context().Done():
		case <-released:
		}
		return true
	}
	tr := newTrial(t, s, written(t, "e.csv", table(10)))
	tr.Patience = 200 * time.Millisecond
	var stopped *Stopped
	if _, err := tr.run(t); !errors.As(err, &stopped) {
		t.Error(err)
	}
}

// Whatever happens on the way, every event arrives, once.
func TestNothingIsLost(t *testing.T) {
	t.Parallel() // it waits
	const rows = 3500
	for name, tt := range map[string]struct {
		fail func(s *stub) func(w http.ResponseWriter, r *http.Request, post int, events []map[string]any) bool
		told string
	}{
		"away for a while": {func(*stub) func(http.ResponseWriter, *http.Request, int, []map[string]any) bool {
			return func(w http.ResponseWriter, _ *http.Request, post int, _ []map[string]any) bool {
				if post > 5 {
					return false
				}
				problemOf(w, http.StatusServiceUnavailable, "The log (Kafka) does not acknowledge.")
				return true
			}
		}, "intake answers again"},
		"an answer cut off": {func(s *stub) func(http.ResponseWriter, *http.Request, int, []map[string]any) bool {
			return func(w http.ResponseWriter, _ *http.Request, post int, events []map[string]any) bool {
				if post%2 == 0 {
					return false
				}
				_, status := s.take(events)
				w.Header().Set("Content-Length", "1000")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(`{"answers":[`))
				_ = http.NewResponseController(w).Flush()
				return cut(w)
			}
		}, "the answer was cut off"},
		"a request cut off": {func(*stub) func(http.ResponseWriter, *http.Request, int, []map[string]any) bool {
			return func(w http.ResponseWriter, _ *http.Request, post int, _ []map[string]any) bool {
				if post%3 == 0 {
					return cut(w)
				}
				return false
			}
		}, ""},
		"an answer too short": {func(s *stub) func(http.ResponseWriter, *http.Request, int, []map[string]any) bool {
			return func(w http.ResponseWriter, _ *http.Request, post int, events []map[string]any) bool {
				if post != 2 {
					return false
				}
				s.answer(w, events[1:])
				return true
			}
		}, "the answer is not understood: it has "},
		"a body too large": {func(*stub) func(http.ResponseWriter, *http.Request, int, []map[string]any) bool {
			return func(w http.ResponseWriter, _ *http.Request, _ int, events []map[string]any) bool {
				if len(events) <= 300 {
					return false
				}
				problemOf(w, http.StatusRequestEntityTooLarge, "Split the batch.")
				return true
			}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(t)
			s.fail = tt.fail(s)
			tr := newTrial(t, s, written(t, "e.csv", table(rows)))
			got, err := tr.run(t)
			if err != nil || got.Accepted+got.Duplicate != rows {
				t.Errorf("%+v, %v", got, err)
			}
			if _, kept := s.seen(); kept != rows {
				t.Errorf("%d of %d events arrived", kept, rows)
			}
			if !strings.Contains(tr.err.String(), tt.told) {
				t.Error(tr.err.String())
			}
		})
	}
}

func TestAWaitThatIsAskedForIsKept(t *testing.T) {
	t.Parallel() // it waits
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := newStub(t)
			var first, second time.Time
			s.fail = func(w http.ResponseWriter, _ *http.Request, post int, _ []map[string]any) bool {
				if post == 1 {
					first = time.Now()
					w.Header().Set("Retry-After", "1")
					problemOf(w, status, "later")
					return true
				}
				second = time.Now()
				return false
			}
			tr := newTrial(t, s, written(t, "e.csv", table(10)))
			if got, err := tr.run(t); err != nil || got != all(10) {
				t.Errorf("%+v, %v", got, err)
			}
			if waited := second.Sub(first); waited < time.Second {
				t.Errorf("waited %v", waited)
			}
		})
	}
}

// An intake that is busy is there: it is not given up, however long it asks to wait.
func TestABusyIntakeIsNotGivenUp(t *testing.T) {
	t.Parallel() // it waits
	s := newStub(t)
	s.fail = func(w http.ResponseWriter, _ *http.Request, post int, _ []map[string]any) bool {
		if post > 2 {
			return false
		}
		w.Header().Set("Retry-After", "1")
		problemOf(w, http.StatusTooManyRequests, "later")
		return true
	}
	tr := newTrial(t, s, written(t, "e.csv", table(10)))
	tr.Patience = time.Second
	if got, err := tr.run(t); err != nil || got != all(10) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatIsWrongWithEveryRequestStopsAtOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*trial)
		want   string
	}{
		"an expired token": {func(tr *trial) { tr.Token = "old" }, "the token is refused: The token has expired."},
		"another address":  {func(tr *trial) { tr.To += "/elsewhere" }, "the request is refused with status 400"},
		"no address":       {func(tr *trial) { tr.To = "127.0.0.1:1" }, "an address such as http://127.0.0.1:8484 is expected"},
		"no vendor":        {func(tr *trial) { tr.Vendor = "" }, `map for vendor ""`},
		"no file":          {func(tr *trial) { tr.Files = []string{"absent.csv"} }, "no such file"},
		"a folder":         {func(tr *trial) { tr.Files = []string{tr.State} }, "not a file"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(t)
			tr := newTrial(t, s, written(t, "e.csv", table(10)))
			tt.change(tr)
			tr.Out, tr.Err = &tr.out, &tr.err
			began := time.Now()
			_, err := Import(context.Background(), tr.Options)
			if err == nil || !strings.Contains(err.Error(), tt.want) || time.Since(began) > tr.Patience/2 {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		})
	}
}

// An import that is stopped anywhere and begun again says the same events as one
// that was not: the rows before the mark still say what was before.
func TestAStoppedImportGoesOn(t *testing.T) {
	const rows = 12_345
	file := table(rows)
	undisturbed := newStub(t)
	if _, err := newTrial(t, undisturbed, written(t, "e.csv", file)).run(t); err != nil {
		t.Fatal(err)
	}
	for _, inFlight := range []int{1, 4} {
		t.Run(fmt.Sprint(inFlight, " in flight"), func(t *testing.T) {
			s := newStub(t)
			tr := newTrial(t, s, written(t, "e.csv", file))
			tr.InFlight = inFlight
			for _, dies := range []int{2, 4} {
				s.dieAfter(dies)
				got, err := tr.run(t)
				var stopped *Stopped
				if !errors.As(err, &stopped) || got.Rows >= rows || inFlight == 1 && got.Accepted != dies*1000 {
					t.Errorf("%+v, %v", got, err)
				}
			}
			sent, kept := s.seen()
			s.dieAfter(rows)
			got, err := tr.run(t)
			if err != nil || got.Events != rows || got.Accepted > rows-kept {
				t.Errorf("%+v, %v, %d were there", got, err, kept)
			}
			if now, _ := s.seen(); inFlight == 1 && (now-sent != rows-6000 || got.Duplicate != 6000) {
				t.Errorf("%+v, %d events were sent in the last run", got, now-sent)
			}
			if !maps.Equal(s.events, undisturbed.events) {
				t.Error("the events differ from those of an undisturbed import")
			}
		})
	}
}

func TestAnInterruptedImport(t *testing.T) {
	s := newStub(t)
	ctx, interrupt := context.WithCancel(context.Background())
	s.fail = func(_ http.ResponseWriter, _ *http.Request, post int, _ []map[string]any) bool {
		if post == 3 {
			interrupt()
		}
		return false
	}
	tr := newTrial(t, s, written(t, "e.csv", table(20_000)))
	_, err := tr.runUntil(t, ctx)
	var stopped *Stopped
	if !errors.As(err, &stopped) || !strings.Contains(err.Error(), "it was interrupted") {
		t.Error(err)
	}
	s.fail = nil
	if got, err := tr.run(t); err != nil || got.Events != 20_000 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, kept := s.seen(); kept != 20_000 {
		t.Errorf("%d events arrived", kept)
	}
}

func TestSeveralFilesAreOneLog(t *testing.T) {
	s := newStub(t)
	first, second := written(t, "1.csv", []byte("number,n,text\nT1,1,a\n")), written(t, "2.csv", []byte("number,n,text\nT1,2,b\n"))
	tr := newTrial(t, s, first, second)
	if got, err := tr.run(t); err != nil || got != all(2) {
		t.Errorf("%+v, %v", got, err)
	}
	if e := s.events["/vendors/acme/desk T1/2"]; !strings.Contains(e, `"before":"a"`) {
		t.Error(e)
	}
	sent, _ := s.seen()
	if _, err := tr.run(t); err != nil {
		t.Error(err)
	}
	if after, _ := s.seen(); after != sent {
		t.Errorf("%d were sent again", after-sent)
	}
}

func TestAFileThatCannotBeReadToItsEnd(t *testing.T) {
	whole := gzipped(t, table(30_000))
	for name, tt := range map[string]struct {
		content []byte
		want    string
		sends   bool
	}{
		"an archive cut off":    {whole[:len(whole)-1000], "unexpected EOF", true},
		"a zip that is none":    {[]byte("PK\x03\x04 no"), "read archive", false},
		"an empty zip":          {zipped(t), "no file is in it", false},
		"a column that is away": {[]byte("number,text\n"), `columns.n: the file has no column "n"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(t)
			tr := newTrial(t, s, written(t, "e", tt.content))
			got, err := tr.run(t)
			var stopped *Stopped
			if !errors.As(err, &stopped) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "Go on") {
				t.Errorf("%+v, %v", got, err)
			}
			if (got.Accepted > 0) != tt.sends {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestRequestsMayBeZipped(t *testing.T) {
	s := newStub(t)
	zippedOnly := true
	s.fail = func(_ http.ResponseWriter, r *http.Request, _ int, _ []map[string]any) bool {
		zippedOnly = zippedOnly && r.Header.Get("Content-Encoding") == "gzip"
		return false
	}
	tr := newTrial(t, s, written(t, "e.csv", table(100)))
	tr.Zip, tr.InFlight = true, 1
	if got, err := tr.run(t); err != nil || got != all(100) || !zippedOnly {
		t.Errorf("%+v, %v, zipped: %v", got, err, zippedOnly)
	}
}

func TestTheResultForPeople(t *testing.T) {
	s := newStub(t)
	tr := newTrial(t, s, written(t, "e.csv", append(table(1234), "TEST,1,x\n"...)))
	tr.JSON, tr.Out, tr.Err = false, &tr.out, &tr.err
	if _, err := Import(context.Background(), tr.Options); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1,235 rows: 1,234 mapped, 1 skipped, 0 broken\n", "1,234 events: 1,234 accepted, 0 duplicate, 0 refused\n",
		"skipped: 1 rows, a test\n", "rows that name no customer: 1,234, the first at line 2\n",
	} {
		if !strings.Contains(tr.out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &tr.out)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 141712: "141,712", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := number(n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
