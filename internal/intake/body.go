package intake

import (
	"compress/gzip"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// load is what is under way, so that more of it than memory holds is turned away
// and not queued.
type load struct {
	most, mostRequests int64
	bytes, requests    atomic.Int64
}

// share is one request's part of the load.
type share struct {
	load  *load
	bytes int64
}

func (l *load) enter(w http.ResponseWriter) (*share, *Problem) {
	if l.requests.Add(1) > l.mostRequests {
		l.requests.Add(-1)
		return nil, busy(w)
	}
	return &share{load: l}, nil
}

func (t *share) leave() {
	t.load.requests.Add(-1)
	t.load.bytes.Add(-t.bytes)
}

// take counts n more bytes; false where they are too many for all requests together.
func (t *share) take(n int64) bool {
	t.bytes += n
	return t.load.bytes.Add(n) <= t.load.most
}

func busy(w http.ResponseWriter) *Problem {
	w.Header().Set("Retry-After", "1")
	return Busy.problem("", "", "More is under way than can be held: send the same again after a second, and fewer requests at once.")
}

var (
	errBusy     = errors.New("too much under way")
	errTooLarge = errors.New("body too large")
)

// read is the body of a request, unzipped, within the limits of one and of all. Memory
// is taken as bytes arrive, so a slow client holds no more than it sent.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, t *share) ([]byte, *Problem) {
	if r.ContentLength > MaxBody {
		return nil, bodyTooLarge()
	}
	var from io.Reader = r.Body
	switch coding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		unzip, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, bodyProblem(w, err, true)
		}
		from = unzip
	default:
		w.Header().Set("Accept-Encoding", "gzip, identity")
		return nil, MediaType.problem("", "gzip, or no Content-Encoding", "Content-Encoding %q is not read here: send the body plain or as gzip.", coding)
	}
	body, err := readAll(from, r.ContentLength, t)
	if err != nil {
		return nil, bodyProblem(w, err, from != r.Body)
	}
	readUntil(w, time.Time{}) // else it would end the request while ring and log are waited for
	return body, nil
}

// readUntil bounds how long the request may still arrive. It stands after a refusal
// too: the server reads what is left of the body then.
func readUntil(w http.ResponseWriter, deadline time.Time) {
	_ = http.NewResponseController(w).SetReadDeadline(deadline) // one that knows no deadlines is a test's
}

func readAll(from io.Reader, announced int64, t *share) ([]byte, error) {
	const step = 32 << 10
	body := make([]byte, 0, min(max(announced, 512), step))
	if !t.take(int64(cap(body))) {
		return nil, errBusy
	}
	for {
		if len(body) == cap(body) {
			next := min(max(2*cap(body), step), MaxBody+1)
			if len(body) > MaxBody {
				return nil, errTooLarge
			}
			if !t.take(int64(next - cap(body))) {
				return nil, errBusy
			}
			body = append(make([]byte, 0, next), body...)
		}
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err != nil {
			if errors.Is(err, io.EOF) && len(body) <= MaxBody {
				return body, nil
			}
			if errors.Is(err, io.EOF) {
				return nil, errTooLarge
			}
			return nil, err
		}
	}
}

func bodyProblem(w http.ResponseWriter, err error, zipped bool) *Problem {
	var slow net.Error
	switch {
	case errors.Is(err, errBusy):
		return busy(w)
	case errors.Is(err, errTooLarge):
		return bodyTooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &slow) && slow.Timeout():
		return TooSlow.problem("", "", "Send smaller batches, or over a faster line: the body must arrive within the time that a request may take.")
	case zipped:
		return Malformed.problem("", "gzip", "Send a body that is gzip from its first to its last byte, or leave Content-Encoding out.")
	default:
		return Malformed.problem("", "", "The body did not arrive whole: send it again.")
	}
}

func bodyTooLarge() *Problem {
	return BodyTooLarge.problem("", "at most 8 MiB, unzipped", "Split the batch: a body has at most %d bytes after it is unzipped. Nothing of it was taken.", MaxBody)
}
