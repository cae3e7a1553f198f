package access

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	// EmbeddedIssuer is the name of the embedded issuer in its tokens.
	EmbeddedIssuer = "tellonce-embedded"
	// Audience is whom tokens are for.
	Audience = "tellonce"

	keyFile   = "issuer.key"
	discovery = "/.well-known/openid-configuration"
	keySet    = "/.well-known/jwks.json"
)

// ErrIssuer is returned for a signing key that cannot be used; the message says what
// to do.
var ErrIssuer = errors.New("issuer's key is unusable")

// Issuer makes bearer tokens for a laptop and for tests. It speaks as an operator's
// OIDC issuer does: ES256, with its key set and discovery served over HTTP.
type Issuer struct {
	key jose.JSONWebKey
	now func() time.Time
}

// claims are what a token of ours says.
type claims struct {
	jwt.Claims
	Role     Role   `json:"role"`
	Vendor   string `json:"vendor,omitempty"`
	Employer string `json:"employer,omitempty"`
	Site     string `json:"site,omitempty"`
	Country  string `json:"country,omitempty"`
}

func (c claims) viewer() Viewer {
	return Viewer{Role: c.Role, Vendor: c.Vendor, Employer: c.Employer, Site: c.Site, Country: c.Country, Agent: c.Subject}
}

// OpenIssuer reads the signing key in a folder, or makes both where there are none. Of
// two that make it at once, both get the same.
func OpenIssuer(dir string) (*Issuer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open issuer: %w", err)
	}
	path := filepath.Join(dir, keyFile)
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(path); err == nil || errors.Is(err, fs.ErrExist) {
			key, err = readKey(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open issuer: %w", err)
	}
	return &Issuer{key: key, now: time.Now}, nil
}

// Token is a bearer token of the viewer, good for ttl. A viewer that no verifier would
// take is ErrViewer.
func (i *Issuer) Token(v Viewer, ttl time.Duration) (string, error) {
	if err := v.check(); err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	if ttl <= 0 {
		return "", fmt.Errorf("make token: it would be good for %s; more than 0 expected", ttl)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: i.key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	now := i.now()
	token, err := jwt.Signed(signer).Claims(claims{
		Claims: jwt.Claims{
			Issuer: EmbeddedIssuer, Subject: v.Agent, Audience: jwt.Audience{Audience},
			IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(ttl)),
		},
		Role: v.Role, Vendor: v.Vendor, Employer: v.Employer, Site: v.Site, Country: v.Country,
	}).Serialize()
	if err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	return token, nil
}

// Trust is what a verifier needs to take this issuer's tokens.
func (i *Issuer) Trust() Trust {
	return Trust{
		Issuer:     EmbeddedIssuer,
		Keys:       &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{i.key.Public().Key}},
		Algorithms: []string{oidc.ES256},
	}
}

// Handler serves the OpenID discovery document and the public key set.
func (i *Issuer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+discovery, func(w http.ResponseWriter, r *http.Request) {
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		answer(w, map[string]any{
			"issuer":                                EmbeddedIssuer,
			"jwks_uri":                              scheme + "://" + r.Host + keySet,
			"response_types_supported":              []string{"token"},
			"subject_types_supported":               []string{"public"},
			"id_token_signing_alg_values_supported": []string{oidc.ES256},
		})
	})
	mux.HandleFunc("GET "+keySet, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.key.Public()}})
	})
	return mux
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // the client left
}

func readKey(path string) (jose.JSONWebKey, error) {
	stat, err := os.Stat(path)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	if mode := stat.Mode().Perm(); mode&0o077 != 0 {
		return jose.JSONWebKey{}, fmt.Errorf("%w: others may read or write %s (mode %04o); run: chmod 600 %s", ErrIssuer, path, mode, path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	var key jose.JSONWebKey
	// The decoder's message may quote the file.
	if err := json.Unmarshal(b, &key); err != nil || !isES256(key) {
		return jose.JSONWebKey{}, fmt.Errorf("%w: %s holds no private JSON Web Key of P-256; remove it, and a new one is made: tokens of the old one end", ErrIssuer, path)
	}
	return key, nil
}

func isES256(key jose.JSONWebKey) bool {
	private, ok := key.Key.(*ecdsa.PrivateKey)
	return ok && key.Valid() && private.Curve == elliptic.P256() && key.KeyID != ""
}

// makeKey writes a new key; the file appears whole or not at all, and one that is
// there already is fs.ErrExist.
func makeKey(path string) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	key := jose.JSONWebKey{Key: private, Algorithm: string(jose.ES256), Use: "sig"}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return err
	}
	key.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	b, err := json.Marshal(key)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".issuer-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(append(b, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}
