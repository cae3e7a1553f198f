package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/kafka"
	"github.com/tellonce/tellonce/projections"
)

// door is a running HTTP door and who may use it.
type door struct {
	*rig
	url    string
	load   *load
	issuer *access.Issuer
	token  string // of acme's publisher
}

func newDoor(t *testing.T, limits Limits) *door {
	t.Helper()
	r := newRig(t)
	issuer, err := access.OpenIssuer(filepath.Join(t.TempDir(), "issuer"))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := access.NewVerifier(issuer.Trust())
	if err != nil {
		t.Fatal(err)
	}
	handler := NewHandler(r.Intake, verifier, limits)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	d := &door{rig: r, load: &handler.load, url: server.URL + "/v1/events", issuer: issuer}
	d.token = d.tokenOf(t, acme)
	return d
}

func (d *door) tokenOf(t *testing.T, v access.Viewer) string {
	t.Helper()
	token, err := d.issuer.Token(v, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// reply is what came back: one of the two bodies.
type reply struct {
	*http.Response
	receipt Receipt
	problem Problem
}

// send posts a body with acme's token and headers, which may replace it.
func (d *door) send(t *testing.T, body io.Reader, headers map[string]string) reply {
	t.Helper()
	return d.do(t, http.MethodPost, body, headers)
}

func (d *door) do(t *testing.T, method string, body io.Reader, headers map[string]string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, d.url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	for name, value := range headers {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := reply{Response: response}
	if len(b) == 0 {
		return got
	}
	switch content := response.Header.Get("Content-Type"); content {
	case "application/problem+json":
		err = json.Unmarshal(b, &got.problem)
	case "application/json":
		err = json.Unmarshal(b, &got.receipt)
	default:
		t.Fatalf("Content-Type %q: %s", content, b)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	if got.Header.Get(InstallationHeader) != d.ring.Installation() {
		t.Errorf("installation %q", got.Header.Get(InstallationHeader))
	}
	return got
}

const (
	structured = "application/cloudevents+json"
	batched    = "application/cloudevents-batch+json; charset=UTF-8"
)

func TestStructuredMode(t *testing.T) {
	d := newDoor(t, Limits{})
	got := d.send(t, strings.NewReader(event()), map[string]string{"Content-Type": structured})
	want := Answer{Outcome: Accepted, Source: "/vendors/acme/crm", ID: "e1"}
	if got.StatusCode != http.StatusAccepted || len(got.receipt.Answers) != 1 || got.receipt.Answers[0].Outcome != want.Outcome || got.receipt.Answers[0].ID != want.ID {
		t.Fatalf("got %s %+v", got.Status, got.receipt)
	}
	after, err := projections.ParseAfter(got.Header.Get(AfterHeader))
	if err != nil || len(after) != 1 || got.receipt.After != got.Header.Get(AfterHeader) {
		t.Errorf("after is %v, %v, and %q in the body", after, err, got.receipt.After)
	}
	if n := len(d.log.records(t)); n != 1 {
		t.Errorf("%d records", n)
	}
}

func TestBinaryMode(t *testing.T) {
	d := newDoor(t, Limits{})
	got := d.send(t, strings.NewReader(`{"step":"reboot.box","outcome":"failed"}`), map[string]string{
		"Content-Type": "application/json", "ce-specversion": "1.0", "ce-id": `"caf%C3%A9 \"1\""`, "ce-source": "/vendors/acme/crm", "ce-type": "step.tried.v1",
		"ce-time": "2026-03-01T11:59:00Z", "ce-subject": "call-%2525", "ce-sequence": "12", "ce-revision": "1", "ce-correlationid": "100%",
	})
	if got.StatusCode != http.StatusAccepted {
		t.Fatalf("got %s %+v", got.Status, got.problem)
	}
	r := d.log.records(t)[0]
	if r.ID != `café "1"` || r.Subject != "call-%25" || r.Sequence != 12 || r.Revision != 1 || r.CorrelationID != "100%" {
		t.Errorf("got %+v", r.Envelope)
	}
	// The same event by another transport is the same event.
	d.apply(t, &r)
	same := event("id", r.ID, "subject", r.Subject, "sequence", 12, "revision", 1, "correlationid", "100%")
	if got := d.send(t, strings.NewReader(same), map[string]string{"Content-Type": structured}); got.receipt.Answers[0].Outcome != Duplicate || got.StatusCode != http.StatusAccepted {
		t.Errorf("got %s %+v", got.Status, got.receipt)
	}
}

func TestBatchMode(t *testing.T) {
	d := newDoor(t, Limits{})
	batch := func(events ...string) reply {
		return d.send(t, strings.NewReader("["+strings.Join(events, ",\n")+"]"), map[string]string{"Content-Type": batched})
	}
	got := batch(event("id", "1"), event("id", "2", "time", "noon"), event("id", "1"))
	var outcomes []Outcome
	for _, a := range got.receipt.Answers {
		outcomes = append(outcomes, a.Outcome)
	}
	if got.StatusCode != http.StatusAccepted || !slices.Equal(outcomes, []Outcome{Accepted, Refused, Duplicate}) {
		t.Fatalf("got %s %v", got.Status, outcomes)
	}
	if p := got.receipt.Answers[1].Problem; p == nil || p.Pointer != "/time" || p.Status != http.StatusUnprocessableEntity {
		t.Errorf("problem %+v", p)
	}
	if got := batch(event("time", "noon"), event("id", absent)); got.StatusCode != http.StatusUnprocessableEntity || len(got.receipt.Answers) != 2 || got.Header.Get(AfterHeader) != "" {
		t.Errorf("all refused: got %s %+v", got.Status, got.receipt)
	}
	if got := batch(); got.StatusCode != http.StatusAccepted || len(got.receipt.Answers) != 0 {
		t.Errorf("an empty batch: got %s %+v", got.Status, got.receipt)
	}
}

func TestZippedBody(t *testing.T) {
	d := newDoor(t, Limits{})
	if got := d.send(t, zipped(t, event()), map[string]string{"Content-Type": structured, "Content-Encoding": "gzip"}); got.StatusCode != http.StatusAccepted {
		t.Errorf("got %s %+v", got.Status, got.problem)
	}
}

func zipped(t *testing.T, text string) io.Reader {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestRefusedRequests(t *testing.T) {
	d := newDoor(t, Limits{})
	expired, err := d.issuer.Token(acme, time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	json := func(headers ...string) map[string]string {
		h := map[string]string{"Content-Type": structured}
		for i := 0; i < len(headers); i += 2 {
			h[headers[i]] = headers[i+1]
		}
		return h
	}
	bytesOf := func(n int) io.Reader { return io.LimitReader(spaces{}, int64(n)) }
	for name, tt := range map[string]struct {
		method  string
		body    io.Reader
		headers map[string]string
		kind    ProblemType
		says    string
		header  string // that must stand in the answer
	}{
		"no token":           {"POST", strings.NewReader(event()), json("Authorization", ""), Unauthenticated, "send Authorization: Bearer", "Www-Authenticate"},
		"another scheme":     {"POST", strings.NewReader(event()), json("Authorization", "Basic YTpi"), Unauthenticated, "Bearer, a space and the token", "Www-Authenticate"},
		"no JWT":             {"POST", strings.NewReader(event()), json("Authorization", "Bearer abc"), Unauthenticated, "not a JWT", "Www-Authenticate"},
		"expired":            {"POST", strings.NewReader(event()), json("Authorization", "Bearer "+expired), Unauthenticated, "expired", "Www-Authenticate"},
		"another vendor":     {"POST", strings.NewReader(event("source", "/vendors/beta/crm")), json(), Forbidden, "source /vendors/beta/crm is of vendor beta, and your token is of vendor acme", ""},
		"an agent's token":   {"POST", strings.NewReader(event()), json("Authorization", "Bearer "+d.tokenOf(t, access.Viewer{Role: access.Agent, Vendor: "acme", Agent: "7"})), Forbidden, "use a token of role publisher", ""},
		"tellonce's own":     {"POST", strings.NewReader(event("type", "access.recorded.v1")), json(), Forbidden, "access.recorded.v1 may not be written with this token: tellonce alone", ""},
		"by hand":            {"POST", strings.NewReader(event("type", "problem.joined.v1", "data", map[string]any{"problem_ids": []string{"p_AAAAAAAAAAAAAAAAAAAAAA"}})), json(), Forbidden, "needs a role of the operator's", ""},
		"a bill":             {"POST", strings.NewReader(event("type", "bill.issued.v1", "data", map[string]any{"bill": "1"})), json(), Forbidden, "operator's settings name", ""},
		"retracts another's": {"POST", strings.NewReader(event("type", "event.retracted.v1", "data", map[string]any{"source": "/vendors/beta/crm", "id": "1"})), json(), Forbidden, "of vendor beta", ""},
		"PUT":                {"PUT", strings.NewReader(event()), json(), MethodUnknown, "Post events here", "Allow"},
		"no Content-Type":    {"POST", strings.NewReader(event()), map[string]string{}, MediaType, "Set Content-Type", "Accept"},
		"plain JSON":         {"POST", strings.NewReader(event()), map[string]string{"Content-Type": "application/json"}, MediaType, "application/cloudevents+json", "Accept"},
		"XML event":          {"POST", strings.NewReader("<a/>"), map[string]string{"Content-Type": "application/cloudevents+xml"}, MediaType, "is not read here", "Accept"},
		"latin1":             {"POST", strings.NewReader(event()), map[string]string{"Content-Type": structured + "; charset=latin1"}, MediaType, "UTF-8", ""},
		"deflate":            {"POST", strings.NewReader(event()), json("Content-Encoding", "deflate"), MediaType, "plain or as gzip", "Accept-Encoding"},
		"no gzip":            {"POST", strings.NewReader(event()), json("Content-Encoding", "gzip"), Malformed, "gzip from its first to its last byte", ""},
		"gzip cut off":       {"POST", io.LimitReader(zipped(t, event()), 60), json("Content-Encoding", "gzip"), Malformed, "gzip from its first to its last byte", ""},
		"no JSON":            {"POST", strings.NewReader("id=1"), json(), Malformed, "line 1, column 1", ""},
		"empty":              {"POST", strings.NewReader(""), json(), Malformed, "line 1, column 1", ""},
		"two events":         {"POST", strings.NewReader(event() + event()), json(), Malformed, "the end expected", ""},
		"an event as batch":  {"POST", strings.NewReader(event()), json("Content-Type", batched), Malformed, "JSON array of events", ""},
		"a batch as event":   {"POST", strings.NewReader("[" + event() + "]"), json(), NotAnEvent, "JSON object", ""},
		"too large":          {"POST", bytes.NewReader(bytes.Repeat([]byte(" "), MaxBody+1)), json(), BodyTooLarge, "Split the batch", ""},
		"too large, chunked": {"POST", bytesOf(MaxBody + 1), json(), BodyTooLarge, "Split the batch", ""},
		"too large, zipped":  {"POST", zipped(t, strings.Repeat(" ", MaxBody+1)), json("Content-Encoding", "gzip"), BodyTooLarge, "Split the batch", ""},
		"1,001 events":       {"POST", strings.NewReader("[" + strings.Repeat("{},", MaxBatch) + "{}]"), json("Content-Type", batched), BatchTooLarge, "at most 1000 events", ""},
		"a large event":      {"POST", strings.NewReader(event("data", data("note", strings.Repeat("x", MaxEvent)))), json(), EventTooLarge, "shorten its texts", ""},
		"binary without id":  {"POST", strings.NewReader(`{}`), map[string]string{"Content-Type": "application/json", "ce-specversion": "1.0"}, BadAttribute, "Set id", ""},
		"binary as text":     {"POST", strings.NewReader(`{}`), map[string]string{"Content-Type": "text/plain", "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/vendors/acme/crm", "ce-type": "step.tried.v1", "ce-time": "2026-03-01T11:59:00Z"}, BadAttribute, "set datacontenttype to application/json", ""},
		"binary, bad bytes":  {"POST", strings.NewReader(`{}`), map[string]string{"Content-Type": "application/json", "ce-specversion": "1.0", "ce-id": "%ff"}, UnusableText, "Percent-encode", ""},
		"binary, no data":    {"POST", strings.NewReader(``), map[string]string{"Content-Type": "application/json", "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/vendors/acme/crm", "ce-type": "step.tried.v1", "ce-time": "2026-03-01T11:59:00Z"}, BadAttribute, "Send the event's data", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := d.do(t, tt.method, tt.body, tt.headers)
			if got.StatusCode != tt.kind.Status || got.problem.Type != tt.kind.URI() || got.problem.Status != tt.kind.Status {
				t.Errorf("got %s %+v, want %d %s", got.Status, got.problem, tt.kind.Status, tt.kind.URI())
			}
			if !strings.Contains(got.problem.Detail, tt.says) {
				t.Errorf("detail %q, want %q in it", got.problem.Detail, tt.says)
			}
			if tt.header != "" && got.Header.Get(tt.header) == "" {
				t.Errorf("no %s in %v", tt.header, got.Header)
			}
		})
	}
	if n := len(d.log.messages); n != 0 {
		t.Errorf("%d records written for refused requests", n)
	}
}

// spaces is an endless body without length.
type spaces struct{}

func (spaces) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestGETStatesWhatIsTaken(t *testing.T) {
	d := newDoor(t, Limits{})
	response, err := http.Get(d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var says struct {
		Installation string
		Limits       map[string]int
		Types        []string
	}
	if err := json.NewDecoder(response.Body).Decode(&says); err != nil {
		t.Fatal(err)
	}
	if says.Installation == "" || says.Installation != d.ring.Installation() || says.Limits["batch"] != MaxBatch || !slices.Contains(says.Types, "step.tried.v1") {
		t.Errorf("says %+v", says)
	}
}

func TestAwayIsTold(t *testing.T) {
	d := newDoor(t, Limits{})
	d.log.err = kafka.ErrAway{Cause: errors.New("connection refused")}
	got := d.send(t, strings.NewReader(event()), map[string]string{"Content-Type": structured})
	if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" || !strings.Contains(got.problem.Detail, "The log (Kafka) does not acknowledge.") || !strings.Contains(got.problem.Detail, "send all of it again") {
		t.Errorf("got %s %v %+v", got.Status, got.Header, got.problem)
	}
	d.log.err = nil
	if got := d.send(t, strings.NewReader(event()), map[string]string{"Content-Type": structured}); got.StatusCode != http.StatusAccepted {
		t.Errorf("after it came back: %s", got.Status)
	}
	d.pool.Close()
	got = d.send(t, strings.NewReader(event("id", "e2")), map[string]string{"Content-Type": structured})
	if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.problem.Detail, "The ring (PostgreSQL) does not answer.") {
		t.Errorf("got %s %+v", got.Status, got.problem)
	}
}

func TestTooMuchUnderWayIsTurnedAway(t *testing.T) {
	for name, limits := range map[string]Limits{
		"requests": {Requests: 1},
		"bytes":    {Bytes: 4 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, limits)
			// A request that never ends, its first bytes read.
			slow := d.open(t, 3000)
			await(t, func() bool { return d.load.requests.Load() == 1 && d.load.bytes.Load() > 0 })
			body := "[" + event() + strings.Repeat(" ", 3000) + "]"
			got := d.send(t, strings.NewReader(body), map[string]string{"Content-Type": batched})
			if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" || got.problem.Type != Busy.URI() {
				t.Errorf("got %s %+v", got.Status, got.problem)
			}
			_ = slow.Close()
			await(t, func() bool { return d.load.requests.Load() == 0 && d.load.bytes.Load() == 0 })
			if got := d.send(t, strings.NewReader(body), map[string]string{"Content-Type": batched}); got.StatusCode != http.StatusAccepted {
				t.Errorf("after it ended: %s %+v", got.Status, got.problem)
			}
		})
	}
}

func TestASlowBodyIsGivenUp(t *testing.T) {
	d := newDoor(t, Limits{Read: 50 * time.Millisecond})
	conn := d.open(t, 1000)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusRequestTimeout {
		t.Errorf("got %s", response.Status)
	}
}

// open begins a request of which the body never comes whole.
func (d *door) open(t *testing.T, length int) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.Split(d.url, "/")[2])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := fmt.Fprintf(conn, "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n{", d.token, structured, length); err != nil {
		t.Fatal(err)
	}
	return conn
}

func await(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatal("it never came to that")
		}
		<-time.After(time.Millisecond)
	}
}
