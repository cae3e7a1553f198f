package schema

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/ring"
	"github.com/tellonce/tellonce/projections"
)

// Ring is what schema asks of the ring; a *ring.Ring is one.
type Ring interface {
	Hash(domain.Identifier) []byte
	ReferencePerson(source, subject string) domain.PersonID
	Opener([]ring.Wrapped) *ring.Opener
}

// Config is what a Server is made of.
type Config struct {
	Database Database
	Ring     Ring
	Verifier Verifier
	Codes    domain.Codes     // labels of reasons and steps
	Zone     *time.Location   // of the days that briefs tell; UTC where nil
	Operator string           // the operator's own <vendor>; "operator" where empty
	Region   string           // default region of telephone numbers, ISO 3166: "FR"
	Topic    string           // whose checkpoints say how fresh an answer is; "tellonce.events"
	Now      func() time.Time // what is overdue or open is decided against it
	Limits   Limits
	Log      *slog.Logger
}

// Server answers GraphQL over HTTP. It is safe for use by many at once.
type Server struct {
	db          Database
	ring        Ring
	verifier    Verifier
	codes       domain.Codes
	zone        *time.Location
	operator    string
	region      string
	topic       string
	clock       func() time.Time
	limits      Limits
	log         *slog.Logger
	declared    *declaration
	schema      *graphql.Schema
	documents   *documents
	arrivals    *projections.Arrivals
	generations serving
}

// New makes the handler of /graphql. It reads nothing yet: a database that is away
// is told to those who ask.
func New(c Config) (*Server, error) {
	if c.Database == nil || c.Ring == nil || c.Verifier == nil || c.Now == nil || c.Log == nil {
		return nil, errors.New("make GraphQL server: a database, a ring, a verifier, a clock and a log are needed")
	}
	s := &Server{
		operator: cmp.Or(c.Operator, "operator"),
		db:       c.Database, ring: c.Ring, verifier: c.Verifier, codes: c.Codes, zone: c.Zone, region: c.Region, topic: c.Topic,
		clock: c.Now, limits: c.Limits.withDefaults(), log: c.Log, declared: declared(),
	}
	if s.topic == "" {
		s.topic = "tellonce.events"
	}
	s.arrivals = projections.NewArrivals(s.db, s.topic)
	var err error
	if s.schema, err = build(s.declared); err != nil {
		return nil, err
	}
	if s.documents, err = newDocuments(s.schema, &s.limits); err != nil {
		return nil, err
	}
	return s, nil
}

// ServeHTTP answers one request of GraphQL over HTTP.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.Time)
	defer cancel()
	r = r.WithContext(ctx)
	// The body must come in time too. net/http sets its own deadline for what follows.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.limits.Time)) // a recorder in a test has none
	out, ok := negotiate(r.Header.Values("Accept"))
	if !ok {
		s.refuse(w, jsonMedia, malformed(http.StatusNotAcceptable, CodeNotAcceptable, "the answer is %s or %s: accept one of them", responseMedia, jsonMedia))
		return
	}
	defer func() {
		if broken := recover(); broken != nil {
			s.log.ErrorContext(ctx, "GraphQL request broke", "panic", fmt.Sprint(broken))
			s.refuse(w, out, internalRefusal())
		}
	}()
	answer, refusals := s.answer(w, r)
	if len(refusals) > 0 {
		s.refuse(w, out, refusals...)
		return
	}
	s.write(w, out, http.StatusOK, answer)
}

// answer is the body of the answer, or why there is none.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) ([]byte, []*Refusal) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		refusal := malformed(http.StatusMethodNotAllowed, CodeMethod, "%s is not answered here: use POST, or GET for queries", r.Method)
		refusal.Header = map[string]string{"Allow": "GET, POST"}
		return nil, []*Refusal{refusal}
	}
	viewer, refusal := s.authenticate(r)
	if refusal != nil {
		return nil, []*Refusal{refusal}
	}
	q, refusal := readQuestion(w, r, &s.limits)
	if refusal != nil {
		return nil, []*Refusal{refusal}
	}
	doc, refusals := s.documents.get(q.query)
	if len(refusals) > 0 {
		return nil, refusals
	}
	operation, refusal := doc.operation(q.operation)
	if refusal != nil {
		return nil, []*Refusal{refusal}
	}
	if refusal := checkKind(r, operation.Operation); refusal != nil {
		return nil, []*Refusal{refusal}
	}
	if refusal := s.await(r.Context(), r.Header.Get("Tellonce-After")); refusal != nil {
		return nil, []*Refusal{refusal}
	}
	return s.execute(r.Context(), viewer, doc, operation, q)
}

// checkKind refuses what a request may not do.
func checkKind(r *http.Request, kind string) *Refusal {
	switch {
	case kind == "query":
		return nil
	case kind == "mutation" && r.Method == http.MethodGet:
		refusal := malformed(http.StatusMethodNotAllowed, CodeMutationOverGet, "a mutation is not taken by GET: send it by POST")
		refusal.Header = map[string]string{"Allow": "POST"}
		return refusal
	default:
		return refuse(CodeInvalid, "there is no %s here: send a query", kind)
	}
}

// await waits until the read models have passed what the reader wants to see.
func (s *Server) await(ctx context.Context, token string) *Refusal {
	after, err := projections.ParseAfter(token)
	if err != nil {
		return malformed(http.StatusBadRequest, CodeBadAfter, "Tellonce-After is not as a write's answer gave it: send it unchanged, or leave it out")
	}
	if len(after) == 0 {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, s.limits.Wait)
	defer cancel()
	err = s.arrivals.Wait(waiting, after)
	if errors.Is(err, projections.ErrNotYet) && ctx.Err() == nil {
		return unavailable(CodeBehind, fmt.Sprintf("the read models have not come to Tellonce-After within %s: ask again in a moment, or without it", s.limits.Wait))
	}
	if err != nil {
		return s.readingRefusal(ctx, err)
	}
	return nil
}

// readingRefusal is what the reader is told of an error; the rest is logged.
func (s *Server) readingRefusal(ctx context.Context, err error) *Refusal {
	refusal, inside := readingRefusal(err, &s.limits)
	if inside != nil {
		s.log.ErrorContext(ctx, "GraphQL request failed", "error", inside)
	}
	return refusal
}
