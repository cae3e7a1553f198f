package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/tellonce/tellonce/deploy"
	"github.com/tellonce/tellonce/internal/importer"
	"github.com/tellonce/tellonce/internal/mapping"
)

// importCmd posts an export to a running intake. It exits 0 where all of it was
// taken, now or before, 1 where it stopped, 2 where rows are broken or events refused.
type importCmd struct {
	To       string        `required:"" placeholder:"URL" help:"Intake's address, such as http://127.0.0.1:8484."`
	Token    string        `required:"" placeholder:"T" help:"Bearer token of a publisher of the vendor; better as TELLONCE_TOKEN than as a flag."`
	Vendor   string        `required:"" placeholder:"V" help:"The vendor whose tool wrote the files: events are from /vendors/V/<system of the mapping>."`
	Mapping  string        `required:"" placeholder:"M" help:"The mapping: a YAML file, or the name of a shipped one, such as servicenow."`
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
		JSON: c.JSON, Out: out.Out, Err: out.Err,
	})
	return coded(err)
}

// coded gives the process the exit code that the error has.
func coded(err error) error {
	var code interface{ ExitCode() int }
	if errors.As(err, &code) {
		return exit{code.ExitCode(), err}
	}
	return err
}

// readMapping compiles a mapping: a file, else the shipped one of that name.
func readMapping(name string) (*mapping.Mapping, error) {
	source, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, `/\.`) {
		source, err = deploy.Mapping(name)
	}
	if err != nil {
		return nil, fmt.Errorf("read mapping: %w", err)
	}
	return mapping.Parse(name, source)
}
