package domain

import (
	"crypto/sha256"
	"encoding/binary"
)

// index numbers keys in the order of their coming, from 1. The zero key has the
// number 0 and is never added; what is not there has it too.
type index[K comparable] struct {
	keys   []K
	at     map[K]int32 // nil until it pays
	walked int         // keys looked at one by one
}

// number is the key's number. A state that was just read is asked a few times and
// written again: it walks through its keys, and makes a map of them only where it
// has walked for longer than making one takes.
func (x *index[K]) number(key K) int32 {
	if x.at != nil {
		return x.at[key]
	}
	for i := range x.keys {
		if x.keys[i] == key {
			x.walked += i
			return int32(i) + 1
		}
	}
	const short, paid = 16, 64
	if x.walked += len(x.keys); len(x.keys) > short && x.walked > paid*len(x.keys) {
		x.at = make(map[K]int32, 2*len(x.keys))
		for i, k := range x.keys {
			if x.at[k] == 0 {
				x.at[k] = int32(i) + 1
			}
		}
	}
	return 0
}

// key is the key of that number.
func (x *index[K]) key(n int32) (key K) {
	if n > 0 {
		key = x.keys[n-1]
	}
	return key
}

// add numbers a key that is not there.
func (x *index[K]) add(key K) int32 {
	x.keys = append(x.keys, key)
	n := int32(len(x.keys))
	if x.at != nil {
		x.at[key] = n
	}
	return n
}

// intern is the key's number, which it is given where it has none.
func (x *index[K]) intern(key K) int32 {
	var zero K
	if key == zero {
		return 0
	}
	if n := x.number(key); n != 0 {
		return n
	}
	return x.add(key)
}

// book is items by the hash of what they are known by.
type book[T any] struct {
	index[uint64]
	items []T
}

// find is the item of that key, nil where there is none. It is good until the next put.
func (b *book[T]) find(key uint64) *T {
	if n := b.number(key); n != 0 {
		return &b.items[n-1]
	}
	return nil
}

// put adds an item whose key is not there.
func (b *book[T]) put(key uint64, item T) *T {
	b.add(key)
	b.items = append(b.items, item)
	return &b.items[len(b.items)-1]
}

const keyBits = 48

// personKey is 48 bits of a person, never 0.
func personKey(p PersonID) uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := binary.LittleEndian.Uint64(p[:8])
	h = (h ^ h>>32) * odd
	h ^= binary.LittleEndian.Uint64(p[8:])
	h = (h ^ h>>29) * odd
	h ^= h >> 32
	return max(h&(1<<keyBits-1), 1)
}

// ticketKey is 48 bits of a ticket's space and number, never 0.
func ticketKey(t TicketRef) uint64 {
	var room [128]byte
	b := append(append(append(room[:0], t.Space...), 0), t.Number...)
	sum := sha256.Sum256(b)
	return max(binary.LittleEndian.Uint64(sum[:8])&(1<<keyBits-1), 1)
}
