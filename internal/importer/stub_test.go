package importer

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tellonce/tellonce/internal/mapping"
)

// stub answers as intake does, and fails as told to.
type stub struct {
	*httptest.Server
	installation string

	mu     sync.Mutex
	events map[string]string // content by source and id
	sent   int               // events that were taken, the same ones again too
	posts  int

	// fail may answer in the stub's place: it returns true where it has.
	fail func(w http.ResponseWriter, r *http.Request, post int, events []map[string]any) bool
	// refuse says why an event is refused, "" where it is not.
	refuse func(e map[string]any) string
}

func newStub(t *testing.T) *stub {
	t.Helper()
	s := &stub{installation: "i-1", events: map[string]string{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.installation != "" {
		w.Header().Set("Tellonce-Installation", s.installation)
	}
	if r.Method == http.MethodGet {
		fmt.Fprint(w, "{}")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err == nil && r.Header.Get("Content-Encoding") == "gzip" {
		var unzipped *gzip.Reader
		if unzipped, err = gzip.NewReader(bytes.NewReader(body)); err == nil {
			body, err = io.ReadAll(unzipped)
		}
	}
	var batch []map[string]any
	if err == nil {
		err = json.Unmarshal(body, &batch)
	}
	if err != nil || r.Header.Get("Content-Type") != "application/cloudevents-batch+json" || r.URL.Path != "/v1/events" {
		http.Error(w, fmt.Sprint(err), http.StatusBadRequest)
		return
	}
	if r.Header.Get("Authorization") != "Bearer secret" {
		problemOf(w, http.StatusUnauthorized, "The token has expired.")
		return
	}
	s.mu.Lock()
	s.posts++
	post := s.posts
	fail := s.fail
	s.mu.Unlock()
	if fail != nil && fail(w, r, post, batch) {
		return
	}
	s.answer(w, batch)
}

// take keeps the events, and answers for each.
func (s *stub) take(batch []map[string]any) (answers []answer, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent += len(batch)
	status = http.StatusUnprocessableEntity
	for _, e := range batch {
		identity := fmt.Sprint(e["source"], " ", e["id"])
		content, _ := json.Marshal(e)
		var a answer
		switch known, ok := s.events[identity]; {
		case s.refuse != nil && s.refuse(e) != "":
			a = answer{refusedOutcome, &problem{Type: "urn:tellonce:problem:data", Title: "t", Detail: s.refuse(e), Pointer: "/data"}}
		case ok && known != string(content):
			a = answer{refusedOutcome, &problem{Type: "urn:tellonce:problem:conflict", Detail: "send a higher revision"}}
		case ok:
			a = answer{Outcome: duplicateOutcome}
		default:
			s.events[identity] = string(content)
			a = answer{Outcome: acceptedOutcome}
		}
		if a.Outcome != refusedOutcome {
			status = http.StatusAccepted
		}
		answers = append(answers, a)
	}
	return answers, status
}

func (s *stub) answer(w http.ResponseWriter, batch []map[string]any) {
	answers, status := s.take(batch)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"answers": answers, "after": "0:1"})
}

func problemOf(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{Title: "refused", Detail: detail})
}

// dieAfter has the stub take that many more posts, and turn away all after them.
func (s *stub) dieAfter(posts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = 0
	s.fail = func(w http.ResponseWriter, _ *http.Request, post int, _ []map[string]any) bool {
		if post > posts {
			problemOf(w, http.StatusUnauthorized, "The token has expired.")
		}
		return post > posts
	}
}

// cut ends the connection where it is.
func cut(w http.ResponseWriter) bool {
	if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = connection.Close()
	}
	return true
}

// seen is how many events arrived so far, and how many are kept.
func (s *stub) seen() (sent, kept int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent, len(s.events)
}

// changes is a mapping that needs former rows: each row of a ticket but the first
// is an update that says what was before.
const changes = `
system: desk
input: {format: csv}
columns: {number: number, n: {name: n, as: integer}, text: text}
row: {key: number, previous: [text]}
skip:
  - {when: .number == "TEST", reason: a test}
events:
  - type: ticket.updated.v1
    id: '"\(.number)/\(.n)"'
    subject: .number
    time: '"2026-01-02T03:04:05Z"'
    sequence: .n
    data: '{status: .text, before: $previous.text}'
`

func changesMapping(t *testing.T, document string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Parse("changes.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// table is a file of that many rows over seven tickets.
func table(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("number,n,text\n")
	for i := range rows {
		fmt.Fprintf(&b, "T%d,%d,text %d\n", i%7, i, i)
	}
	return b.Bytes()
}

func zipped(t *testing.T, members ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, content := range members {
		w, err := z.Create(fmt.Sprintf("part%d.csv", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := z.Create("__MACOSX/._part0.csv"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func written(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// trial is an import into the stub, and what it told.
type trial struct {
	Options
	out, err bytes.Buffer
}

func newTrial(t *testing.T, s *stub, files ...string) *trial {
	t.Helper()
	tr := &trial{Options: Options{
		To: s.URL, Token: "secret", Vendor: "acme", Mapping: changesMapping(t, changes), Files: files,
		Patience: 20 * time.Second, State: t.TempDir(), JSON: true,
	}}
	return tr
}

// run imports, and checks that the sums hold and that the result is one line.
func (tr *trial) run(t *testing.T) (Counts, error) {
	t.Helper()
	return tr.runUntil(t, context.Background())
}

func (tr *trial) runUntil(t *testing.T, ctx context.Context) (Counts, error) {
	t.Helper()
	tr.out.Reset()
	tr.err.Reset()
	tr.Out, tr.Err = &tr.out, &tr.err
	c, err := Import(ctx, tr.Options)
	if c.Rows != c.Mapped+c.Skipped+c.Broken || c.Events != c.Accepted+c.Duplicate+c.Refused {
		t.Errorf("the sums do not hold: %+v", c)
	}
	line, told := json.Marshal(c)
	if told != nil || tr.out.String() != string(line)+"\n" {
		t.Errorf("the result is %q, and the counts are %s", &tr.out, line)
	}
	if keys := strings.Count(tr.out.String(), ":"); keys != 8 {
		t.Errorf("%d keys in %s", keys, &tr.out)
	}
	return c, err
}
