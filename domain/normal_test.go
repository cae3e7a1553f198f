package domain

import (
	"errors"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalise(t *testing.T) {
	for name, tt := range map[string]struct {
		kind    Kind
		written string
		region  string
		want    string // "" where it has no normal form
	}{
		"an account loses white space and case":     {Account, " a1 234\tbc ", "FR", "A1234BC"},
		"an account in full-width digits":           {Account, "Ａ１２３", "FR", "A123"},
		"an account copied with a zero-width space": {Account, "A1\u200b23", "FR", "A123"},
		"an account keeps its punctuation":          {Account, "a-1/2", "FR", "A-1/2"},
		"an empty account":                          {Account, " \t", "FR", ""},
		"an account beyond all length":              {Account, strings.Repeat("9", 255), "FR", ""},
		"a mobile as dialled in France":             {Phone, "06 12 34 56 78", "FR", "+33612345678"},
		"the same in Morocco":                       {Phone, "06 12 34 56 78", "MA", "+212612345678"},
		"with its country code":                     {Phone, "+33 6 12 34 56 78", "MA", "+33612345678"},
		"with the international prefix":             {Phone, "0033612345678", "FR", "+33612345678"},
		"with dots":                                 {Phone, "06.12.34.56.78", "FR", "+33612345678"},
		"with the zero in brackets":                 {Phone, "+33 (0)6 12 34 56 78", "FR", "+33612345678"},
		"with narrow spaces":                        {Phone, "06\u202f12\u202f34\u202f56\u202f78", "FR", "+33612345678"},
		"as an address book copies it":              {Phone, "\u202d+33 6 12 34 56 78\u202c", "FR", "+33612345678"},
		"with a zero-width space and a tab":         {Phone, "06\u200b12\t345678", "FR", "+33612345678"},
		"with en dashes":                            {Phone, "06–12–34–56–78", "FR", "+33612345678"},
		"as a URI in capitals":                      {Phone, "TEL:+33612345678", "FR", "+33612345678"},
		"as a URI":                                  {Phone, "tel:+33612345678;ext=12", "FR", "+33612345678"},
		"a Brazilian mobile":                        {Phone, "(11) 91234-5678", "BR", "+5511912345678"},
		"an Italian fixed line keeps its zero":      {Phone, "06 1234 5678", "IT", "+390612345678"},
		"a withheld number":                         {Phone, "anonymous", "FR", ""},
		"a withheld number in zeros":                {Phone, "0000000000", "FR", ""},
		"a number without region":                   {Phone, "0612345678", "", ""},
		"a number too short":                        {Phone, "3900", "FR", ""},
		"a vanity number":                           {Phone, "1-800-FLOWERS", "US", ""},
		"a line by its telephone number":            {Line, "01 45 67 89 01", "FR", "+33145678901"},
		"the same as an address book copies it":     {Line, "\u202a01 45 67 89 01\u202c", "FR", "+33145678901"},
		"a line by its technical id":                {Line, "fti-75 001 x", "FR", "FTI-75001X"},
		"a line by bare digits that may count":      {Line, "145678901", "FR", "145678901"},
		"a line where no trunk prefix is dialled":   {Line, "212345678", "PT", "+351212345678"},
		"a line by a number that cannot be called":  {Line, "12", "FR", "12"},
		"an e-mail address in capitals":             {Email, " Jeanne.Martin@Example.COM ", "FR", "jeanne.martin@example.com"},
		"an e-mail address with accents":            {Email, "jeanne@société.fr", "FR", "jeanne@xn--socit-esab.fr"},
		"the same written in ASCII":                 {Email, "jeanne@xn--socit-esab.fr", "FR", "jeanne@xn--socit-esab.fr"},
		"with the dot at the end of its domain":     {Email, "jeanne@example.com.", "FR", "jeanne@example.com"},
		"two dots at the end":                       {Email, "jeanne@example.com..", "FR", ""},
		"a host with a dot at its end":              {Email, "jeanne@localhost.", "FR", ""},
		"an e-mail address with marks around it":    {Email, "\u202ajeanne@example.com\u202c", "FR", "jeanne@example.com"},
		"a part with a plus is kept":                {Email, "jeanne+sav@example.com", "FR", "jeanne+sav@example.com"},
		"no at sign":                                {Email, "jeanne.example.com", "FR", ""},
		"nobody":                                    {Email, "@example.org", "FR", ""},
		"a domain without a dot":                    {Email, "jeanne@localhost", "FR", ""},
		"a domain that DNS cannot hold":             {Email, "jeanne@exa_mple..com", "FR", ""},
		"two addresses":                             {Email, "a@example.com, b@example.com", "FR", ""},
		"a MAC address with colons":                 {Device, "a4:3e:51:00:1f:9c", "FR", "A43E51001F9C"},
		"a MAC address with dots":                   {Device, "a43e.5100.1f9c", "FR", "A43E51001F9C"},
		"an IMEI with separators":                   {Device, "35-209900-176148-1", "FR", "352099001761481"},
		"a serial number keeps its separators":      {Device, "sn-123.456", "FR", "SN-123.456"},
		"a reference is the ring's, not for this":   {Reference, "x", "FR", ""},
		"an unknown kind":                           {Kind("shoe"), "x", "FR", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Normalise(tt.kind, tt.written, tt.region)
			if tt.want == "" {
				var expected *IdentifierError
				if !errors.Is(err, ErrIdentifier) || !errors.As(err, &expected) || expected.Expected == "" {
					t.Fatalf("got %q, %v; want an IdentifierError that says what was expected", got.Value, err)
				}
				if strings.Contains(err.Error(), tt.written) && len(tt.written) > 3 {
					t.Errorf("the error repeats what was written: %v", err)
				}
				return
			}
			if err != nil || got != (Identifier{tt.kind, tt.want}) {
				t.Errorf("got %q, %v; want %q", got.Value, err, tt.want)
			}
		})
	}
}

// What the ring hashed is found again only by the same form: numbers of every plan, as
// dialled there, with the forms that they had in the first version. Where a later
// release of the library gives another, the release is not taken.
func TestPhonesKeepTheirForms(t *testing.T) {
	table, err := os.ReadFile("testdata/phones.txt")
	if err != nil {
		t.Fatal(err)
	}
	for row := range strings.Lines(string(table)) {
		column := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		got, err := Normalise(Phone, column[1], column[0])
		if err != nil || got.Value != column[2] {
			t.Errorf("%s in %s: got %q, %v; want %s", column[1], column[0], got.Value, err, column[2])
		}
	}
}

func TestAgentIdentifier(t *testing.T) {
	for name, tt := range map[string]struct{ vendor, id, want string }{
		"a login in any case":    {"acme", "J.Dupont ", "acme/J.DUPONT"},
		"an agent without id":    {"acme", " ", ""},
		"an agent of no vendor":  {"", "a1", ""},
		"an id may hold a slash": {"acme", "x/1", "acme/X/1"},
		"a vendor may not":       {"acme/x", "1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := AgentIdentifier(tt.vendor, tt.id)
			if (err != nil) != (tt.want == "") || got.Value != tt.want {
				t.Errorf("got %q, %v; want %q", got.Value, err, tt.want)
			}
		})
	}
}

// The ring finds a person again by the normal form alone, so it must be one.
func TestNormalFormsAreSettled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{Account, Line, Email, Phone, Device}).Draw(t, "kind")
		region := rapid.SampledFrom([]string{"", "FR", "MA", "BR", "PT", "US", "IT", "GB", "AR", "MX", "CI", "SM"}).Draw(t, "region")
		written := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`(\+|00)?[0-9 .()-]{4,16}`),
			rapid.StringMatching(`\x{202d}?(\+|tel:|TEL:)?[0-9 –\x{200b}]{4,16}\x{202c}?`),
			rapid.StringMatching(`[a-zA-Zéß.ŉſ]{1,8}@[a-zA-Zéßİ-]{1,8}\.(fr|COM|рф)\.?\.?`),
			rapid.StringMatching(`[0-9a-fA-F:.-]{10,20}`),
		).Draw(t, "written")
		once, err := Normalise(kind, written, region)
		if err != nil {
			return
		}
		twice, err := Normalise(kind, once.Value, region)
		if err != nil || once != twice {
			t.Fatalf("%q of %q normalises to %q, and that to %q, %v", kind, written, once.Value, twice.Value, err)
		}
	})
}

func TestEvenPlansSayWhatTheWholePlanSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := rapid.SampledFrom(evenPlans).Draw(t, "plan")
		region := rapid.SampledFrom([]string{"", "FR", "MA", "PT", "ES", "TN", "BR"}).Draw(t, "region")
		digits := rapid.StringMatching(`[0-9]{7,10}`).Draw(t, "digits")
		dialled := rapid.SampledFrom([]string{"", plan.trunk, plan.code, plan.code + plan.trunk}).Draw(t, "prefix") + digits
		if number, ok := evenly(dialled, region); ok && number != planned(dialled, region) {
			t.Fatalf("%s in %q: %s by the even plan, %s by the whole", dialled, region, number, planned(dialled, region))
		}
	})
}

func BenchmarkNormalise(b *testing.B) {
	for name, tt := range map[string]struct {
		kind    Kind
		written string
	}{
		"account":       {Account, "A123456"},
		"phone":         {Phone, "06 12 34 56 78"},
		"phone, abroad": {Phone, "+44 20 7946 0018"},
		"email":         {Email, "Jeanne.Martin@Example.com"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Normalise(tt.kind, tt.written, "FR"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
