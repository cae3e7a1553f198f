package projections

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Position is the place of one record in the log.
type Position struct {
	Partition int
	Offset    int64
}

// After is what a reader wants to see: everything up to these positions, of each
// partition the highest. In text it is the Tellonce-After token.
type After []Position

// ErrAfter is returned for a text that is no Tellonce-After token.
var ErrAfter = errors.New("not a Tellonce-After token")

// maxAfter bounds a token: more partitions than any topic of ours has.
const maxAfter = 4096

// String is the token: base64url of "partition:offset" joined by commas, partitions
// ascending; "" where After is empty.
func (a After) String() string {
	var text []byte
	for i, p := range a.highest() {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, int64(p.Partition), 10)
		text = append(text, ':')
		text = strconv.AppendInt(text, p.Offset, 10)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseAfter reads a token; "" is nothing to wait for. Anything else that String
// does not write is ErrAfter.
func ParseAfter(token string) (After, error) {
	if token == "" {
		return nil, nil
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return nil, fmt.Errorf("read token: %w: base64url expected", ErrAfter)
	}
	parts := strings.Split(string(text), ",")
	if len(parts) > maxAfter {
		return nil, fmt.Errorf("read token of %d positions: %w: at most %d expected", len(parts), ErrAfter, maxAfter)
	}
	after := make(After, len(parts))
	for i, part := range parts {
		partition, offset, ok := strings.Cut(part, ":")
		p, errP := strconv.ParseInt(partition, 10, 32)
		o, errO := strconv.ParseInt(offset, 10, 64)
		if !ok || errP != nil || errO != nil || p < 0 || o < 0 {
			return nil, fmt.Errorf("read token: %w: partition:offset expected", ErrAfter)
		}
		after[i] = Position{Partition: int(p), Offset: o}
	}
	if after.String() != token {
		return nil, fmt.Errorf("read token: %w: it is not as it was given", ErrAfter)
	}
	return after, nil
}

// highest is the highest position of each partition, partitions ascending.
func (a After) highest() After {
	sorted := slices.Clone(a)
	slices.SortFunc(sorted, func(p, q Position) int {
		return cmp.Or(cmp.Compare(p.Partition, q.Partition), cmp.Compare(q.Offset, p.Offset))
	})
	return slices.CompactFunc(sorted, func(p, q Position) bool { return p.Partition == q.Partition })
}

// reached reports whether everything in a is applied where next is the first offset
// of each partition that is not.
func (a After) reached(next map[int]int64) bool {
	for _, p := range a {
		if next[p.Partition] <= p.Offset {
			return false
		}
	}
	return true
}
