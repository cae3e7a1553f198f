package domain

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// scanRecord reads a record of today's types in the very bytes that EncodeRecord
// writes, which nearly all of the log is, in about half the time that encoding/json
// takes for the whole: a rebuild is mostly this. It is false for any other record,
// also for one that is only written otherwise, and then json is asked. What it reads,
// json reads the same.
func scanRecord(raw []byte) (Recorded, bool) {
	s := scan{raw: raw}
	var r Recorded
	s.literal(`{"specversion":"1.0","id":`)
	r.ID = s.text()
	s.literal(`,"source":`)
	r.Source = s.text()
	if s.next(`,"subject":`) {
		r.Subject = s.text()
	}
	s.literal(`,"type":`)
	typ, known := typesByName[string(s.quoted())]
	s.literal(`,"time":`)
	r.Time = s.time()
	r.Sequence = NoSequence
	if s.next(`,"sequence":`) {
		r.Sequence = s.whole()
	}
	if s.next(`,"revision":`) {
		r.Revision = int(s.whole())
	}
	s.literal(`,"recordedtime":`)
	r.RecordedTime = s.time()
	if s.next(`,"correlationid":`) {
		r.CorrelationID = s.text()
	}
	if s.next(`,"causationid":`) {
		r.CausationID = s.text()
	}
	s.literal(`,"person":`)
	s.hex(r.Person[:])
	if s.next(`,"persons":`) {
		r.Persons = s.persons()
	}
	if s.next(`,"reference":`) {
		s.hex(r.Reference[:])
	}
	if s.next(`,"continues":`) {
		s.hex(r.Continues[:])
	}
	s.literal(`,"digest":`)
	s.hex(r.Digest[:])
	if s.next(`,"marks":`) {
		r.Marks = s.texts()
	}
	s.literal(`,"data":`)
	data := s.object()
	if s.next(`,"personal":`) {
		r.Personal = s.seals()
	}
	s.literal(`}`)
	if s.other || !known || s.at != len(raw) || r.ID == "" || r.Source == "" || r.Person.IsZero() || r.Time.IsZero() || r.RecordedTime.IsZero() {
		return Recorded{}, false
	}
	r.Type, r.WireType, r.Event, r.Raw = typ.Name, typ.Name, typ.make(), raw
	return r, json.Unmarshal(data, r.Event) == nil
}

// scan goes through bytes that are expected to be of one form. Once they are other,
// nothing that it gives means anything.
type scan struct {
	raw   []byte
	at    int
	other bool
}

// next steps over what stands here, where it does.
func (s *scan) next(expected string) bool {
	if end := s.at + len(expected); end <= len(s.raw) && string(s.raw[s.at:end]) == expected {
		s.at = end
		return true
	}
	return false
}

func (s *scan) literal(expected string) {
	if !s.next(expected) {
		s.other = true
	}
}

// quoted is a text without escapes.
func (s *scan) quoted() []byte {
	if s.literal(`"`); s.other {
		return nil
	}
	start, ascii := s.at, true
	for ; s.at < len(s.raw); s.at++ {
		switch c := s.raw[s.at]; {
		case c == '"':
			text := s.raw[start:s.at]
			s.at++
			s.other = s.other || !ascii && !utf8.Valid(text)
			return text
		case c == '\\', c < ' ':
			s.other = true
			return nil
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	s.other = true
	return nil
}

func (s *scan) text() string { return string(s.quoted()) }

func (s *scan) time() time.Time {
	var t time.Time
	if t.UnmarshalText(s.quoted()) != nil {
		s.other = true
	}
	return t.UTC().Truncate(time.Microsecond)
}

// whole is a whole number as Go writes it.
func (s *scan) whole() int64 {
	start := s.at
	for s.at < len(s.raw) && (s.raw[s.at] == '-' || s.raw[s.at] >= '0' && s.raw[s.at] <= '9') {
		s.at++
	}
	n, err := strconv.ParseInt(string(s.raw[start:s.at]), 10, 64)
	if err != nil || s.at-start > 1 && s.raw[start] == '0' || s.raw[start] == '-' {
		s.other = true
	}
	return n
}

func (s *scan) hex(into []byte) {
	text := s.quoted()
	if len(text) != 2*len(into) {
		s.other = true
		return
	}
	if _, err := hex.Decode(into, text); err != nil {
		s.other = true
	}
}

// list calls each for every item of a list that has one.
func (s *scan) list(each func()) {
	s.literal(`[`)
	for !s.other {
		each()
		if s.next(`]`) {
			return
		}
		s.literal(`,`)
	}
}

func (s *scan) texts() []string {
	var all []string
	s.list(func() { all = append(all, s.text()) })
	return all
}

func (s *scan) persons() []Named {
	all := make([]Named, 0, 4)
	s.list(func() {
		var n Named
		s.literal(`{"kind":`)
		n.Kind = s.kind()
		s.literal(`,"person":`)
		s.hex(n.Person[:])
		n.Issued = s.next(`,"issued":true`)
		s.literal(`}`)
		all = append(all, n)
	})
	return all
}

func (s *scan) kind() Kind {
	text := s.quoted()
	for _, k := range []Kind{Account, Line, Email, Phone, Device} {
		if string(text) == string(k) {
			return k
		}
	}
	return Kind(text)
}

func (s *scan) seals() []Sealed {
	all := make([]Sealed, 0, 3)
	s.list(func() {
		var one Sealed
		s.literal(`{"class":`)
		one.Class = s.class()
		s.literal(`,"key":`)
		one.Key = s.text()
		s.literal(`,"sealed":`)
		text := s.quoted()
		one.Sealed = make([]byte, base64.StdEncoding.DecodedLen(len(text)))
		n, err := base64.StdEncoding.Decode(one.Sealed, text)
		s.other = s.other || err != nil
		one.Sealed = one.Sealed[:n]
		s.literal(`}`)
		all = append(all, one)
	})
	return all
}

func (s *scan) class() Class {
	text := s.quoted()
	for _, c := range []Class{Words, IdentifierCls, Place, Bank, Staff} {
		if string(text) == string(c) {
			return c
		}
	}
	return Class(text)
}

// object is the bytes of an object, by its brackets alone: json looks into it.
func (s *scan) object() []byte {
	start, open, inText := s.at, 0, false
	if s.at >= len(s.raw) || s.raw[s.at] != '{' {
		s.other = true
		return nil
	}
	for ; s.at < len(s.raw); s.at++ {
		switch c := s.raw[s.at]; {
		case inText && c == '\\':
			s.at++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{':
			open++
		case c == '}':
			if open--; open == 0 {
				s.at++
				return s.raw[start:s.at]
			}
		}
	}
	s.other = true
	return nil
}
