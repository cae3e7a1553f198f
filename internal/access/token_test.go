package access

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)

func TestTokenSaysWhoYouAre(t *testing.T) {
	issuer := openIssuer(t, t.TempDir())
	for name, want := range map[string]Viewer{
		"an agent":     {Role: Agent, Vendor: "acme", Employer: "acme-ma", Site: "rabat", Country: "MA", Agent: "7"},
		"a publisher":  {Role: Publisher, Vendor: "acme"},
		"the operator": {Role: Quality, Agent: "q"},
	} {
		t.Run(name, func(t *testing.T) {
			v := verifierOf(t, issuer)
			token := tokenOf(t, issuer, want)
			for range 2 { // the second from memory
				got, err := v.Verify(t.Context(), token)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("viewer (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestTokensOutliveARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "issuer")
	token := tokenOf(t, openIssuer(t, dir), Viewer{Role: Admin})
	if _, err := verifierOf(t, openIssuer(t, dir)).Verify(t.Context(), token); err != nil {
		t.Error(err)
	}
}

func TestIssuersOpenedAtOnceAreOne(t *testing.T) {
	dir := t.TempDir()
	issuers := make([]*Issuer, 8)
	var wait sync.WaitGroup
	for i := range issuers {
		wait.Go(func() {
			issuer, err := OpenIssuer(dir)
			if err != nil {
				t.Error(err)
				return
			}
			issuers[i] = issuer
		})
	}
	wait.Wait()
	for _, issuer := range issuers {
		if issuer == nil || issuer.key.KeyID != issuers[0].key.KeyID {
			t.Fatal("keys differ")
		}
	}
	stat, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil || stat.Mode() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", stat.Mode(), err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
}

func TestIssuerKeyRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		content string
		mode    os.FileMode
		want    string
	}{
		"readable by others": {"{}", 0o644, "chmod 600"},
		"not JSON":           {"hidden", 0o600, "remove it"},
		"no key":             {"{}", 0o600, "remove it"},
		"a public key":       {publicKey(t), 0o600, "remove it"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, keyFile)
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := OpenIssuer(dir)
			if !errors.Is(err, ErrIssuer) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hidden") {
				t.Fatalf("got %v, want ErrIssuer saying %q", err, tt.want)
			}
		})
	}
}

func TestTokenRefusesToBeMade(t *testing.T) {
	issuer := openIssuer(t, t.TempDir())
	for name, tt := range map[string]struct {
		viewer Viewer
		ttl    time.Duration
		want   string
	}{
		"no role":                    {Viewer{}, time.Hour, "none of agent, supervisor, quality, planner, dispatcher, privacy, admin, publisher"},
		"an unknown role":            {Viewer{Role: "root"}, time.Hour, `role "root" is none of`},
		"a publisher without vendor": {Viewer{Role: Publisher}, time.Hour, "no vendor is named"},
		"a vendor that is a path":    {Viewer{Role: Publisher, Vendor: "acme/crm"}, time.Hour, "is not the <vendor>"},
		"an agent of no name":        {Viewer{Role: Agent, Vendor: "acme"}, time.Hour, "names the agent"},
		"no time":                    {Viewer{Role: Admin}, 0, "good for 0s"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := issuer.Token(tt.viewer, tt.ttl); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error saying %q", err, tt.want)
			}
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	issuer := openIssuer(t, t.TempDir())
	stranger := openIssuer(t, t.TempDir())
	good := tokenOf(t, issuer, Viewer{Role: Publisher, Vendor: "acme"})
	parts := strings.Split(good, ".")
	said := claims{
		Claims: jwt.Claims{Issuer: EmbeddedIssuer, Audience: jwt.Audience{Audience}, Expiry: jwt.NewNumericDate(noon.Add(time.Hour))},
		Role:   Publisher, Vendor: "acme",
	}
	with := func(change func(*claims)) string {
		c := said
		change(&c)
		return signed(t, jose.ES256, issuer.key, c)
	}
	payload := func(c claims) string {
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	for name, tt := range map[string]struct {
		token string
		want  error
		says  string
	}{
		"as it should be":          {with(func(*claims) {}), nil, ""},
		"none":                     {"", ErrMissing, "`tellonce token`"},
		"a word":                   {"secret", ErrMalformed, "three parts"},
		"two parts":                {parts[0] + "." + parts[1], ErrMalformed, "three parts"},
		"no base64":                {parts[0] + ".é." + parts[2], ErrMalformed, "base64url"},
		"no JSON":                  {parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte("hello")) + "." + parts[2], ErrMalformed, "JSON"},
		"too long":                 {strings.Repeat("a", maxToken+1), ErrMalformed, "8192 bytes"},
		"another installation's":   {tokenOf(t, stranger, Viewer{Role: Admin}), ErrNotOurs, "--dir"},
		"another issuer's":         {with(func(c *claims) { c.Issuer = "https://login.example.org" }), ErrNotOurs, "https://login.example.org"},
		"no issuer's":              {with(func(c *claims) { c.Issuer = "" }), ErrNotOurs, "`tellonce token`"},
		"no signature":             {parts[0] + "." + parts[1] + ".", ErrNotOurs, "not signed"},
		"another's signature":      {parts[0] + "." + payload(said) + "." + parts[2], ErrNotOurs, "not signed"},
		"algorithm none":           {base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + payload(said) + ".", ErrNotOurs, "not signed"},
		"the public key as secret": {signed(t, jose.HS256, jose.JSONWebKey{Key: []byte(publicKeyOf(t, issuer))}, said), ErrNotOurs, "not signed"},
		"for somebody else":        {with(func(c *claims) { c.Audience = jwt.Audience{"billing"} }), ErrAudience, `"tellonce" is expected`},
		"for nobody":               {with(func(c *claims) { c.Audience = nil }), ErrAudience, "expected"},
		"for us among others":      {with(func(c *claims) { c.Audience = jwt.Audience{"billing", Audience} }), nil, ""},
		"expired":                  {with(func(c *claims) { c.Expiry = jwt.NewNumericDate(noon.Add(-time.Second)) }), ErrExpired, "at 2026-11-05T11:59:59Z; ask for a new one with `tellonce token`"},
		"expiring now":             {with(func(c *claims) { c.Expiry = jwt.NewNumericDate(noon) }), ErrExpired, "at 2026-11-05T12:00:00Z"},
		"never expiring":           {with(func(c *claims) { c.Expiry = nil }), ErrViewer, "never expires"},
		"not good yet":             {with(func(c *claims) { c.NotBefore = jwt.NewNumericDate(noon.Add(2 * time.Minute)) }), ErrEarly, "clocks"},
		"by a clock a bit ahead":   {with(func(c *claims) { c.NotBefore = jwt.NewNumericDate(noon.Add(30 * time.Second)) }), nil, ""},
		"no role":                  {with(func(c *claims) { c.Role = "" }), ErrViewer, "is none of agent"},
		"an unknown role":          {with(func(c *claims) { c.Role = "root" }), ErrViewer, `role "root" is none of`},
		"a publisher of no vendor": {with(func(c *claims) { c.Vendor = "" }), ErrViewer, "no vendor is named"},
		"claims of another form":   {signed(t, jose.ES256, issuer.key, map[string]any{"iss": EmbeddedIssuer, "aud": Audience, "exp": noon.Add(time.Hour).Unix(), "role": []string{"admin"}}), ErrViewer, "form"},
	} {
		t.Run(name, func(t *testing.T) {
			v := verifierOf(t, issuer)
			for range 2 { // nothing that was refused is remembered as good
				got, err := v.Verify(t.Context(), tt.token)
				switch {
				case tt.want == nil && err != nil:
					t.Fatal(err)
				case tt.want != nil && (!errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || got != Viewer{}):
					t.Fatalf("got %+v, %v, want %q saying %q", got, err, tt.want, tt.says)
				}
			}
		})
	}
}

// What a vendor's own issuer signs makes no viewer of another vendor's or the operator's.
func TestVendorsIssuerSpeaksForItsVendor(t *testing.T) {
	issuer := openIssuer(t, t.TempDir())
	trust := issuer.Trust()
	trust.Vendor = "acme"
	for name, tt := range map[string]struct {
		viewer Viewer
		want   error
	}{
		"its publisher":             {Viewer{Role: Publisher, Vendor: "acme"}, nil},
		"its agent":                 {Viewer{Role: Agent, Vendor: "acme", Agent: "7"}, nil},
		"another's publisher":       {Viewer{Role: Publisher, Vendor: "globex"}, ErrNotOurs},
		"an agent of no vendor":     {Viewer{Role: Agent, Agent: "7"}, ErrNotOurs},
		"the operator's admin":      {Viewer{Role: Admin}, ErrNotOurs},
		"its own quality, said so":  {Viewer{Role: Quality, Vendor: "acme"}, ErrNotOurs},
		"the operator's supervisor": {Viewer{Role: Supervisor}, ErrNotOurs},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := NewVerifier(trust)
			if err != nil {
				t.Fatal(err)
			}
			v.now = func() time.Time { return noon }
			token := tokenOf(t, issuer, tt.viewer)
			for range 2 {
				if _, err := v.Verify(t.Context(), token); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
					t.Fatalf("got %v, want %v", err, tt.want)
				}
			}
		})
	}
}

func TestRememberedTokenExpires(t *testing.T) {
	issuer := openIssuer(t, t.TempDir())
	v := verifierOf(t, issuer)
	token := tokenOf(t, issuer, Viewer{Role: Admin})
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	v.now = func() time.Time { return noon.Add(time.Hour) }
	if _, err := v.Verify(t.Context(), token); !errors.Is(err, ErrExpired) {
		t.Errorf("got %v, want ErrExpired", err)
	}
}

func TestNewVerifierRefusesHalfATrust(t *testing.T) {
	trust := openIssuer(t, t.TempDir()).Trust()
	for name, trusted := range map[string][]Trust{
		"no name":       {{Keys: trust.Keys, Algorithms: trust.Algorithms}},
		"no keys":       {{Issuer: "x", Algorithms: trust.Algorithms}},
		"no algorithms": {{Issuer: "x", Keys: trust.Keys}},
		"one twice":     {trust, trust},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewVerifier(trusted...); err == nil {
				t.Error("taken")
			}
		})
	}
}

func TestBearer(t *testing.T) {
	for name, tt := range map[string]struct {
		headers []string
		want    string
		says    string
	}{
		"a token":           {[]string{"Bearer a.b.c"}, "a.b.c", ""},
		"in small letters":  {[]string{"bearer a.b.c"}, "a.b.c", ""},
		"with spaces":       {[]string{"  Bearer   a.b.c "}, "a.b.c", ""},
		"none":              {nil, "", "send Authorization: Bearer"},
		"a password":        {[]string{"Basic YTpi"}, "", "another form"},
		"no token after it": {[]string{"Bearer"}, "", "another form"},
		"two":               {[]string{"Bearer a.b.c", "Bearer d.e.f"}, "", "send one"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/v1/events?access_token=x.y.z", nil)
			for _, h := range tt.headers {
				r.Header.Add("Authorization", h)
			}
			got, err := Bearer(r)
			if got != tt.want || (err == nil) != (tt.says == "") {
				t.Fatalf("got %q, %v", got, err)
			}
			if err != nil && (!errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("got %v, want ErrMissing saying %q", err, tt.says)
			}
		})
	}
}

func TestChallenge(t *testing.T) {
	if got := Challenge(ErrMissing); got != `Bearer realm="tellonce"` {
		t.Errorf("missing: %s", got)
	}
	got := Challenge(errors.Join(ErrExpired, errors.New("say \"a\\b\"\r\nX-Evil: é")))
	if strings.ContainsAny(got, "\r\n\\é") || strings.Count(got, `"`) != 6 || !strings.Contains(got, `error="invalid_token"`) {
		t.Errorf("expired: %s", got)
	}
}

// Another's OIDC library takes the embedded issuer by its discovery document.
func TestDiscovery(t *testing.T) {
	issuer := openIssuer(t, t.TempDir())
	server := httptest.NewServer(issuer.Handler())
	defer server.Close()
	ctx := oidc.InsecureIssuerURLContext(context.Background(), EmbeddedIssuer)
	provider, err := oidc.NewProvider(ctx, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: Audience, Now: func() time.Time { return noon }})
	token, err := verifier.Verify(t.Context(), tokenOf(t, issuer, Viewer{Role: Supervisor, Vendor: "acme", Agent: "7"}))
	if err != nil || token.Subject != "7" {
		t.Fatalf("got %+v, %v", token, err)
	}
	response, err := http.Get(server.URL + keySet)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var set struct{ Keys []map[string]any }
	if err := json.NewDecoder(response.Body).Decode(&set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%d keys, %v", len(set.Keys), err)
	}
	if _, private := set.Keys[0]["d"]; private {
		t.Error("the private key is served")
	}
}

func BenchmarkVerify(b *testing.B) {
	issuer := openIssuer(b, b.TempDir())
	token := tokenOf(b, issuer, Viewer{Role: Agent, Vendor: "acme", Agent: "7"})
	v := verifierOf(b, issuer)
	for name, forget := range map[string]bool{"first time": true, "remembered": false} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if forget {
					v.good.Purge()
				}
				if _, err := v.Verify(context.Background(), token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// openIssuer is an issuer whose clock stands at noon.
func openIssuer(t testing.TB, dir string) *Issuer {
	t.Helper()
	issuer, err := OpenIssuer(dir)
	if err != nil {
		t.Fatal(err)
	}
	issuer.now = func() time.Time { return noon }
	return issuer
}

func verifierOf(t testing.TB, issuer *Issuer) *Verifier {
	t.Helper()
	v, err := NewVerifier(issuer.Trust())
	if err != nil {
		t.Fatal(err)
	}
	v.now = func() time.Time { return noon }
	return v
}

func tokenOf(t testing.TB, issuer *Issuer, v Viewer) string {
	t.Helper()
	token, err := issuer.Token(v, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func signed(t *testing.T, alg jose.SignatureAlgorithm, key jose.JSONWebKey, claims any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key.Key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func publicKey(t *testing.T) string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(jose.JSONWebKey{Key: &private.PublicKey, KeyID: "k"})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func publicKeyOf(t *testing.T, issuer *Issuer) string {
	t.Helper()
	b, err := json.Marshal(issuer.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
