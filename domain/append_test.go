package domain

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAppendRecordWritesWhatEncodeRecordDoes(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", `"`, "\\", "<b>&", "\u2028\u2029", "é", "\xff", "a\x00b\x7f"}))
	person := rapid.Custom(func(t *rapid.T) PersonID {
		return PersonID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "person"))
	})
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		at := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "µs"))
		return at.In(time.FixedZone("", 3600*rapid.IntRange(-12, 14).Draw(t, "zone")))
	})
	named := rapid.Custom(func(t *rapid.T) Named {
		return Named{Kind: Kind(text.Draw(t, "kind")), Person: person.Draw(t, "named"), Issued: rapid.Bool().Draw(t, "issued")}
	})
	sealed := rapid.Custom(func(t *rapid.T) Sealed {
		return Sealed{Class: Class(text.Draw(t, "class")), Key: text.Draw(t, "key"), Sealed: append([]byte{}, rapid.SliceOf(rapid.Byte()).Draw(t, "sealed")...)}
	})
	rapid.Check(t, func(t *rapid.T) {
		r := Recorded{
			Envelope: Envelope{
				Source: text.Draw(t, "source"), ID: text.Draw(t, "id"), Subject: text.Draw(t, "subject"), Type: text.Draw(t, "type"),
				Time: instant.Draw(t, "time"), Sequence: rapid.Int64Range(NoSequence, math.MaxInt64).Draw(t, "sequence"),
				Revision: rapid.IntRange(0, math.MaxInt32).Draw(t, "revision"), RecordedTime: instant.Draw(t, "recordedtime"),
				CorrelationID: text.Draw(t, "correlationid"), CausationID: text.Draw(t, "causationid"),
			},
			Person: person.Draw(t, "person"), Persons: rapid.SliceOfN(named, 0, 3).Draw(t, "persons"),
			Marks: rapid.SliceOfN(text, 0, 2).Draw(t, "marks"), Personal: rapid.SliceOfN(sealed, 0, 3).Draw(t, "personal"),
		}
		if rapid.Bool().Draw(t, "reference") {
			r.Reference, r.Continues = person.Draw(t, "its"), person.Draw(t, "continued")
		}
		copy(r.Digest[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
		// Written without escapes for HTML, as a door writes it.
		var data bytes.Buffer
		encoder := json.NewEncoder(&data)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(rapid.MapOfN(text, text, 0, 4).Draw(t, "data")); err != nil {
			t.Fatal(err)
		}
		raw := bytes.TrimSuffix(data.Bytes(), []byte("\n"))
		want, err := EncodeRecord(&r, raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendRecord([]byte("before"), &r, raw); string(got) != "before"+string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

func BenchmarkRecordWritten(b *testing.B) {
	r := Recorded{
		Envelope: Envelope{Source: "/vendors/acme/crm", ID: "call-1-3", Subject: "call-1", Type: "step.tried.v1", Time: noon, RecordedTime: noon},
		Person:   someone, Persons: []Named{{Kind: Account, Person: someone}}, Reference: someone,
		Personal: []Sealed{{Class: Words, Key: "ASf9TNNiWIRD3udNGazZmn0BOg", Sealed: make([]byte, 120)}},
	}
	data := []byte(`{"agent":{"employer":"acme","person":"769588e63252eebed49eaec07de713df"},"by":"customer","outcome":"failed","step":"box.reboot"}`)
	b.Run("encoded", func(b *testing.B) {
		for b.Loop() {
			if _, err := EncodeRecord(&r, data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("appended", func(b *testing.B) {
		for b.Loop() {
			_ = AppendRecord(make([]byte, 0, 1024), &r, data)
		}
	})
}
