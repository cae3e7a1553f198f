package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrID is returned for a text that is not an id of the expected form.
var ErrID = errors.New("not an id")

// PersonID is the ring's id for one identifier: random for account, line, email,
// phone, device and agent; for a reference derived from its keyed hash. It says
// nothing of the identifier to who has no ring. Its text form is 32 hexadecimal
// digits, which order as its bytes do.
type PersonID [16]byte

// IsZero reports whether p names nobody.
func (p PersonID) IsZero() bool { return p == PersonID{} }

func (p PersonID) String() string { return hex.EncodeToString(p[:]) }

// Compare orders persons by bytes.
func (p PersonID) Compare(q PersonID) int { return compareBytes(p[:], q[:]) }

// MarshalText gives the text form.
func (p PersonID) MarshalText() ([]byte, error) { return hexText(p[:]), nil }

// UnmarshalText reads the text form; anything else is ErrID.
func (p *PersonID) UnmarshalText(text []byte) error { return readHex(p[:], text) }

// EventID is the identity of an event, whatever its revision: the first 16 bytes
// of the SHA-256 of source, a zero byte and id (CloudEvents 1.0, "source + id is
// unique").
type EventID [16]byte

// IdentityOf is the EventID of source and id.
func IdentityOf(source, id string) EventID {
	h := sha256.New()
	h.Write([]byte(source))
	h.Write([]byte{0})
	h.Write([]byte(id))
	var sum [sha256.Size]byte
	return EventID(h.Sum(sum[:0])[:16])
}

// IsZero reports whether e names no event.
func (e EventID) IsZero() bool { return e == EventID{} }

func (e EventID) String() string { return hex.EncodeToString(e[:]) }

// Compare orders identities by bytes.
func (e EventID) Compare(f EventID) int { return compareBytes(e[:], f[:]) }

// MarshalText gives the text form, 32 hexadecimal digits.
func (e EventID) MarshalText() ([]byte, error) { return hexText(e[:]), nil }

// UnmarshalText reads the text form; anything else is ErrID.
func (e *EventID) UnmarshalText(text []byte) error { return readHex(e[:], text) }

func compareBytes(a, b []byte) int {
	for i := range a {
		if a[i] != b[i] {
			if a[i] < b[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

func hexText(id []byte) []byte { return hex.AppendEncode(make([]byte, 0, 2*len(id)), id) }

func readHex(id, text []byte) error {
	if len(text) != 2*len(id) {
		return fmt.Errorf("read id of %d characters: %w: 32 hexadecimal digits expected", len(text), ErrID)
	}
	if _, err := hex.Decode(id, text); err != nil {
		return fmt.Errorf("read id: %w: 32 hexadecimal digits expected", ErrID)
	}
	return nil
}
