package access

import (
	"testing"
	"time"
)

// Nothing that the issuer did not sign makes a viewer. One token has several texts:
// the last character of its base64 has bits to spare.
func FuzzVerify(f *testing.F) {
	issuer := openIssuer(f, f.TempDir())
	v := verifierOf(f, issuer)
	good, err := issuer.Token(Viewer{Role: Admin}, time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("")
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.eyJpc3MiOiJ0ZWxsb25jZS1lbWJlZGRlZCJ9.")
	f.Fuzz(func(t *testing.T, token string) {
		if viewer, err := v.Verify(t.Context(), token); err == nil && viewer != (Viewer{Role: Admin}) {
			t.Errorf("%q is %+v", token, viewer)
		}
	})
}
