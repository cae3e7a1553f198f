package domain

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var (
	someone = PersonID{0xaa, 1}
	noon    = time.Date(2026, 1, 2, 12, 0, 0, 1000, time.UTC)
)

// filled sets every member that can be reached to a value of its own.
func filled(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem(), n)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(noon.Add(time.Duration(*n) * time.Second)))
			return
		}
		for i := range v.NumField() {
			filled(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		filled(v.Index(0), n)
		filled(v.Index(1), n)
	case reflect.Array:
		v.Index(0).SetUint(uint64(*n % 256))
	case reflect.String:
		v.SetString("text " + strings.Repeat("é", *n%7) + string(rune('a'+*n%26)))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	case reflect.Int:
		v.SetInt(int64(*n))
	}
}

func TestEveryEventKeepsEveryMember(t *testing.T) {
	for _, typ := range Catalogue {
		t.Run(typ.Name, func(t *testing.T) {
			want := typ.New()
			n := 0
			filled(reflect.ValueOf(want).Elem(), &n)
			data, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := DecodeData(typ.Name, data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("data does not come back (-sent +read):\n%s", diff)
			}
			raw, err := EncodeRecord(&Recorded{
				Envelope: Envelope{Source: "/vendors/acme/crm", ID: "e1", Subject: "i1", Type: typ.Name, Time: noon, RecordedTime: noon, Sequence: NoSequence},
				Person:   someone,
			}, data)
			if err != nil {
				t.Fatal(err)
			}
			r, err := DecodeRecord(raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, r.Event); diff != "" {
				t.Errorf("the record's event is another (-sent +read):\n%s", diff)
			}
		})
	}
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", `,"type":"step.tried.v1"`, `"`, "\\", "\u2028", "é"}))
	name := rapid.OneOf(rapid.StringMatching(`[a-z/0-9]{1,12}`), rapid.StringN(1, 8, -1))
	person := rapid.Custom(func(t *rapid.T) PersonID {
		return PersonID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "person"))
	})
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "µs")).UTC()
	})
	rapid.Check(t, func(t *rapid.T) {
		event := &StepTried{Circumstances: Circumstances{Lot: text.Draw(t, "lot")}, Step: text.Draw(t, "step"), Outcome: StepFailed}
		want := Recorded{
			Envelope: Envelope{
				Source: name.Draw(t, "source"), ID: name.Draw(t, "id"), Subject: text.Draw(t, "subject"), Type: "step.tried.v1",
				Time: instant.Draw(t, "time"), Sequence: rapid.Int64Range(NoSequence, math.MaxInt64).Draw(t, "sequence"),
				Revision: rapid.IntRange(0, math.MaxInt).Draw(t, "revision"), RecordedTime: instant.Draw(t, "recordedtime"),
				CorrelationID: text.Draw(t, "correlation"), CausationID: text.Draw(t, "causation"),
			},
			Person: person.Filter(func(p PersonID) bool { return !p.IsZero() }).Draw(t, "whose"), Reference: person.Draw(t, "reference"), Continues: person.Draw(t, "continues"),
			WireType: "step.tried.v1", Event: event,
		}
		copy(want.Digest[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
		for range rapid.IntRange(0, 3).Draw(t, "persons") {
			want.Persons = append(want.Persons, Named{Kind: Line, Person: person.Draw(t, "named"), Issued: rapid.Bool().Draw(t, "issued")})
		}
		for range rapid.IntRange(0, 2).Draw(t, "marks") {
			want.Marks = append(want.Marks, text.Draw(t, "mark"))
		}
		for range rapid.IntRange(0, 2).Draw(t, "seals") {
			want.Personal = append(want.Personal, Sealed{Class: Words, Key: text.Draw(t, "key"), Sealed: rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "sealed")})
		}
		data, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		if want.Raw, err = EncodeRecord(&want, data); err != nil {
			t.Fatal(err)
		}
		got, err := DecodeRecord(want.Raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
		again, err := EncodeRecord(&got, data)
		if err != nil || !bytes.Equal(again, want.Raw) {
			t.Fatalf("encoded again: %s, %v; want %s", again, err, want.Raw)
		}
		slowly, err := parseRecord(want.Raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, slowly); diff != "" {
			t.Fatalf("(-scanned +parsed):\n%s", diff)
		}
	})
}

const aRecord = `{"specversion":"1.0","id":"b1","source":"/vendors/acme/crm","subject":"i1","type":"step.tried.v1","time":"2026-01-02T03:04:05Z","sequence":4,"recordedtime":"2026-01-02T03:04:06.000001Z","person":"aa010000000000000000000000000000","persons":[{"kind":"account","person":"aa010000000000000000000000000000"},{"kind":"phone","person":"bb020000000000000000000000000000"}],"reference":"cc030000000000000000000000000000","digest":"0101010101010101010101010101010101010101010101010101010101010101","data":{"problem":{"ticket":{"space":"acme","number":"T1"},"reason":"internet.down","asset":{"kind":"line","person":"dd040000000000000000000000000000"}},"agent":{"person":"ee050000000000000000000000000000","team":"n1","site":"lille"},"lang":"fr","step":"reboot.box","outcome":"failed","by":"customer"},"personal":[{"class":"words","key":"k1","sealed":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},{"class":"staff","key":"k2","sealed":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}`

func TestDecodeRecord(t *testing.T) {
	replace := func(old, by string) string {
		if !strings.Contains(aRecord, old) {
			t.Fatalf("the record has no %s", old)
		}
		return strings.Replace(aRecord, old, by, 1)
	}
	for name, tt := range map[string]struct {
		raw  string
		want error
	}{
		"a record":                           {aRecord, nil},
		"a personal part that nothing opens": {replace(`"sealed":"AAEC`, `"sealed":"zzzz`), nil},
		"no personal part":                   {aRecord[:strings.Index(aRecord, `,"personal"`)] + "}", nil},
		"the type after the data":            {replace(`"type":"step.tried.v1",`, "")[:len(aRecord)-len(`"type":"step.tried.v1",`)-1] + `,"type":"step.tried.v1"}`, nil},
		"an attribute of another version":    {replace(`"subject"`, `"later":{"type":"x","type":"bill.issued.v1"},"subject"`), nil},
		"no data":                            {aRecord[:strings.Index(aRecord, `,"data"`)] + "}", nil},
		"data null":                          {aRecord[:strings.Index(aRecord, `"data"`)] + `"data":null}`, nil},
		"not JSON":                           {aRecord[:90], ErrRecord},
		"nothing":                            {"", ErrRecord},
		"a list":                             {"[]", ErrRecord},
		"no id":                              {replace(`"id":"b1",`, ""), ErrRecord},
		"no person":                          {replace(`"person":"aa010000000000000000000000000000",`, ""), ErrRecord},
		"half a person":                      {replace(`"person":"aa01000000000000`, `"person":"aa01`), ErrRecord},
		"a short digest":                     {replace(`0101010101`, `01`), ErrRecord},
		"a time that is none":                {replace(`03:04:05Z`, `yesterday`), ErrRecord},
		"data of another shape":              {replace(`"step":"reboot.box"`, `"step":7`), ErrRecord},
		"a type of another time":             {replace(`step.tried.v1`, `step.tried.v9`), ErrType},
		"no type":                            {replace(`"type":"step.tried.v1",`, ""), ErrRecord},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := DecodeRecord([]byte(tt.raw))
			if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if err == nil && (r.Event == nil || r.ID != "b1" || r.Type != "step.tried.v1" || r.Person != someone) {
				t.Errorf("read %+v", r)
			}
		})
	}
}

func TestTheLogIsScanned(t *testing.T) {
	if _, ok := scanRecord([]byte(aRecord)); !ok {
		t.Error("a record as EncodeRecord writes it is left to json")
	}
}

func TestTexts(t *testing.T) {
	for written, want := range map[string]Texts{`"a"`: {"a"}, `["a","b"]`: {"a", "b"}, `[]`: {}, `null`: nil, `[""]`: {""}} {
		var got Texts
		if err := json.Unmarshal([]byte(written), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", written, diff)
		}
	}
	for _, wrong := range []string{`7`, `{"a":1}`, `[1]`, `true`} {
		if err := json.Unmarshal([]byte(wrong), new(Texts)); err == nil {
			t.Errorf("%s was read as texts", wrong)
		}
	}
}

// Whatever is read is read again the same from what is written of it.
func FuzzDecodeRecord(f *testing.F) {
	f.Add([]byte(aRecord))
	f.Add([]byte(strings.Replace(aRecord, "step.tried.v1", "interaction.ended.v0", 1)))
	f.Add([]byte(`{"data":{"type":"step.tried.v1"},"type":"bill.issued.v1"}`))
	f.Add([]byte(`{"type":"interaction.ended.v0","data":null}`))
	f.Add([]byte(`{"id":"\u0000\ud800"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := DecodeRecord(raw)
		if err != nil {
			if !errors.Is(err, ErrRecord) && !errors.Is(err, ErrType) {
				t.Fatalf("an error that says neither: %v", err)
			}
			return
		}
		if parsed, err := parseRecord(raw); err != nil || !cmp.Equal(r, parsed) {
			t.Fatalf("json reads it otherwise: %v\n%s", err, cmp.Diff(parsed, r))
		}
		data, err := json.Marshal(r.Event)
		if err != nil {
			t.Fatalf("the event cannot be written: %v", err)
		}
		again, err := EncodeRecord(&r, data)
		if err != nil {
			if r.Time.Year() < 1 || r.Time.Year() > 9999 || r.RecordedTime.Year() < 1 || r.RecordedTime.Year() > 9999 {
				return
			}
			t.Fatalf("the record cannot be written: %v", err)
		}
		second, err := DecodeRecord(again)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, again)
		}
		if third, err := json.Marshal(second.Event); err != nil || !bytes.Equal(third, data) {
			t.Fatalf("the event changed: %s, then %s, %v", data, third, err)
		}
	})
}

func FuzzDecodeData(f *testing.F) {
	for _, typ := range Catalogue {
		event, n := typ.New(), 0
		filled(reflect.ValueOf(event).Elem(), &n)
		data, err := json.Marshal(event)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(typ.Name, data)
	}
	f.Add("step.tried.v1", []byte(`{"customer":{"account":["a",{}]},"step":"\ud800"}`))
	f.Add("line.measured.v1", []byte(`{"value":1e999}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		event, err := DecodeData(name, data)
		if err != nil {
			return
		}
		event.About()
		ReasonOf(event)
		AssetOf(event)
		TicketOf(&Recorded{Event: event})
		written, err := json.Marshal(event)
		if err != nil {
			return // a year beyond 9999, which the schemas refuse
		}
		again, err := DecodeData(name, written)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, written)
		}
		if twice, err := json.Marshal(again); err != nil || !bytes.Equal(twice, written) {
			t.Fatalf("written %s, then %s, %v", written, twice, err)
		}
	})
}

func BenchmarkDecodeRecord(b *testing.B) {
	raw := []byte(aRecord)
	for name, decode := range map[string]func([]byte) (Recorded, error){"scanned": DecodeRecord, "parsed": parseRecord} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := decode(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
