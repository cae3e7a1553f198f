package importer

import (
	"fmt"
	"strings"
	"time"
)

// The defaults of Options.
const (
	defaultPatience = 30 * time.Second
	defaultInFlight = 4
)

// resume is the command line that goes on, as a shell takes it and without the
// token. It has no --fresh: that has begun.
func (o *Options) resume() string {
	words := []string{"--to", o.To, "--token", "$TELLONCE_TOKEN", "--vendor", o.Vendor, "--mapping", o.Mapping.Name()}
	if o.Patience != defaultPatience {
		words = append(words, "--patience", o.Patience.String())
	}
	if o.InFlight != defaultInFlight {
		words = append(words, "--in-flight", fmt.Sprint(o.InFlight))
	}
	if o.State != "" {
		words = append(words, "--state", o.State)
	}
	if o.Report != "" {
		words = append(words, "--report", o.Report)
	}
	if o.Zip {
		words = append(words, "--gzip")
	}
	if o.JSON {
		words = append(words, "--json")
	}
	line := "tellonce import"
	for _, word := range append(append(words, "--"), o.Files...) {
		line += " " + quoted(word)
	}
	return line
}

func quoted(word string) string {
	if word == "$TELLONCE_TOKEN" {
		return `"` + word + `"`
	}
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@+", r)
	}
	if word != "" && strings.TrimLeftFunc(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
