package ring

import (
	"crypto/sha256"

	"github.com/tellonce/tellonce/domain"
)

// secret is a key of HMAC-SHA256 (RFC 2104).
type secret [32]byte

// mac is HMAC-SHA256 under s of the parts joined by zero bytes. Only the last part
// may hold a zero byte, so that no two lists of parts are one message.
func (s *secret) mac(parts ...string) [32]byte {
	// Most messages fit here, and then nothing is allocated.
	var room [sha256.BlockSize + 192]byte
	message := room[:sha256.BlockSize]
	for i := range message {
		message[i] = 0x36
	}
	for i, b := range s {
		message[i] ^= b
	}
	for i, part := range parts {
		if i > 0 {
			message = append(message, 0)
		}
		message = append(message, part...)
	}
	inner := sha256.Sum256(message)
	var outer [sha256.BlockSize + sha256.Size]byte
	for i := range sha256.BlockSize {
		outer[i] = 0x5c
	}
	for i, b := range s {
		outer[i] ^= b
	}
	copy(outer[sha256.BlockSize:], inner[:])
	return sha256.Sum256(outer[:])
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
