package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	lru "github.com/hashicorp/golang-lru/v2"
)

// What can be wrong with a bearer token, beside ErrViewer. Messages say what to do.
var (
	ErrMissing   = errors.New("no bearer token")
	ErrMalformed = errors.New("bearer token is not a JWT")
	ErrNotOurs   = errors.New("token is not of an issuer trusted here")
	ErrAudience  = errors.New("token is for somebody else")
	ErrExpired   = errors.New("token expired")
	ErrEarly     = errors.New("token is not good yet")
)

const (
	maxToken   = 8 << 10            // bytes
	leeway     = time.Minute        // that an issuer's clock may be ahead of ours
	remembered = 10_000             // tokens verified
	another    = "`tellonce token`" // what makes one
)

// Trust is an issuer whose tokens are taken.
type Trust struct {
	Issuer     string      // as its tokens name it (iss)
	Keys       oidc.KeySet // static, or fetched from the issuer
	Algorithms []string    // that it signs with
	// Vendor is whose issuer it is; the operator's where empty. A vendor's makes
	// viewers of that vendor and of no role of the operator's, whatever it signs.
	Vendor string
}

// Verifier tells who holds a token. It is safe for use by many at once.
type Verifier struct {
	issuers map[string]issuer
	now     func() time.Time

	// A token's signature is as good the second time: only its times are looked at
	// again. Tokens are kept by digest, so that memory holds none.
	good *lru.Cache[[sha256.Size]byte, verified]
}

type issuer struct {
	*oidc.IDTokenVerifier

	vendor string
}

type verified struct {
	viewer      Viewer
	from, until time.Time
}

// NewVerifier takes tokens of these issuers, for Audience.
func NewVerifier(trusted ...Trust) (*Verifier, error) {
	good, err := lru.New[[sha256.Size]byte, verified](remembered)
	if err != nil {
		return nil, fmt.Errorf("make verifier: %w", err)
	}
	v := &Verifier{issuers: make(map[string]issuer, len(trusted)), now: time.Now, good: good}
	for _, t := range trusted {
		if t.Issuer == "" || t.Keys == nil || len(t.Algorithms) == 0 || v.issuers[t.Issuer] != (issuer{}) {
			return nil, fmt.Errorf("make verifier: trust in issuer %q: a name, keys and algorithms expected, once", t.Issuer)
		}
		// Audience and times are checked here, where each has its own error.
		v.issuers[t.Issuer] = issuer{oidc.NewVerifier(t.Issuer, t.Keys, &oidc.Config{
			SupportedSigningAlgs: t.Algorithms, SkipClientIDCheck: true, SkipExpiryCheck: true,
		}), t.Vendor}
	}
	return v, nil
}

// Verify is who holds the token, or one of the errors above.
func (v *Verifier) Verify(ctx context.Context, bearer string) (Viewer, error) {
	if bearer == "" {
		return Viewer{}, fmt.Errorf("%w; send Authorization: Bearer, with a token of %s", ErrMissing, another)
	}
	if len(bearer) > maxToken {
		return Viewer{}, fmt.Errorf("%w: it is longer than %d bytes", ErrMalformed, maxToken)
	}
	digest := sha256.Sum256([]byte(bearer))
	token, ok := v.good.Get(digest)
	if !ok {
		var err error
		if token, err = v.read(ctx, bearer); err != nil {
			return Viewer{}, err
		}
	}
	switch now := v.now(); {
	case !now.Before(token.until):
		v.good.Remove(digest)
		return Viewer{}, fmt.Errorf("%w at %s; ask for a new one with %s", ErrExpired, token.until.UTC().Format(time.RFC3339), another)
	case now.Add(leeway).Before(token.from):
		return Viewer{}, fmt.Errorf("%w before %s; check the clocks of its issuer and here", ErrEarly, token.from.UTC().Format(time.RFC3339))
	}
	if !ok {
		v.good.Add(digest, token)
	}
	return token.viewer, nil
}

// read checks everything about a token but its times.
func (v *Verifier) read(ctx context.Context, bearer string) (verified, error) {
	name, err := issuerOf(bearer)
	if err != nil {
		return verified{}, err
	}
	from, ok := v.issuers[name]
	if !ok {
		return verified{}, fmt.Errorf("%w: it is of %q; ask for one with %s", ErrNotOurs, name, another)
	}
	token, err := from.Verify(ctx, bearer)
	if err != nil {
		// The library's errors have no types: what is a JWT of that issuer's name and
		// does not verify is signed by another key.
		return verified{}, fmt.Errorf("%w: it says %q and is not signed with that issuer's key; ask for one with %s on this installation's --dir", ErrNotOurs, name, another)
	}
	if !slices.Contains(token.Audience, Audience) {
		return verified{}, fmt.Errorf("%w: its audience is %q and %q is expected; ask its issuer for one", ErrAudience, token.Audience, Audience)
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return verified{}, fmt.Errorf("%w: its claims are not of the expected form", ErrViewer)
	}
	if c.Expiry == nil {
		return verified{}, fmt.Errorf("%w: it never expires; a token with exp is expected", ErrViewer)
	}
	viewer := c.viewer()
	if err := viewer.check(); err != nil {
		return verified{}, err
	}
	if from.vendor != "" && (viewer.Vendor != from.vendor || slices.Contains(operators, viewer.Role)) {
		return verified{}, fmt.Errorf("%w: role %s of vendor %q is not for issuer %q to give: it is vendor %s's", ErrNotOurs, viewer.Role, viewer.Vendor, name, from.vendor)
	}
	good := verified{viewer: viewer, until: c.Expiry.Time()}
	if c.NotBefore != nil {
		good.from = c.NotBefore.Time()
	}
	return good, nil
}

// issuerOf reads whom a token says it is of, before anything is known of it.
func issuerOf(bearer string) (string, error) {
	parts := strings.Split(bearer, ".")
	if len(parts) != 3 {
		return "", fmt.Errorf("%w: three parts with dots between them expected, as %s prints it", ErrMalformed, another)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", fmt.Errorf("%w: its payload is not base64url", ErrMalformed)
	}
	var says struct {
		Issuer string `json:"iss"`
	}
	if err := json.Unmarshal(payload, &says); err != nil {
		return "", fmt.Errorf("%w: its payload is not JSON of claims", ErrMalformed)
	}
	return says.Issuer, nil
}

// Bearer is the token that a request bears (RFC 6750, section 2.1: in the header and
// nowhere else). None is ErrMissing.
func Bearer(r *http.Request) (string, error) {
	headers := r.Header.Values("Authorization")
	switch {
	case len(headers) == 0:
		return "", fmt.Errorf("%w; send Authorization: Bearer, with a token of %s", ErrMissing, another)
	case len(headers) > 1:
		return "", fmt.Errorf("%w: %d Authorization headers came; send one", ErrMissing, len(headers))
	}
	scheme, token, _ := strings.Cut(strings.TrimSpace(headers[0]), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", fmt.Errorf("%w: Authorization came in another form; send it as: Bearer, a space and the token", ErrMissing)
	}
	return token, nil
}

// Challenge is the WWW-Authenticate header that goes with a 401 for this error (RFC
// 6750, section 3).
func Challenge(err error) string {
	if errors.Is(err, ErrMissing) {
		return `Bearer realm="tellonce"`
	}
	described := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return '\''
		}
		return r
	}, err.Error())
	return `Bearer realm="tellonce", error="invalid_token", error_description="` + described + `"`
}
