package ring

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tellonce/tellonce/domain"
)

// What is in a log and a ring for ever has known answers: each was computed by a
// program that shares nothing with this package but the formulas in its comments. One
// that changes makes every installation's persons strangers, or its seals unopenable.
func TestKnownAnswers(t *testing.T) {
	r := &Ring{keys: testKeys(t).secrets}
	hexOf := func(b []byte) string { return hex.EncodeToString(b) }
	digest := r.Digest([]byte(`{"a":1}`))
	reference := r.ReferencePerson("/vendors/acme/crm", "i1")
	event := r.EventPerson("/vendors/acme/crm", "i1")
	for name, tt := range map[string]struct{ got, want string }{
		"id of the master key": {r.keys.wrap, "cbe05334ed551782"},
		"check of hash key":    {hexOf(r.keys.check[:]), "e32ce09d2da12b9b20aa5465fef3fa3a0efdd5253f36689c562f9a9e1a59c4ba"},
		"hash of an account":   {hexOf(r.Hash(domain.Identifier{Kind: domain.Account, Value: "A1"})), "cecadd1bb3e53a17327f4fd9212438f42b949e33e56ad3691bce55c8ab15f76d"},
		"hash of a phone":      {hexOf(r.Hash(domain.Identifier{Kind: domain.Phone, Value: "+33612345678"})), "4e593919467c3a6d7bebf968bf917a82f61bce2faf7001c7131524f0d1910d31"},
		"person of a call":     {reference.String(), "afebd3333f629f8ac38091697e23f671"},
		"person of an event":   {event.String(), "29b2fa0b7dc2d9c648d4b3e491637161"},
		"hash of a call's row": {hexOf(r.Hash(domain.Identifier{Kind: domain.Reference, Value: "/vendors/acme/crm#i1"})), "0a0ca5b6de69e4de9fcae8103b4a1bca9319bd8bbfbc476cdf04da3a427c2164"},
		"digest":               {hexOf(digest[:]), "5f6d4efb4cdacebf11d5b0090a4f07ca5196a693399f47ab09d00844567229a1"},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %s, want %s", tt.got, tt.want)
			}
		})
	}
}

func TestSealOfOldOpens(t *testing.T) {
	r, err := newRing(nil, testKeys(t).secrets, Options{})
	if err != nil {
		t.Fatal(err)
	}
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	person := domain.PersonID(unhex("101112131415161718191a1b1c1d1e1f"))
	opener := r.Opener([]Wrapped{{
		Person: person, Wrap: "cbe05334ed551782",
		Seed: unhex("000102030405060708090a0beb0219be346c813906608a125a473504fc3d61df1f4d9d8b5b19603fbf095de5d9789ff71ceae3bcd2d0c09aee6cd2b8a5"),
	}})
	event := &domain.Recorded{Envelope: domain.Envelope{
		Source: "/vendors/acme/crm", ID: "e1", Revision: 3,
		Time: time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC),
	}}
	got, err := opener.Open(event, domain.Sealed{
		Class: domain.Words, Key: "ARAREhMUFRYXGBkaGxwdHh8BQg",
		Sealed: unhex("000102030405060708090a0bf4e9609519f41bd7418f13008483b4948567fd1796c56436a6c3c092cd23ba7016fbf9ce624d9935aa0d45"),
	})
	if err != nil || string(got) != `{"/words":"plus de débit"}` {
		t.Fatalf("got %s, %v", got, err)
	}
	if id := keyID(person, monthOf(event.Time)); id != "ARAREhMUFRYXGBkaGxwdHh8BQg" {
		t.Errorf("key id %s", id)
	}
}

func FuzzReadKeyID(f *testing.F) {
	f.Add("ARAREhMUFRYXGBkaGxwdHh8BQg")
	f.Add("")
	f.Add("ARAREhMUFRYXGBkaGxwdHh8BQh") // trailing bits
	f.Add("ARAREhMUFRYXGBkaGxwdHh//_w")
	f.Add("AhAREhMUFRYXGBkaGxwdHh8BQg") // another form
	f.Add("ARAREhMUFRYXGBka\nGxwdHh8BQ")
	f.Fuzz(func(t *testing.T, text string) {
		person, m, ok := readKeyID(text)
		if ok && keyID(person, m) != text {
			t.Errorf("%q reads as %s of month %d, which is written %q", text, person, m, keyID(person, m))
		}
		if !ok && (!person.IsZero() || m != 0) {
			t.Errorf("%q is none of ours and gives %s, %d", text, person, m)
		}
	})
}

func TestMacIsHMAC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := secret(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		first := rapid.StringN(0, 10, 20).Draw(t, "first")
		last := rapid.StringN(0, 400, 800).Draw(t, "last")
		want := hmac.New(sha256.New, key[:])
		want.Write([]byte(first + "\x00" + last))
		if got := key.mac(first, last); !bytes.Equal(got[:], want.Sum(nil)) {
			t.Fatalf("got %x, want %x", got, want.Sum(nil))
		}
	})
}
