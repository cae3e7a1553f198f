package schema_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/ring"
	"github.com/tellonce/tellonce/projections"
	"github.com/tellonce/tellonce/schema"
)

// now is when every test asks.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// rig is a running server on a database of the test's own.
type rig struct {
	t      testing.TB
	url    string
	owner  *pgxpool.Pool
	api    *pgxpool.Pool
	ring   *ring.Ring
	issuer *access.Issuer
	traced *tracer
	log    *logged
	engine *projections.Engine
	offset int64 // of the next record in the log
}

func newRig(t testing.TB, limits schema.Limits) *rig {
	t.Helper()
	database := embeddedtest.Database(t)
	r := &rig{t: t, traced: &tracer{}, log: &logged{}}
	var err error
	if r.owner, err = pgxpool.New(t.Context(), database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.owner.Close)
	if r.api, err = schema.NewPool(t.Context(), database, schema.PoolOptions{Tracer: r.traced}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.api.Close)
	keys, err := ring.ParseKeys(strings.Repeat("11", 32), strings.Repeat("22", 32))
	if err != nil {
		t.Fatal(err)
	}
	if r.ring, err = ring.Open(t.Context(), r.owner, keys, ring.Options{}); err != nil {
		t.Fatal(err)
	}
	if r.issuer, err = access.OpenIssuer(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	r.engine = projections.New(r.owner, projections.Options{})
	if _, err := r.engine.Start(t.Context(), topic, 0); err != nil {
		t.Fatal(err)
	}
	r.serve(r.api, limits)
	return r
}

const topic = "tellonce.events"

// serve starts a server on a pool; the rig's questions go to it from now on.
func (r *rig) serve(pool *pgxpool.Pool, limits schema.Limits) {
	r.t.Helper()
	verifier, err := access.NewVerifier(r.issuer.Trust())
	if err != nil {
		r.t.Fatal(err)
	}
	server, err := schema.New(schema.Config{
		Database: pool, Ring: r.ring, Verifier: verifier, Codes: codes, Region: "FR",
		Now: func() time.Time { return now }, Limits: limits,
		Log: slog.New(slog.NewTextHandler(io.MultiWriter(r.log, debugOutput()), nil)),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	listening := httptest.NewServer(server)
	r.t.Cleanup(listening.Close)
	r.url = listening.URL + "/graphql"
}

var codes = domain.Codes{
	Reasons: map[string]domain.Reason{"internet.down": {Code: "internet.down", Labels: map[string]string{"en": "No internet", "fr": "Pas d'internet"}}},
	Steps:   map[string]domain.Step{"reboot": {Code: "reboot", Labels: map[string]string{"en": "Restart the box"}, Kind: domain.Remedy}},
}

func debugOutput() io.Writer {
	if os.Getenv("TELLONCE_TEST_LOG") != "" {
		return os.Stderr
	}
	return io.Discard
}

// logged is what the server logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

type statement struct {
	sql  string
	args []any
}

// tracer counts batches, the statements in them and the statements outside.
type tracer struct {
	mu                      sync.Mutex
	batches, batched, alone int
	statements              []statement
}

func (tr *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.alone++
	return ctx
}
func (*tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (tr *tracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, b pgx.TraceBatchStartData) context.Context {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.batches++
	tr.batched += b.Batch.Len()
	return ctx
}

func (tr *tracer) TraceBatchQuery(_ context.Context, _ *pgx.Conn, q pgx.TraceBatchQueryData) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.statements = append(tr.statements, statement{q.SQL, q.Args})
}
func (*tracer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// reset gives the counts so far and starts again from nothing.
func (tr *tracer) reset() (batches, batched, alone int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	batches, batched, alone = tr.batches, tr.batched, tr.alone
	tr.batches, tr.batched, tr.alone, tr.statements = 0, 0, 0, nil
	return batches, batched, alone
}

func (r *rig) token(v access.Viewer) string {
	r.t.Helper()
	token, err := r.issuer.Token(v, time.Hour)
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}

// said is an answer.
type said struct {
	Status     int `json:"-"`
	Header     http.Header
	Body       []byte          `json:"-"`
	Data       json.RawMessage `json:"data"`
	Errors     []saidError     `json:"errors"`
	Extensions struct {
		Tellonce struct {
			AsOf struct {
				Position     string `json:"position"`
				RecordedTime string `json:"recordedTime"`
			} `json:"asOf"`
		} `json:"tellonce"`
	} `json:"extensions"`
}

type saidError struct {
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code schema.Code `json:"code"`
	} `json:"extensions"`
}

// code is the code of the first error, "" where there is none.
func (s *said) code() schema.Code {
	if len(s.Errors) == 0 {
		return ""
	}
	return s.Errors[0].Extensions.Code
}

// send sends a request as it is.
func (r *rig) send(request *http.Request) *said {
	r.t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	s := &said{Status: answer.StatusCode, Header: answer.Header}
	if s.Body, err = io.ReadAll(answer.Body); err != nil {
		r.t.Fatal(err)
	}
	if err := json.Unmarshal(s.Body, s); err != nil {
		r.t.Fatalf("answer is not JSON: %v: %s", err, s.Body)
	}
	s.Header = answer.Header
	return s
}

// post sends a body as somebody who reads all.
func (r *rig) post(body string, change ...func(*http.Request)) *said {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/graphql-response+json")
	request.Header.Set("Authorization", "Bearer "+r.token(access.Viewer{Role: access.Quality}))
	for _, one := range change {
		one(request)
	}
	return r.send(request)
}

// ask asks a query.
func (r *rig) ask(query string, variables map[string]any, change ...func(*http.Request)) *said {
	r.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		r.t.Fatal(err)
	}
	return r.post(string(body), change...)
}

// must asks a query that has no error, and reads its answer.
func (r *rig) must(query string, variables map[string]any, to any, change ...func(*http.Request)) *said {
	r.t.Helper()
	s := r.ask(query, variables, change...)
	if s.Status != http.StatusOK || len(s.Errors) > 0 {
		r.t.Fatalf("query %s\nanswered %d %s\n%s", query, s.Status, s.Body, r.log)
	}
	if to != nil {
		if err := json.Unmarshal(s.Data, to); err != nil {
			r.t.Fatalf("read %s: %v", s.Data, err)
		}
	}
	return s
}

func as(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		if value == "" {
			r.Header.Del(name)
			return
		}
		r.Header.Set(name, value)
	}
}

func quoted(text string) string { return fmt.Sprintf("%q", text) }

// noLimits are the default ones.
var noLimits schema.Limits

// taken are the statements since the last reset.
func (tr *tracer) taken() []statement {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return append([]statement(nil), tr.statements...)
}

// snapshots are two statements that say what they see.
func snapshots() *pgx.Batch {
	b := &pgx.Batch{}
	for i := range 2 {
		b.Queue(fmt.Sprintf("SELECT pg_current_snapshot()::text || ' ' || current_setting('transaction_isolation') -- %d", i))
	}
	return b
}

// after is the token of a position in the log's only partition.
func after(t testing.TB, offset int64) string {
	t.Helper()
	return projections.After{{Partition: 0, Offset: offset}}.String()
}
