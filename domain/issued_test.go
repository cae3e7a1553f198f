package domain_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/domain"
)

func TestIssuedIDsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var id [16]byte
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		customer, err := domain.ParseCustomer(domain.FormatCustomer(id))
		if err != nil || customer != id {
			t.Fatalf("customer %x came back as %x, %v", id, customer, err)
		}
		event, err := domain.ParseEvent(domain.FormatEvent(id))
		if err != nil || event != id {
			t.Fatalf("event %x came back as %x, %v", id, event, err)
		}
		for _, text := range []string{domain.FormatProblem(id), domain.FormatEvent(id)} {
			problem, err := domain.ParseProblem(text)
			if err != nil || problem != id {
				t.Fatalf("problem %s came back as %x, %v", text, problem, err)
			}
		}
	})
}

func TestIssuedIDsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                   "",
		"letter alone":            "c_",
		"of another kind":         domain.FormatEvent(domain.EventID{1}),
		"too short":               domain.FormatCustomer(domain.PersonID{1})[:20],
		"too long":                domain.FormatCustomer(domain.PersonID{1}) + "A",
		"bits left over":          "c_AQAAAAAAAAAAAAAAAAAAAB",
		"not base64url":           "c_AQAAAAAAAAAAAAAAAAAA==",
		"a person's hexadecimals": domain.PersonID{1}.String(),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := domain.ParseCustomer(text); !errors.Is(err, domain.ErrID) || !got.IsZero() {
				t.Errorf("ParseCustomer(%q) = %v, %v; want ErrID", text, got, err)
			}
		})
	}
}
