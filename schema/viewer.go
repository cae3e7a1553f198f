package schema

import (
	"context"
	"net/http"
	"strings"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
)

// Verifier tells who bears a token; an *access.Verifier is one.
type Verifier interface {
	Verify(ctx context.Context, bearer string) (access.Viewer, error)
}

// authenticate is who asks.
func (s *Server) authenticate(r *http.Request) (access.Viewer, *Refusal) {
	token, err := access.Bearer(r)
	var viewer access.Viewer
	if err == nil {
		viewer, err = s.verifier.Verify(r.Context(), token)
	}
	if err != nil {
		refusal := malformed(http.StatusUnauthorized, CodeUnauthenticated, "%s", err)
		refusal.Header = map[string]string{"WWW-Authenticate": access.Challenge(err)}
		return viewer, refusal
	}
	if !mayRead(viewer) {
		return viewer, malformed(http.StatusForbidden, CodeForbidden, "role %s reads nothing here: ask with a token of role agent, quality or admin", viewer.Role)
	}
	if viewer.Role != access.Agent && viewer.Vendor != "" && viewer.Vendor != s.operator {
		return viewer, malformed(http.StatusForbidden, CodeForbidden, "role %s of vendor %s reads nothing here: who reads every customer is the operator's own, with a token of no vendor", viewer.Role, viewer.Vendor)
	}
	return viewer, nil
}

// mayRead reports whether the viewer's role reads anything.
func mayRead(v access.Viewer) bool {
	return v.Role == access.Agent || v.Role == access.Quality || v.Role == access.Admin
}

// mayOpen reports whether the viewer may see personal values of the class. Staff
// are shown to nobody: other vendors' agents never by name.
func mayOpen(v access.Viewer, class domain.Class) bool {
	switch class {
	case domain.Words, domain.IdentifierCls, domain.Place:
		return mayRead(v)
	case domain.Bank:
		return v.Role == access.Admin
	default:
		return false
	}
}

// maySee reports whether the viewer may see fields of the class.
func maySee(v access.Viewer, c class) bool {
	switch c {
	case words:
		return mayOpen(v, domain.Words)
	case identifier:
		return mayOpen(v, domain.IdentifierCls)
	default:
		return true
	}
}

// grant is the viewer's right to read customers. No statement on a customer is made
// without one, and authorise alone gives it.
type grant struct{ given bool }

// authorise grants reading a customer: quality and admin read all, an agent on a
// stated ground. This is where rules about who reads whom will stand, and where it
// is recorded who looked. What the ground says is free text and may name the
// customer: it is no matter for a log line.
func (r *request) authorise(ground string) (grant, error) {
	switch r.viewer.Role {
	case access.Quality, access.Admin:
		return grant{given: true}, nil
	case access.Agent:
		if strings.TrimSpace(ground) == "" {
			return grant{}, refuse(CodeForbidden, "an agent reads a customer on a ground: say it in customer(by: …, ground: …), such as the call that is on the line")
		}
		r.log.InfoContext(r.ctx, "customer read on a stated ground", "agent", r.viewer.Agent, "vendor", r.viewer.Vendor)
		return grant{given: true}, nil
	default:
		return grant{}, refuse(CodeForbidden, "role %s reads no customer: ask with a token of role agent, quality or admin", r.viewer.Role)
	}
}
