package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tellonce/tellonce/internal/importer"
	"github.com/tellonce/tellonce/internal/mapping"
)

// importCmd posts an export to a running intake. It exits 0 where all of it was
// taken, now or before, 1 where it stopped, 2 where rows are broken or events refused.
type importCmd struct {
	To       string        `required:"" placeholder:"URL" help:"Intake's address, such as http://127.0.0.1:8484."`
	Token    string        `required:"" placeholder:"T" help:"Bearer token of a publisher of the vendor; better as TELLONCE_TOKEN than as a flag."`
	Vendor   string        `required:"" placeholder:"V" help:"The vendor whose tool wrote the files: events are from /vendors/V/<system of the mapping>."`
	Mapping  string        `required:"" type:"path" placeholder:"M" help:"The mapping, a YAML file."`
	Patience time.Duration `default:"30s" help:"How long to go on without any answer of intake."`
	InFlight int           `default:"4" help:"Requests at once."`
	Gzip     bool          `help:"Send requests as gzip: for a slow line."`
	Fresh    bool          `help:"Send also what an earlier run has had answered."`
	State    string        `type:"path" placeholder:"DIR" help:"Folder of the resume marks; the user's own for state where not given."`
	Report   string        `type:"path" placeholder:"FILE" help:"Write every broken row and refused event there, as JSON lines."`
	JSON     bool          `help:"End with one line of JSON."`
	Files    []string      `arg:"" name:"file" type:"existingfile" help:"Exports, CSV or JSON lines, each also in a zip or gzip; several files of one log in its order."`
}

// Validate refuses settings that cannot be meant; kong calls it.
func (c *importCmd) Validate() error {
	if c.Patience <= 0 {
		return fmt.Errorf("--patience is %v: a time above 0 expected", c.Patience)
	}
	if c.InFlight < 1 || c.InFlight > 64 {
		return fmt.Errorf("--in-flight is %d: 1 to 64 expected", c.InFlight)
	}
	return nil
}

// Run imports.
func (c *importCmd) Run(ctx context.Context, out output) error {
	m, err := readMapping(c.Mapping)
	if err != nil {
		return err
	}
	_, err = importer.Import(ctx, importer.Options{
		To: c.To, Token: c.Token, Vendor: c.Vendor, Mapping: m, Files: c.Files,
		Patience: c.Patience, InFlight: c.InFlight, Zip: c.Gzip, Fresh: c.Fresh, State: c.State, Report: c.Report,
		JSON: c.JSON, Resume: c.resume(), Out: out.Out, Err: out.Err,
	})
	return coded(err)
}

// resume is the command line that goes on, without the token.
func (c *importCmd) resume() string {
	words := []string{"tellonce", "import", "--to", c.To, "--token", "$TELLONCE_TOKEN", "--vendor", c.Vendor, "--mapping", c.Mapping}
	if c.Patience != 30*time.Second {
		words = append(words, "--patience", c.Patience.String())
	}
	if c.InFlight != 4 {
		words = append(words, "--in-flight", fmt.Sprint(c.InFlight))
	}
	if c.State != "" {
		words = append(words, "--state", c.State)
	}
	if c.Report != "" {
		words = append(words, "--report", c.Report)
	}
	for _, flag := range []struct {
		given bool
		name  string
	}{{c.Gzip, "--gzip"}, {c.JSON, "--json"}} { // not --fresh: it has begun
		if flag.given {
			words = append(words, flag.name)
		}
	}
	words = append(words, "--")
	words = append(words, c.Files...)
	for i, word := range words {
		words[i] = quoted(word)
	}
	return strings.Join(words, " ")
}

// quoted is a word as a shell takes it; a variable stays one.
func quoted(word string) string {
	if strings.HasPrefix(word, "$TELLONCE_") {
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

// coded gives the process the exit code that the error has.
func coded(err error) error {
	var code interface{ ExitCode() int }
	if errors.As(err, &code) {
		return exit{code.ExitCode(), err}
	}
	return err
}

// readMapping compiles a mapping's file.
func readMapping(path string) (*mapping.Mapping, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read mapping: %w", err)
	}
	return mapping.Parse(path, source)
}
