package importer

import (
	"testing"
	"time"
)

func TestTheLineToResumeWith(t *testing.T) {
	m := changesMapping(t, changes)
	for want, o := range map[string]Options{
		`tellonce import --to http://h:1 --token "$TELLONCE_TOKEN" --vendor acme --mapping changes.yaml -- a.zip`: {
			To: "http://h:1", Token: "secret", Vendor: "acme", Mapping: m, Files: []string{"a.zip"}, Patience: 30 * time.Second, InFlight: 4, Fresh: true,
		},
		`tellonce import --to http://h:1 --token "$TELLONCE_TOKEN" --vendor acme --mapping changes.yaml --patience 1m0s --in-flight 2 --state /s --report r.jsonl --gzip --json -- 'it'\''s $HOME.csv' -b`: {
			To: "http://h:1", Token: "secret", Vendor: "acme", Mapping: m, Files: []string{"it's $HOME.csv", "-b"},
			Patience: time.Minute, InFlight: 2, State: "/s", Report: "r.jsonl", Zip: true, JSON: true,
		},
	} {
		if got := o.resume(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
