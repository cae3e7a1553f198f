package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/ring"
	"github.com/tellonce/tellonce/schema/events"
)

var update = flag.Bool("update", false, "write the golden files anew")

// vendorForms are the golden events as vendors send them, by type.
func vendorForms(t *testing.T) map[string][]byte {
	t.Helper()
	const folder = "../../schema/events/testdata"
	forms := map[string][]byte{}
	for _, typ := range domain.Catalogue {
		b, err := os.ReadFile(filepath.Join(folder, typ.Name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		forms[typ.Name] = b
	}
	return forms
}

// take posts a golden event as somebody who may write it, after it happened, and is
// its record's bytes.
func (r *rig) golden(t *testing.T, form []byte) []byte {
	t.Helper()
	c, err := ReadEvent(form)
	if err != nil {
		t.Fatal(err)
	}
	source, _ := c.attributes["source"].(string)
	r.opts.Access = access.Settings{Operator: domain.VendorOf(source), Facts: []string{source}}
	r.opts.Now = func() time.Time { return time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC) }
	before := len(r.log.messages)
	answers, _, err := r.Accept(t.Context(), access.Viewer{Role: access.Admin}, []Candidate{c})
	if err != nil {
		t.Fatal(err)
	}
	if answers[0].Outcome != Accepted {
		t.Fatalf("%+v", answers[0].Problem)
	}
	return r.log.messages[before].Value
}

// The record of every type is as it was. What a fold reads is what stands here, so a
// change of a golden file is a change of the log's form: old records keep theirs.
func TestGoldenRecords(t *testing.T) {
	r := newRig(t)
	r.Intake.ring = &steadyRing{Ring: r.ring, persons: map[domain.PersonID]domain.PersonID{}}
	golden := map[string][]byte{}
	for typ, form := range vendorForms(t) {
		golden[typ] = r.golden(t, form)
	}
	golden["note.added.v1-without-personal"] = without(t, golden["note.added.v1"], "personal")
	golden["interaction.started.v1-unopenable"] = golden["interaction.started.v1"] // what is masked opens for nobody
	for name, raw := range golden {
		t.Run(name, func(t *testing.T) {
			if _, err := domain.DecodeRecord(raw); err != nil {
				t.Error(err)
			}
			var got bytes.Buffer
			if err := json.Indent(&got, raw, "", "  "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			path := filepath.Join("testdata", "records", name+".json")
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("the type has no golden record; go test ./internal/intake -run GoldenRecords -update writes it: %v", err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got %s\nwant %s", got.Bytes(), want)
			}
		})
	}
}

// without is a record with a member less.
func without(t *testing.T, raw []byte, member string) []byte {
	t.Helper()
	i := bytes.Index(raw, []byte(`,"`+member+`":`))
	if i < 0 {
		t.Fatalf("no %s in %s", member, raw)
	}
	return append(bytes.Clone(raw[:i]), '}') // it comes last
}

// steadyRing names and seals as a real ring does, but its persons and seals are the
// same every time: an identifier's person is a hash of it, and ciphertext is masked.
type steadyRing struct {
	*ring.Ring
	persons map[domain.PersonID]domain.PersonID // real ones, by steady ones
}

func (s *steadyRing) Name(ctx context.Context, ids []domain.Identifier) ([]domain.PersonID, error) {
	persons, err := s.Ring.Name(ctx, ids)
	for i := range persons {
		sum := sha256.Sum256([]byte(string(ids[i].Kind) + "\x00" + ids[i].Value))
		steady := domain.PersonID(sum[:16])
		s.persons[steady], persons[i] = persons[i], steady
	}
	return persons, err
}

func (s *steadyRing) SealAll(ctx context.Context, sealings []ring.Sealing) ([][]domain.Sealed, error) {
	steadyOf := map[domain.PersonID]domain.PersonID{}
	for i := range sealings {
		for j := range sealings[i].Plains {
			p := &sealings[i].Plains[j]
			if person, ok := s.persons[p.Person]; ok {
				steadyOf[person] = p.Person
				p.Person = person
			}
		}
	}
	all, err := s.Ring.SealAll(ctx, sealings)
	for i := range all {
		for j := range all[i] {
			sealed := &all[i][j]
			sealed.Sealed = []byte("masked")
			if person, ok := ring.PersonOf(*sealed); ok && !steadyOf[person].IsZero() {
				id, err := base64.RawURLEncoding.DecodeString(sealed.Key)
				if err != nil {
					return nil, err
				}
				steady := steadyOf[person]
				copy(id[1:], steady[:]) // a key id is form, person and month
				sealed.Key = base64.RawURLEncoding.EncodeToString(id)
			}
		}
	}
	return all, err
}

// No personal value of any type is in its record in clear, in no way in which JSON
// could write it, nor in the key; and all of them come out again for who may open.
func TestNothingPersonalIsInClear(t *testing.T) {
	r := newRig(t)
	for typ, form := range vendorForms(t) {
		t.Run(typ, func(t *testing.T) {
			want := personalOf(t, typ, form)
			raw := r.golden(t, form)
			for pointer, value := range want {
				for _, seen := range writings(value) {
					if bytes.Contains(raw, []byte(seen)) {
						t.Errorf("%s is in clear as %q in\n%s", pointer, seen, raw)
					}
				}
			}
			record, err := domain.DecodeRecord(raw)
			if err != nil {
				t.Fatal(err)
			}
			got := r.open(t, &record)
			for pointer, value := range want {
				if got[pointer] != value {
					t.Errorf("%s opens as %v, want %v", pointer, got[pointer], value)
				}
			}
			if len(got) != len(want) {
				t.Errorf("opened %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
			}
		})
	}
}

// personalOf are an event's personal values by JSON pointer, as its schema marks them.
func personalOf(t *testing.T, typ string, form []byte) map[string]any {
	t.Helper()
	var e struct{ Data map[string]any }
	if err := json.Unmarshal(form, &e); err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	for _, values := range events.Split(typ, e.Data) {
		for pointer, value := range values {
			if !strings.HasPrefix(pointer, "/customer/customer") { // issued by tellonce, not personal
				all[pointer] = value
			}
		}
	}
	return all
}

// writings are the ways in which a value could stand in bytes: as it is, escaped,
// in either case, and, for what is long enough, its parts.
func writings(value any) []string {
	text, ok := value.(string)
	if !ok {
		b, _ := json.Marshal(value)
		text = string(b)
	}
	all := []string{text, strings.ToLower(text), strings.ToUpper(text), base64.StdEncoding.EncodeToString([]byte(text))}
	escaped, _ := json.Marshal(text)
	all = append(all, strings.Trim(string(escaped), `"`))
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, text)
	if len(digits) >= 8 {
		all = append(all, digits[len(digits)-8:])
	}
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" ,.;@'’", c) }) {
		if utf8.RuneCountInString(word) >= 9 {
			all = append(all, word)
		}
	}
	return all
}
