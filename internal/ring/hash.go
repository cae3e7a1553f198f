package ring

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"

	"github.com/tellonce/tellonce/domain"
)

// secret is a key of HMAC-SHA256 (RFC 2104).
type secret [32]byte

// inner and outer are the pads of HMAC.
var inner, outer = [sha256.BlockSize]byte(bytes.Repeat([]byte{0x36}, sha256.BlockSize)), [sha256.BlockSize]byte(bytes.Repeat([]byte{0x5c}, sha256.BlockSize))

// mac is HMAC-SHA256 under s of the parts joined by zero bytes. Only the last part
// may hold a zero byte, so that no two lists of parts are one message. Unlike
// crypto/hmac it allocates nothing for a short message, and a chain is dozens of them.
func (s *secret) mac(parts ...string) [32]byte {
	var room [sha256.BlockSize + 192]byte
	message := append(room[:0], inner[:]...)
	subtle.XORBytes(message, message, s[:])
	for i, part := range parts {
		if i > 0 {
			message = append(message, 0)
		}
		message = append(message, part...)
	}
	sum := sha256.Sum256(message)
	var last [sha256.BlockSize + sha256.Size]byte
	copy(last[:], outer[:])
	subtle.XORBytes(last[:len(s)], last[:len(s)], s[:])
	copy(last[sha256.BlockSize:], sum[:])
	return sha256.Sum256(last[:])
}

// Hash is what ring.person knows an identifier by: a keyed hash of its kind and
// normal form. A reference's value is source#subject, cut at its first #.
func (r *Ring) Hash(id domain.Identifier) []byte {
	h := r.hash(id)
	return h[:]
}

func (r *Ring) hash(id domain.Identifier) [32]byte {
	if id.Kind == domain.Reference {
		return r.rowOf(r.reference(id.Value))
	}
	return r.keys.name.mac(string(id.Kind), id.Value)
}

// rowOf is the hash of the row of a derived person, which nobody looks up by value.
func (r *Ring) rowOf(person domain.PersonID) [32]byte { return r.keys.row.mac(string(person[:])) }

// ReferencePerson is the person of a subject in a vendor's tool. It is derived, so
// that a call costs the ring nothing until something is sealed under it.
func (r *Ring) ReferencePerson(source, subject string) domain.PersonID {
	h := r.keys.reference.mac(source, subject)
	return domain.PersonID(h[:16])
}

// EventPerson is the reference of an event that names nothing at all, derived from
// its identity; of no subject is it the reference.
func (r *Ring) EventPerson(source, id string) domain.PersonID {
	h := r.keys.event.mac(source, id)
	return domain.PersonID(h[:16])
}

// Digest is a keyed hash of the canonical vendor form of an event: equal where the
// event is, and no help in guessing what it says.
func (r *Ring) Digest(canonical []byte) [32]byte { return r.keys.digest.mac(string(canonical)) }
