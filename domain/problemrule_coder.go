package domain

import "encoding/binary"

// coder writes values behind b or reads them from its front, so that one piece of
// code says both directions. Bytes that cannot be read set bad and read as zero.
type coder struct {
	b       []byte
	reading bool
	bad     bool
}

type whole interface {
	~int | ~int32 | ~int64 | ~uint64
}

// number codes a number that is not negative.
func number[N whole](c *coder, v *N) {
	if !c.reading {
		c.b = binary.AppendUvarint(c.b, uint64(*v))
		return
	}
	n, used := binary.Uvarint(c.b)
	if *v = N(n); used <= 0 || uint64(*v) != n || *v < 0 {
		*v = 0
		c.fail()
		return
	}
	c.b = c.b[used:]
}

func (c *coder) fail() { c.bad, c.b = true, nil }

// near codes a number by its difference to one that is mostly close, and below it
// a head of so many bits.
func (c *coder) near(v *int32, to int32, head *uint64, bits int) {
	u := zigzag(int64(*v)-int64(to))<<bits | *head
	number(c, &u)
	if c.reading {
		*head = u & (1<<bits - 1)
		*v = int32(zagzig(u>>bits)) + to
	}
}

// time codes microseconds by their difference to a time near by, in seconds where
// it is whole.
func (c *coder) time(v *int64, near int64) {
	const second = 1_000_000
	d := *v - near
	u := zigzag(d)<<1 | 1
	if d%second == 0 {
		u = zigzag(d/second) << 1
	}
	number(c, &u)
	if !c.reading {
		return
	}
	if d = zagzig(u >> 1); u&1 == 0 {
		d *= second
	}
	*v = near + d
}

// instant codes a time that may be none, 0, and may be the one near by.
func (c *coder) instant(v *int64, near int64, some, apart bool) {
	switch {
	case !some:
		*v = 0
	case apart:
		c.time(v, near)
	default:
		*v = near
	}
}

func (c *coder) raw(v []byte) {
	if !c.reading {
		c.b = append(c.b, v...)
		return
	}
	if len(c.b) < len(v) {
		c.fail()
		return
	}
	c.b = c.b[copy(v, c.b):]
}

// hash codes a key of keyBits.
func (c *coder) hash(v *uint64) {
	var room [8]byte
	binary.LittleEndian.PutUint64(room[:], *v)
	c.raw(room[:keyBits/8])
	*v = binary.LittleEndian.Uint64(room[:])
}

// size codes the length of a list whose items take at least so many bytes; reading,
// it makes the list.
func size[T any](c *coder, list *[]T, least int) {
	n := len(*list)
	number(c, &n)
	if !c.reading || n == 0 {
		return
	}
	if n > len(c.b)/least {
		c.fail()
		return
	}
	*list = make([]T, n)
}

// keys codes an index of hashes, and behind each what item codes.
func keys(c *coder, x *index[uint64], item func(n int)) {
	n := len(x.keys)
	number(c, &n)
	if c.reading && n > len(c.b)/(keyBits/8) {
		c.fail()
	} else if c.reading {
		x.keys = make([]uint64, 0, n)
	}
	for i := 0; i < n && !c.bad; i++ {
		var key uint64
		if !c.reading {
			key = x.keys[i]
		}
		c.hash(&key)
		if c.reading {
			if key == 0 {
				c.fail()
				return
			}
			x.add(key)
		}
		if item != nil {
			item(i)
		}
	}
}

func (c *coder) texts(x *index[string]) {
	n := len(x.keys)
	number(c, &n)
	for i := 0; i < n && !c.bad; i++ {
		if !c.reading {
			length := len(x.keys[i])
			number(c, &length)
			c.b = append(c.b, x.keys[i]...)
			continue
		}
		var length int
		if number(c, &length); length <= 0 || length > len(c.b) {
			c.fail()
			return
		}
		x.add(string(c.b[:length]))
		c.b = c.b[length:]
	}
}

func (c *coder) persons(x *index[PersonID]) {
	n := len(x.keys)
	number(c, &n)
	for i := 0; i < n && !c.bad; i++ {
		var person PersonID
		if !c.reading {
			person = x.keys[i]
		}
		c.raw(person[:])
		if c.reading {
			if person.IsZero() {
				c.fail()
				return
			}
			x.add(person)
		}
	}
}

// text and person code a number of theirs, within what was read before.
func (c *coder) text(p *Problems, v *int32) {
	number(c, v)
	c.within(*v, int32(len(p.texts.keys)))
}

func (c *coder) person(p *Problems, v *int32) {
	number(c, v)
	c.within(*v, int32(len(p.persons.keys)))
}

// within refuses a number above the highest there is.
func (c *coder) within(v, highest int32) {
	if c.reading && (v < 0 || v > highest) {
		c.fail()
	}
}

// other is v where it is written or is not the usual one, else, in reading, the usual.
func other(c *coder, v, usual int32, apart uint64) int32 {
	if c.reading && apart == 0 {
		return usual
	}
	return v
}

func bit(b uint64, on bool) uint64 {
	if on {
		return b
	}
	return 0
}

func zigzag(v int64) uint64 { return uint64(v<<1 ^ v>>63) }

func zagzig(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }
