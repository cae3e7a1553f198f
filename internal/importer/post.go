package importer

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// bodyBytes is where a batch is cut: well below what intake takes, so that a
// request is a matter of seconds on a slow line too.
const bodyBytes = 2 << 20

// The outcomes of an event.
const (
	acceptedOutcome  = "accepted"
	duplicateOutcome = "duplicate"
	refusedOutcome   = "refused"
)

// answer is what intake says of one event.
type answer struct {
	Outcome string   `json:"answer"`
	Problem *problem `json:"problem,omitempty"`
}

// problem is why something was refused (RFC 9457).
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Detail   string `json:"detail"`
	Pointer  string `json:"pointer,omitempty"`
	Expected string `json:"expected,omitempty"`
}

func (p *problem) Error() string {
	if p.Detail != "" {
		return p.Detail
	}
	return p.Title
}

// poster posts to one intake. Its methods may be called at once.
type poster struct {
	client   *http.Client
	events   string // URL of the door
	token    string
	zip      bool
	patience time.Duration
	first    time.Duration // before the second attempt; doubles from there on
	say      func(string)  // told once when intake ceases to answer, and once when it is back

	heard atomic.Int64 // when anything was answered last, Unix nanoseconds
	away  atomic.Bool
}

// longestWait bounds the time between two attempts that nobody asked for.
const longestWait = 5 * time.Second

func newPoster(to, token string) (*poster, error) {
	base, err := url.Parse(to)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("post to %q: an address such as http://127.0.0.1:8484 is expected", to)
	}
	if !strings.HasSuffix(base.Path, "/v1/events") {
		base = base.JoinPath("/v1/events")
	}
	return &poster{client: &http.Client{}, events: base.String(), token: token, first: 100 * time.Millisecond, say: func(string) {}}, nil
}

// installation asks intake whose it is; "" where it does not say.
func (p *poster) installation(ctx context.Context) (string, error) {
	var id string
	err := p.patiently(ctx, func(ctx context.Context) error {
		response, err := p.do(ctx, http.MethodGet, nil)
		if err != nil {
			return err
		}
		id = response.header.Get("Tellonce-Installation")
		return response.refusal(p.events)
	})
	return id, err
}

// post has every event answered: it comes back only with all answers, or with what
// stopped it.
func (p *poster) post(ctx context.Context, events []pending) error {
	bodies := make([][]byte, len(events))
	for i := range events {
		var err error
		if bodies[i], err = events[i].event.JSON(); err != nil {
			return err
		}
	}
	for from := 0; from < len(events); {
		until, size := from, 0
		for until < len(events) && (until == from || size+len(bodies[until]) < bodyBytes) {
			size += len(bodies[until]) + 1
			until++
		}
		if err := p.settle(ctx, events[from:until], bodies[from:until]); err != nil {
			return err
		}
		from = until
	}
	return nil
}

func (p *poster) settle(ctx context.Context, events []pending, bodies [][]byte) error {
	var answers []answer
	err := p.patiently(ctx, func(ctx context.Context) error {
		response, err := p.do(ctx, http.MethodPost, joined(bodies))
		if err != nil {
			return err
		}
		answers, err = response.answers(p.events, len(events))
		return err
	})
	var large *tooLarge
	if errors.As(err, &large) {
		if len(events) == 1 {
			events[0].answer = answer{Outcome: refusedOutcome, Problem: large.problem}
			return nil
		}
		half := len(events) / 2
		if err := p.settle(ctx, events[:half], bodies[:half]); err != nil {
			return err
		}
		return p.settle(ctx, events[half:], bodies[half:])
	}
	if err != nil {
		return err
	}
	for i := range events {
		events[i].answer = answers[i]
	}
	return nil
}

func joined(bodies [][]byte) []byte {
	var b bytes.Buffer
	for i, body := range bodies {
		b.WriteByte("[,"[min(i, 1)])
		b.Write(body)
	}
	b.WriteByte(']')
	return b.Bytes()
}

// again is a failure after which the same is worth sending once more.
type again struct {
	cause error
	after time.Duration // as intake asked; 0 where it did not
	alive bool          // intake answered: it is there, and busy
}

func (a *again) Error() string { return a.cause.Error() }

// tooLarge is a request that must be cut.
type tooLarge struct{ problem *problem }

func (t *tooLarge) Error() string { return t.problem.Error() }

// silence is the end of patience.
type silence struct {
	patience time.Duration
	cause    error
}

func (s *silence) Error() string {
	return fmt.Sprintf("no answer for %v (%v)", s.patience, s.cause)
}

func (s *silence) Unwrap() error { return s.cause }

// patiently tries until there is an answer, whichever it is, or nothing at all has
// been answered, to this call or another, for as long as patience lasts. What asks
// for a wait gets it.
func (p *poster) patiently(ctx context.Context, try func(context.Context) error) error {
	began := time.Now()
	for wait := p.first; ; wait = min(2*wait, longestWait) {
		attempt, release := context.WithTimeout(ctx, p.patience)
		err := try(attempt)
		release()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var failed *again
		if !errors.As(err, &failed) {
			p.answered(time.Now())
			return err
		}
		pause := time.Duration(float64(wait) * (0.75 + rand.Float64()/2))
		if failed.after > 0 {
			pause = failed.after
		}
		if failed.alive {
			p.answered(time.Now().Add(pause))
		}
		last := began
		if heard := time.Unix(0, p.heard.Load()); heard.After(last) {
			last = heard
		}
		left := time.Until(last.Add(p.patience))
		if left <= 0 {
			return &silence{p.patience, failed.cause}
		}
		if !failed.alive && p.away.CompareAndSwap(false, true) {
			p.say(fmt.Sprintf("intake does not answer (%v); trying again for %v", failed.cause, p.patience))
		}
		if err := sleep(ctx, min(pause, left)); err != nil {
			return err
		}
	}
}

func (p *poster) answered(at time.Time) {
	for {
		heard := p.heard.Load()
		if at.UnixNano() <= heard || p.heard.CompareAndSwap(heard, at.UnixNano()) {
			break
		}
	}
	if p.away.CompareAndSwap(true, false) {
		p.say("intake answers again")
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// response is an answer that arrived whole.
type response struct {
	status int
	header http.Header
	body   []byte
}

func (p *poster) do(ctx context.Context, method string, body []byte) (*response, error) {
	var content io.Reader = http.NoBody
	if body != nil {
		if p.zip {
			var zipped bytes.Buffer
			z := gzip.NewWriter(&zipped)
			_, err := z.Write(body)
			if err = errors.Join(err, z.Close()); err != nil {
				return nil, fmt.Errorf("zip a batch: %w", err)
			}
			body = zipped.Bytes()
		}
		content = bytes.NewReader(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, p.events, content)
	if err != nil {
		return nil, fmt.Errorf("post to %s: %w", p.events, err)
	}
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/cloudevents-batch+json")
		if p.zip {
			request.Header.Set("Content-Encoding", "gzip")
		}
	}
	got, err := p.client.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // without method and address, which are always the same
		}
		if errors.Is(err, io.EOF) {
			err = errors.New("the connection was cut off")
		}
		return nil, &again{cause: err}
	}
	defer func() { _ = got.Body.Close() }()
	const most = 64 << 20
	answered, err := io.ReadAll(io.LimitReader(got.Body, most))
	if err != nil {
		return nil, &again{cause: fmt.Errorf("the answer was cut off: %w", err)}
	}
	return &response{got.StatusCode, got.Header, answered}, nil
}

// refusal is nil where the request was answered, and else what is to be done.
func (r *response) refusal(events string) error {
	why := &problem{}
	if json.Unmarshal(r.body, why) != nil || why.Detail == "" && why.Title == "" {
		why = &problem{Title: fmt.Sprintf("status %d", r.status)}
	}
	switch r.status {
	case http.StatusOK, http.StatusAccepted, http.StatusUnprocessableEntity:
		return nil
	case http.StatusTooManyRequests:
		return &again{cause: why, after: retryAfter(r.header), alive: true}
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &again{cause: why, after: retryAfter(r.header)}
	case http.StatusRequestEntityTooLarge:
		return &tooLarge{why}
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("the token is refused: %w", why)
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return fmt.Errorf("%s is no door of tellonce: %w", events, why)
	default:
		return fmt.Errorf("the request is refused with status %d: %w", r.status, why)
	}
}

// answers are those of a batch, one for each event.
func (r *response) answers(events string, n int) ([]answer, error) {
	if err := r.refusal(events); err != nil {
		return nil, err
	}
	var receipt struct {
		Answers []answer `json:"answers"`
	}
	if err := json.Unmarshal(r.body, &receipt); err != nil {
		return nil, &again{cause: fmt.Errorf("the answer is not understood: %w", err)}
	}
	if len(receipt.Answers) != n {
		return nil, &again{cause: fmt.Errorf("the answer is not understood: it has %d answers for %d events", len(receipt.Answers), n)}
	}
	for i := range receipt.Answers {
		switch a := &receipt.Answers[i]; a.Outcome {
		case acceptedOutcome, duplicateOutcome:
		case refusedOutcome:
			if a.Problem == nil {
				a.Problem = &problem{Title: "no reason was given"}
			}
		default:
			return nil, &again{cause: fmt.Errorf("the answer is not understood: an event is %q", a.Outcome)}
		}
	}
	return receipt.Answers, nil
}

// retryAfter is the wait that a Retry-After asks for, in either of its forms; 0
// where there is none.
func retryAfter(header http.Header) time.Duration {
	asked := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(asked); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(asked); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
