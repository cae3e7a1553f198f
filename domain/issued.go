package domain

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// Ids as tellonce issues them: a letter for what they name, "_", and 16 bytes in
// base64url without padding. They are opaque to who receives them and never change.
const (
	customerLetter = "c_"
	problemLetter  = "p_"
	eventLetter    = "e_"
)

// FormatCustomer is the id of the customer that the person belongs to. Every
// person's id answers with the customer of today.
func FormatCustomer(p PersonID) string { return customerLetter + issued(p[:]) }

// ParseCustomer reads a customer's id; anything else is ErrID.
func ParseCustomer(text string) (PersonID, error) {
	var p PersonID
	return p, readIssued(p[:], text, "a customer", customerLetter)
}

// FormatProblem is the id of the problem that the event opened.
func FormatProblem(opening EventID) string { return problemLetter + issued(opening[:]) }

// ParseProblem reads the id of a problem, or that of any event in it; anything else
// is ErrID.
func ParseProblem(text string) (EventID, error) {
	var e EventID
	return e, readIssued(e[:], text, "a problem", problemLetter, eventLetter)
}

// FormatEvent is the id of an event.
func FormatEvent(e EventID) string { return eventLetter + issued(e[:]) }

// ParseEvent reads an event's id; anything else is ErrID.
func ParseEvent(text string) (EventID, error) {
	var e EventID
	return e, readIssued(e[:], text, "an event", eventLetter)
}

func issued(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

func readIssued(id []byte, text, what string, letters ...string) error {
	for _, letter := range letters {
		rest, ok := strings.CutPrefix(text, letter)
		if !ok || base64.RawURLEncoding.DecodedLen(len(rest)) != len(id) {
			continue
		}
		if n, err := base64.RawURLEncoding.Strict().Decode(id, []byte(rest)); err == nil && n == len(id) {
			return nil
		}
	}
	clear(id)
	return fmt.Errorf("read id of %s: %w: it begins with %s and is taken from an answer as it stands", what, ErrID, strings.Join(letters, " or "))
}
