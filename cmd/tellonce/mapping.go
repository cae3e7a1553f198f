package main

import (
	"context"

	"github.com/tellonce/tellonce/internal/importer"
	"github.com/tellonce/tellonce/schema/events"
)

// mappingCmd is the work on mappings.
type mappingCmd struct {
	Check mappingCheckCmd `cmd:"" help:"The first rows of a file and the events they would become, and what the mapping does not reach; sends nothing."`
}

// mappingCheckCmd shows what would become of a file. It exits 0 where all of it
// would be taken, 1 where mapping or file cannot be read, 2 where rows are broken,
// events would be refused or ids stand twice.
type mappingCheckCmd struct {
	Vendor  string `default:"vendor" placeholder:"V" help:"The vendor to map for."`
	Rows    int    `default:"3" help:"How many rows to show with their events."`
	JSON    bool   `help:"One line of JSON instead."`
	Mapping string `arg:"" placeholder:"M" help:"The mapping: a YAML file, or the name of a shipped one, such as servicenow."`
	File    string `arg:"" type:"existingfile" help:"An export: CSV or JSON lines, also in a zip or gzip."`
}

// Run checks.
func (c *mappingCheckCmd) Run(ctx context.Context, out output) error {
	m, err := readMapping(c.Mapping)
	if err != nil {
		return err
	}
	_, err = importer.Check(ctx, importer.CheckOptions{
		Mapping: m, Vendor: c.Vendor, File: c.File, Rows: c.Rows, JSON: c.JSON, Out: out.Out, Err: out.Err,
		Defects: func(typ string, data any) []importer.Defect {
			var all []importer.Defect
			for _, p := range events.Check(typ, data) {
				all = append(all, importer.Defect{Pointer: p.Pointer, Expected: p.Expected})
			}
			return all
		},
	})
	return coded(err)
}
