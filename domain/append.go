package domain

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"
)

// AppendRecord appends the very bytes that EncodeRecord writes, in about a third of the
// time: a door writes many. data is JSON without space; what is none makes a record
// that cannot be read.
func AppendRecord(b []byte, r *Recorded, data []byte) []byte {
	b = appendQuoted(append(b, `{"specversion":"1.0","id":`...), r.ID)
	b = appendQuoted(append(b, `,"source":`...), r.Source)
	if r.Subject != "" {
		b = appendQuoted(append(b, `,"subject":`...), r.Subject)
	}
	b = appendQuoted(append(b, `,"type":`...), r.Type)
	b = appendTime(append(b, `,"time":`...), r.Time)
	if r.Sequence != NoSequence {
		b = strconv.AppendInt(append(b, `,"sequence":`...), r.Sequence, 10)
	}
	if r.Revision != 0 {
		b = strconv.AppendInt(append(b, `,"revision":`...), int64(r.Revision), 10)
	}
	b = appendTime(append(b, `,"recordedtime":`...), r.RecordedTime)
	if r.CorrelationID != "" {
		b = appendQuoted(append(b, `,"correlationid":`...), r.CorrelationID)
	}
	if r.CausationID != "" {
		b = appendQuoted(append(b, `,"causationid":`...), r.CausationID)
	}
	b = appendHex(append(b, `,"person":`...), r.Person[:])
	for i, n := range r.Persons {
		b = append(b, separator(i, `,"persons":[`)...)
		b = appendQuoted(append(b, `{"kind":`...), string(n.Kind))
		b = appendHex(append(b, `,"person":`...), n.Person[:])
		if n.Issued {
			b = append(b, `,"issued":true`...)
		}
		b = append(b, '}')
	}
	b = closed(b, len(r.Persons))
	if !r.Reference.IsZero() {
		b = appendHex(append(b, `,"reference":`...), r.Reference[:])
	}
	if !r.Continues.IsZero() {
		b = appendHex(append(b, `,"continues":`...), r.Continues[:])
	}
	b = appendHex(append(b, `,"digest":`...), r.Digest[:])
	for i, mark := range r.Marks {
		b = appendQuoted(append(b, separator(i, `,"marks":[`)...), mark)
	}
	b = closed(b, len(r.Marks))
	b = appendEscaped(append(b, `,"data":`...), data)
	for i, s := range r.Personal {
		b = append(b, separator(i, `,"personal":[`)...)
		b = appendQuoted(append(b, `{"class":`...), string(s.Class))
		b = appendQuoted(append(b, `,"key":`...), s.Key)
		b = base64.StdEncoding.AppendEncode(append(b, `,"sealed":"`...), s.Sealed)
		b = append(b, `"}`...)
	}
	return append(closed(b, len(r.Personal)), '}')
}

// separator begins a list, or goes on with it.
func separator(i int, begin string) string {
	if i == 0 {
		return begin
	}
	return ","
}

// closed ends a list that has items.
func closed(b []byte, items int) []byte {
	if items == 0 {
		return b
	}
	return append(b, ']')
}

func appendTime(b []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

func appendHex(b, id []byte) []byte { return append(hex.AppendEncode(append(b, '"'), id), '"') }

// appendQuoted writes a text as encoding/json does, which is asked where it is not
// plain.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(s) // a text always encodes
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// appendEscaped writes JSON without space as encoding/json writes it into a document:
// what HTML would read otherwise is escaped.
func appendEscaped(b, data []byte) []byte {
	if !bytes.ContainsAny(data, "<>&\u2028\u2029") {
		return append(b, data...)
	}
	out := bytes.NewBuffer(b)
	json.HTMLEscape(out, data)
	return out.Bytes()
}
