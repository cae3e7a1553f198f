package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// Headers of an answer.
const (
	AfterHeader        = "Tellonce-After"        // as in a Receipt
	InstallationHeader = "Tellonce-Installation" // the id of this installation, on every answer
)

// Limits of the handler. A zero takes the default.
type Limits struct {
	Requests int           // under way at once; 256
	Bytes    int64         // of bodies under way at once, after they are unzipped; 32 MiB
	Read     time.Duration // for a body to arrive; 30 s
}

// answerTime is how long a client may take to read an answer.
const answerTime = 30 * time.Second

// Handler serves POST /v1/events, and GET of it, which states what is taken here.
type Handler struct {
	intake   *Intake
	verifier Verifier
	limits   Limits
	load     load
	stated   []byte // the answer to GET
}

// NewHandler is the HTTP door of an intake.
func NewHandler(in *Intake, verifier Verifier, limits Limits) *Handler {
	if limits.Requests == 0 {
		limits.Requests = 256
	}
	if limits.Bytes == 0 {
		limits.Bytes = 32 << 20
	}
	if limits.Read == 0 {
		limits.Read = 30 * time.Second
	}
	types := make([]string, len(domain.Catalogue))
	for i, t := range domain.Catalogue {
		types[i] = t.Name
	}
	stated, err := json.Marshal(map[string]any{
		"installation": in.ring.Installation(),
		"limits":       map[string]int{"body": MaxBody, "batch": MaxBatch, "event": MaxEvent, "depth": MaxDepth},
		"types":        types,
	})
	if err != nil {
		stated = []byte("{}") // texts and numbers always encode
	}
	return &Handler{intake: in, verifier: verifier, limits: limits, stated: stated, load: load{most: limits.Bytes, mostRequests: int64(limits.Requests)}}
}

// ServeHTTP answers a request to /v1/events.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(InstallationHeader, h.intake.ring.Installation())
	switch r.Method {
	case http.MethodPost:
	case http.MethodGet, http.MethodHead:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(h.stated)
		return
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		refuse(w, MethodUnknown.problem("", "POST", "Post events here; GET says what is taken."))
		return
	}
	if p := h.post(w, r); p != nil {
		h.intake.counts.refuse(p.name())
		refuse(w, p)
	}
}

// post answers a request, but for what is wrong with the request itself, which it
// returns.
func (h *Handler) post(w http.ResponseWriter, r *http.Request) *Problem {
	readUntil(w, time.Now().Add(h.limits.Read))
	viewer, p := h.viewer(w, r)
	if p != nil {
		return p
	}
	mode, p := modeOf(w, r)
	if p != nil {
		return p
	}
	part, p := h.load.enter(w)
	if p != nil {
		return p
	}
	defer part.leave()
	body, p := h.read(w, r, part)
	if p != nil {
		return p
	}
	batch, err := mode.read(r.Header, body)
	if err != nil {
		return malformed(err)
	}
	answers, after, err := h.intake.Accept(r.Context(), viewer, batch)
	if err != nil {
		return h.unanswered(w, r, err)
	}
	receipt := Receipt{Answers: answers, After: after.String()}
	if receipt.After != "" {
		w.Header().Set(AfterHeader, receipt.After)
	}
	if !mode.batch && answers[0].Outcome == Refused {
		refuse(w, answers[0].Problem)
		return nil
	}
	answer(w, receipt.status(), "application/json", receipt)
	return nil
}

// unanswered is the problem of a batch that neither log nor ring let through.
func (h *Handler) unanswered(w http.ResponseWriter, r *http.Request, err error) *Problem {
	if r.Context().Err() != nil {
		return Away.problem("", "", "The request was given up.") // nobody reads it
	}
	h.intake.opts.Logger.ErrorContext(r.Context(), "events not taken", "error", err)
	const again = " Nothing was acknowledged: send all of it again in a while; what came through all the same will count as duplicate."
	w.Header().Set("Retry-After", "2")
	switch {
	case errors.Is(err, ErrLogAway):
		return Away.problem("", "", "The log (Kafka) does not acknowledge."+again)
	case errors.Is(err, ErrRingAway):
		return Away.problem("", "", "The ring (PostgreSQL) does not answer."+again)
	default:
		return Away.problem("", "", "Something is wrong here; its log says what."+again)
	}
}

// mode is how a request carries events.
type mode struct {
	batch  bool
	binary bool
}

func modeOf(w http.ResponseWriter, r *http.Request) (mode, *Problem) {
	const expected = "application/cloudevents+json, application/cloudevents-batch+json, or ce- headers with application/json"
	content := r.Header.Get("Content-Type")
	media, params, err := mime.ParseMediaType(content)
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return mode{}, MediaType.problem("", "charset=utf-8", "Send the body in UTF-8: the charset %q is not read.", charset)
	}
	switch {
	case err == nil && media == "application/cloudevents+json":
		return mode{}, nil
	case err == nil && media == "application/cloudevents-batch+json":
		return mode{batch: true}, nil
	case hasAttributes(r.Header) && !strings.HasPrefix(media, "application/cloudevents"):
		return mode{binary: true}, nil // what its data is, is said of the event
	}
	w.Header().Set("Accept", "application/cloudevents+json, application/cloudevents-batch+json, application/json")
	if content == "" {
		return mode{}, MediaType.problem("", expected, "Set Content-Type: application/cloudevents+json for one event, application/cloudevents-batch+json for an array of them.")
	}
	return mode{}, MediaType.problem("", expected, "Content-Type %q is not read here: send one event as application/cloudevents+json, an array as application/cloudevents-batch+json, or the attributes in ce- headers.", content)
}

// hasAttributes reports whether an event's attributes are in the headers.
func hasAttributes(header http.Header) bool {
	for name := range header {
		if strings.HasPrefix(name, "Ce-") {
			return true
		}
	}
	return false
}

func (m mode) read(header http.Header, body []byte) ([]Candidate, error) {
	if m.batch {
		return ReadBatch(body)
	}
	read := ReadEvent
	if m.binary {
		read = func(body []byte) (Candidate, error) { return ReadHeaders(header, body) }
	}
	c, err := read(body)
	return []Candidate{c}, err
}

func refuse(w http.ResponseWriter, p *Problem) { answer(w, p.Status, "application/problem+json", p) }

func answer(w http.ResponseWriter, status int, content string, body any) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // what is between < and > is to be read by people
	if err := encoder.Encode(body); err != nil {
		http.Error(w, "encode answer", http.StatusInternalServerError) // texts and numbers always encode
		return
	}
	// Who does not read the answer does not hold the connection.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime))
	w.Header().Set("Content-Type", content)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
