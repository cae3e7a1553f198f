package ring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/tellonce/tellonce/domain"
)

// ErrUnopenable is what opening gives for a value whose key is destroyed, unknown or
// another's, or that was changed or moved. It is a normal value: whoever opens shows
// that something was there.
var ErrUnopenable = errors.New("unopenable")

// Reasons, made once: a customer without keys has thousands of them.
var (
	errDestroyed = fmt.Errorf("%w: its key is destroyed", ErrUnopenable)
	errNoSeed    = fmt.Errorf("%w: its person's key was not at hand", ErrUnopenable)
	errMaster    = fmt.Errorf("%w: its person's key is wrapped by another master key", ErrUnopenable)
	errWrapped   = fmt.Errorf("%w: its person's key does not unwrap", ErrUnopenable)
	errForm      = fmt.Errorf("%w: its person's key is of a form that a newer version wrote", ErrUnopenable)
	errKeyID     = fmt.Errorf("%w: its key id is none of ours", ErrUnopenable)
	errSeal      = fmt.Errorf("%w: its seal does not hold", ErrUnopenable)
)

// Wrapped is a person's row of ring.person: the columns person, seed and wrap.
type Wrapped struct {
	Person domain.PersonID
	Seed   []byte // nil: destroyed
	Wrap   string // id of the master key
}

// formSeed begins what is wrapped: one seed, from which every class derives. Another
// form will say which classes have moved on and hold their chains in place of the seed.
const formSeed = 1

func newSeed() seed {
	var s seed
	_, _ = rand.Read(s[:]) // never fails: it ends the program first
	return s
}

// wrapSeed seals a seed under the master key, bound to its person: AES-256-GCM with a
// random nonce in front (NIST SP 800-38D bounds one key to 2³² of these).
func (k *secrets) wrapSeed(person domain.PersonID, s seed) []byte {
	return k.box.Seal(nil, nil, append([]byte{formSeed}, s[:]...), wrapContext(person))
}

// unwrapSeed opens a row; its error is one of the reasons of ErrUnopenable.
func (k *secrets) unwrapSeed(w Wrapped) (seed, error) {
	switch {
	case len(w.Seed) == 0:
		return seed{}, errDestroyed
	case w.Wrap != k.wrap:
		return seed{}, errMaster
	}
	plain, err := k.box.Open(nil, nil, w.Seed, wrapContext(w.Person))
	if err != nil {
		return seed{}, errWrapped
	}
	if len(plain) != 1+len(seed{}) || plain[0] != formSeed {
		return seed{}, errForm
	}
	return seed(plain[1:]), nil
}

func wrapContext(person domain.PersonID) []byte {
	return append([]byte("tellonce seed\x00"), person[:]...)
}

// newBox is AES-256-GCM that puts a random nonce of 96 bits in front of what it seals.
func newBox(key [32]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	box, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return box, nil
}
