package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A sentence, a telephone number, a name and an address that nobody else says.
const (
	secretWords = "Mon perroquet Zéphyrin débranche la box chaque mardi"
	secretPhone = "0698765432"
	secretName  = "Philomène Quatrebarbes"
	secretPlace = "37 venelle des Hirondelles"
)

// secrets in the forms in which they could be found.
func secretForms() map[string]string {
	return map[string]string{
		"the sentence": "perroquet Z", "the sentence's end": "branche la box chaque mardi",
		"the number as written": secretPhone, "the number in its normal form": "+33698765432", "the number without its prefix": "698765432",
		"the name": "Quatrebarbes", "the name in normal form": "QUATREBARBES", "the place": "venelle des Hirondelles",
	}
}

func TestNoPersonalValueIsInClearOnDisk(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, "--dir", dir, "--log-level", "debug")
	publisher := must(t, "token", "--dir", dir, "--role", "publisher", "--vendor", "acme")
	event := func(id, typ, data string) string {
		return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"/vendors/acme/crm","subject":"i1","type":%q,"time":"2026-01-02T03:04:05Z","data":%s}`, id, typ, data)
	}
	customer := fmt.Sprintf(`"customer":{"account":"A1","phone":%q,"name":%q}`, secretPhone, secretName)
	batch := "[" + strings.Join([]string{
		event("s1", "interaction.started.v1", `{`+customer+`,"channel":"phone","direction":"inbound"}`),
		event("s2", "problem.described.v1", fmt.Sprintf(`{%s,"words":%q,"problem":{"reason":"internet.unstable.drops"}}`, customer, secretWords)),
		event("s3", "appointment.booked.v1", fmt.Sprintf(`{%s,"id":"v1","place":%q,"windows":[{"from":"2026-01-05T08:00:00Z","until":"2026-01-05T12:00:00Z"}]}`, customer, secretPlace)),
		event("s4", "note.added.v1", fmt.Sprintf(`{%s,"text":%q,"unknown_field":%q}`, customer, secretWords, secretName)),
		event("s5", "step.tried.v1", fmt.Sprintf(`{%s,"step":"box.reboot","outcome":"exploded","note":%q}`, customer, secretWords)), // refused
	}, ",") + "]"
	status, header, answer := post(t, s.url+"/v1/events", publisher, "application/cloudevents-batch+json", "", batch)
	if status != 202 || strings.Count(answer, `"refused"`) != 1 {
		t.Fatalf("intake answered %d: %s", status, answer)
	}
	for what, form := range secretForms() {
		if strings.Contains(answer, form) {
			t.Errorf("the answer has %s: %s", what, answer)
		}
	}
	// They are there, for who may see them: otherwise finding nothing proves nothing.
	admin := must(t, "token", "--dir", dir, "--role", "admin")
	status, _, shown := post(t, s.url+"/graphql", admin, "application/json", header.Get("Tellonce-After"),
		`{"query":"{ customer(by: {phone: \"`+secretPhone+`\"}) { ... on Customer { timeline { edges { node { text } } } identifiers { value } } } }"}`)
	if status != 200 || !strings.Contains(shown, secretWords) || !strings.Contains(shown, secretPhone) {
		t.Fatalf("GraphQL answered %d and does not show what was sent: %s", status, shown)
	}
	s.stop() // the databases write what they hold back
	searchFiles(t, dir)
	for what, form := range secretForms() {
		if bytes.Contains(s.stderr.Bytes(), []byte(form)) {
			t.Errorf("the process's own log has %s", what)
		}
	}
}

// searchFiles looks for the secrets in every file below dir: the broker's, the
// database's, its WAL, their logs.
func searchFiles(t *testing.T, dir string) {
	t.Helper()
	var files int
	var size int64
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		size += int64(len(content))
		for what, form := range secretForms() {
			if bytes.Contains(content, []byte(form)) {
				rel, _ := filepath.Rel(dir, path)
				t.Errorf("%s is in %s in clear", what, rel)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 || size < 16<<20 {
		t.Fatalf("searched %d files of %d bytes: the broker's and the database's are not among them", files, size)
	}
}
