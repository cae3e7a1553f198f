package domain

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// ErrIdentifier is returned for a text that has no normal form of its kind. What
// was written is never in the error: it may be personal.
var ErrIdentifier = errors.New("not an identifier of that kind")

// IdentifierError says what was expected of an identifier. It is an ErrIdentifier.
type IdentifierError struct {
	Kind     Kind
	Expected string // in plain words: "a telephone number, with its country code or as dialled in FR"
}

func (e *IdentifierError) Error() string {
	return fmt.Sprintf("normalise %s: %s expected", e.Kind, e.Expected)
}

// Is reports whether target is ErrIdentifier.
func (e *IdentifierError) Is(target error) bool { return target == ErrIdentifier }

// maxIdentifier is how long a normal form may be, in bytes.
const maxIdentifier = 254

// Normalise gives the normal form of an identifier as it was written, so that two
// ways to write one are one person. It is the same for ever: what the ring hashed
// is found again only by the same form. Normalising a normal form changes nothing.
//
//	account  NFKC, upper case, without white space
//	line     E.164 where it is a telephone number, else as an account
//	email    NFKC, lower case, the domain in ASCII (IDNA)
//	phone    E.164
//	device   as an account; a MAC address or IMEI also without its separators
//
// region is the customer's (ISO 3166, "FR"), never the vendor's: 0612345678 is a
// mobile in France and in Morocco. "" leaves only numbers with their country code.
//
// What has no normal form is an *IdentifierError. That is no reason to refuse an
// event: a call from "anonymous" names nobody and is kept.
func Normalise(kind Kind, written, region string) (Identifier, error) {
	var value, expected string
	switch kind {
	case Account:
		value, expected = solid(written), "a number or code of an account"
	case Line:
		value, expected = lineNumber(written, region), "a telephone number or the code of a line"
	case Email:
		value, expected = mailbox(written), "an e-mail address such as name@example.com"
	case Phone:
		value, expected = e164(written, region), expectedPhone(region)
	case Device:
		value, expected = deviceNumber(written), "a serial number, MAC address or IMEI"
	default:
		return Identifier{}, &IdentifierError{Kind: kind, Expected: "one of account, line, email, phone, device"}
	}
	if value == "" || len(value) > maxIdentifier {
		return Identifier{}, &IdentifierError{Kind: kind, Expected: expected}
	}
	return Identifier{Kind: kind, Value: value}, nil
}

// AgentIdentifier is the identifier of an agent: an id is unique at its vendor
// alone, and logins are written in any case.
func AgentIdentifier(vendor, id string) (Identifier, error) {
	agent := solid(id)
	if vendor == "" || strings.Contains(vendor, "/") || agent == "" || len(agent) > maxIdentifier {
		return Identifier{}, &IdentifierError{Kind: AgentKind, Expected: "an agent's id at a vendor"}
	}
	return Identifier{Kind: AgentKind, Value: vendor + "/" + agent}, nil
}

// solid is text in NFKC and upper case, without white space and without what
// cannot be seen: spreadsheets and copied pages bring both.
func solid(text string) string {
	return settle(text, func(s string) string { return strings.ToUpper(visible(s)) })
}

// settle applies fold and NFKC until neither changes anything: a change of case can
// take a text out of NFKC.
func settle(text string, fold func(string) string) string {
	if isPlain(text) {
		return fold(text)
	}
	for range 4 {
		next := norm.NFKC.String(fold(norm.NFKC.String(text)))
		if next == text {
			break
		}
		text = next
	}
	return text
}

// isPlain reports whether text is ASCII, which is in NFKC whatever its case.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// visible is text without white space, control and format characters.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return r
	}, text)
}

func unseen(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.C, r) }

// mailbox is the normal form of an e-mail address, "" where text is none. The part
// before the @ is folded too: no provider in use tells its case apart.
func mailbox(text string) string {
	text = settle(strings.TrimFunc(text, unseen), strings.ToLower)
	at := strings.LastIndexByte(text, '@')
	if at < 1 || visible(text) != text || strings.ContainsAny(text[:at], "@<>()[],;:\\\"") {
		return ""
	}
	domain, err := mailDomain.ToASCII(text[at+1:])
	domain = strings.TrimSuffix(domain, ".")
	if err != nil || !strings.Contains(domain, ".") || strings.HasSuffix(domain, ".") {
		return ""
	}
	return text[:at+1] + domain
}

// mailDomain follows UTS 46 as browsers do, with names that DNS can hold.
var mailDomain = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.VerifyDNSLength(true), idna.StrictDomainName(true))

// deviceNumber is the normal form of a piece of equipment's number.
func deviceNumber(text string) string {
	text = solid(text)
	bare := strings.NewReplacer(":", "", "-", "", ".", "").Replace(text)
	if isMAC(bare) || isIMEI(bare) {
		return bare
	}
	return text
}

// isMAC reports whether text is the 12 hexadecimal digits of a MAC address.
func isMAC(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789ABCDEF") == ""
}

// isIMEI reports whether text is an IMEI: 14 digits, 15 with the check digit, or 16
// with the software's version (3GPP TS 23.003).
func isIMEI(text string) bool {
	return len(text) >= 14 && len(text) <= 16 && strings.Trim(text, "0123456789") == ""
}
