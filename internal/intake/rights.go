package intake

import (
	"context"
	"errors"
	"net/http"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
)

// mayPublish refuses what the viewer may not write: a type, another vendor's source,
// or the retraction of another vendor's event.
func (in *Intake) mayPublish(viewer access.Viewer, e *domain.Envelope, data map[string]any) *Problem {
	err := access.MayPublish(viewer, e.Source, e.Type, in.opts.Access)
	pointer := "/type"
	if err == nil && e.Type == retracted {
		// A source that is no text is told by the schema.
		if source := textAt(data, "source"); source != "" {
			err, pointer = access.MayRetract(viewer, source, in.opts.Access), "/data/source"
		}
	}
	if err == nil {
		return nil
	}
	if viewer.Role == access.Publisher && e.Vendor() != viewer.Vendor {
		pointer = "/source"
	}
	var refusal *access.Refusal
	if !errors.As(err, &refusal) {
		return Forbidden.problem(pointer, "", "%v.", err)
	}
	return Forbidden.problem(pointer, "", "%s may not be written with this token: %s.", refusal.Type, refusal.Why)
}

// Verifier tells who holds a bearer token; *access.Verifier is one.
type Verifier interface {
	Verify(ctx context.Context, bearer string) (access.Viewer, error)
}

// viewer is who posts.
func (h *Handler) viewer(w http.ResponseWriter, r *http.Request) (access.Viewer, *Problem) {
	bearer, err := access.Bearer(r)
	if err == nil {
		var viewer access.Viewer
		if viewer, err = h.verifier.Verify(r.Context(), bearer); err == nil {
			return viewer, nil
		}
	}
	w.Header().Set("WWW-Authenticate", access.Challenge(err))
	return access.Viewer{}, Unauthenticated.problem("", "", "%v.", err)
}
