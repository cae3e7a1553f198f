package schema

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/jackc/pgx/v5/pgconn"
)

// fault is an error in the answer (October 2021, section 7.1.2).
type fault struct {
	Message    string         `json:"message"`
	Locations  []Place        `json:"locations,omitempty"`
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions"`
}

func (r *Refusal) fault() fault {
	return fault{Message: r.Message, Locations: r.Places, Extensions: map[string]any{"code": r.Code}}
}

// faultOf is an error of a field as the answer tells it: as a refusal says, or in
// words that show nothing of the inside; the second is then what to log.
func faultOf(found *gqlerrors.FormattedError) (fault, error) {
	f := fault{Message: "the server could not answer this: try again, and report it where it stays", Locations: places(found.Locations), Path: found.Path}
	code, err := CodeInternal, error(found)
	for next := error(*found); next != nil; {
		var refusal *Refusal
		if errors.As(next, &refusal) {
			f.Message, code, err = refusal.Message, refusal.Code, nil
			break
		}
		next = causeOf(next)
	}
	f.Extensions = map[string]any{"code": code}
	return f, err
}

// causeOf is what an error of graphql-go was made of: the library wraps without Unwrap.
func causeOf(err error) error {
	switch e := err.(type) { //nolint:errorlint // each layer is peeled off in turn
	case gqlerrors.FormattedError:
		return e.OriginalError()
	case *gqlerrors.FormattedError:
		return e.OriginalError()
	case *gqlerrors.Error:
		return e.OriginalError
	default:
		return nil
	}
}

// readingRefusal is what a reader is told of an error of the database; the second is
// what to log, nil where it says all.
func readingRefusal(err error, limits *Limits) (*Refusal, error) {
	var refusal *Refusal
	var refused *pgconn.PgError
	var dial *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &refusal):
		return refusal, nil
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &refused) && refused.Code == "57014": // cancelled by its time limit
		return timeRefusal(limits), nil
	case errors.As(err, &refused) && (refused.Code[:2] == "08" || refused.Code[:2] == "53" || refused.Code[:2] == "57"), // connection, resources, shutting down
		errors.As(err, &dial), errors.As(err, &network), pgconn.SafeToRetry(err), errors.Is(err, net.ErrClosed):
		return unavailable(CodeDatabaseUnavailable, "the database cannot be reached: try again in a moment"), err
	default:
		return internalRefusal(), err
	}
}

func timeRefusal(limits *Limits) *Refusal {
	r := unavailable(CodeTimeLimit, "")
	r.Message = "the answer took longer than " + limits.Time.String() + ": ask for fewer entries or fields at a time, or try again"
	return r
}

func unavailable(code Code, message string) *Refusal {
	return &Refusal{Code: code, Message: message, Status: http.StatusServiceUnavailable, Header: map[string]string{"Retry-After": "1"}}
}
