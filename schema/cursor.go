package schema

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tellonce/tellonce/domain"
)

// A cursor is the key of the entry it stands at, in base64url: a byte for its form,
// then the key. It is opaque to who receives it.
const (
	formLife    = 1
	formOpening = 2
)

func appendInstant(b []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(t.UnixMicro()))
}

func lifeCursor(k domain.LifeKey) string {
	b := appendInstant([]byte{formLife}, k.Time)
	b = binary.BigEndian.AppendUint64(b, uint64(k.Sequence))
	b = append(b, strings.Join([]string{k.Source, k.Subject, k.ID}, "\x00")...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// readLife reads a cursor of a timeline; "" is none.
func readLife(argument, cursor string) (*domain.LifeKey, error) {
	b, err := openCursor(argument, cursor, formLife)
	if b == nil {
		return nil, err
	}
	texts := strings.Split(string(b[min(16, len(b)):]), "\x00")
	if len(b) < 16 || len(texts) != 3 || !utf8.Valid(b[16:]) {
		return nil, badCursor(argument)
	}
	return &domain.LifeKey{
		Time: instant(b), Sequence: int64(binary.BigEndian.Uint64(b[8:])),
		Source: texts[0], Subject: texts[1], ID: texts[2],
	}, nil
}

func (o opening) cursor() string {
	return base64.RawURLEncoding.EncodeToString(append(appendInstant([]byte{formOpening}, o.at), o.event[:]...))
}

// readOpening reads a cursor of a customer's problems; "" is none.
func readOpening(cursor string) (*opening, error) {
	b, err := openCursor("after", cursor, formOpening)
	if b == nil {
		return nil, err
	}
	if len(b) != 24 {
		return nil, badCursor("after")
	}
	return &opening{at: instant(b), event: domain.EventID(b[8:])}, nil
}

func instant(b []byte) time.Time { return time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC() }

func openCursor(argument, cursor string, form byte) ([]byte, error) {
	if cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) < 9 || b[0] != form {
		return nil, badCursor(argument)
	}
	// PostgreSQL's times end in the year 294276, and a cursor may be anybody's bytes.
	if year := instant(b[1:]).Year(); year < 1 || year > 9999 {
		return nil, badCursor(argument)
	}
	return b[1:], nil
}

func badCursor(argument string) error {
	return refuse(CodeInvalidArgument, "%s is no cursor of this connection: pass one as an answer gave it, unchanged", argument)
}
