package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

var errNoLog = errors.New("the real log is not there: it is published by the UCI Machine Learning Repository as \"Incident management process enriched event log\"; say where it is with -data")

// importOrder imports the real log as it is, and sorted by the time of its rows,
// each into a service of its own, until everything is folded.
func importOrder(ctx context.Context, b *bench) (round, error) {
	if _, err := os.Stat(b.data); err != nil {
		return round{}, errNoLog
	}
	sorted := filepath.Join(b.dir, "sorted.csv")
	if _, err := os.Stat(sorted); err != nil {
		if err := sortByTime(b.data, sorted); err != nil {
			return round{}, err
		}
	}
	inFileOrder, err := b.importUntilFolded(ctx, b.data)
	if err != nil {
		return round{}, err
	}
	inTimeOrder, err := b.importUntilFolded(ctx, sorted)
	if err != nil {
		return round{}, err
	}
	return round{inFileOrder / inTimeOrder, fmt.Sprintf("%.0f rows/s in file order, %.0f in order of time", inFileOrder, inTimeOrder)}, nil
}

func (b *bench) importUntilFolded(ctx context.Context, file string) (rowsPerSecond float64, err error) {
	s, err := b.serve(ctx, "intake,project,api")
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.stop(ctx) }()
	token, err := s.token(ctx, "publisher", "acme")
	if err != nil {
		return 0, err
	}
	start := time.Now()
	out, err := s.command(ctx, "import", "--to", s.url, "--token", token, "--vendor", "acme", "--mapping", "deploy/mappings/servicenow.yaml", "--json", file)
	if err != nil {
		return 0, err
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var counts struct{ Rows, Refused, Broken int }
	if err := json.Unmarshal(lines[len(lines)-1], &counts); err != nil {
		return 0, fmt.Errorf("read import's counts: %w", err)
	}
	if counts.Refused+counts.Broken > 0 {
		return 0, fmt.Errorf("import %s: %d refused, %d broken", filepath.Base(file), counts.Refused, counts.Broken)
	}
	for {
		lag, err := s.lag(ctx)
		if err != nil {
			return 0, err
		}
		if lag == 0 {
			return float64(counts.Rows) / time.Since(start).Seconds(), nil
		}
	}
}

// sortByTime writes the log's rows in the order of (sys_updated_at, sys_mod_count).
func sortByTime(archive, to string) error {
	packed, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("open the real log: %w", err)
	}
	defer packed.Close()
	file, err := packed.File[0].Open()
	if err != nil {
		return fmt.Errorf("open the real log: %w", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return fmt.Errorf("read the real log: %w", err)
	}
	updated, counter := slices.Index(rows[0], "sys_updated_at"), slices.Index(rows[0], "sys_mod_count")
	if updated < 0 || counter < 0 {
		return errors.New("read the real log: columns sys_updated_at and sys_mod_count expected")
	}
	at := func(row []string) time.Time {
		t, _ := time.Parse("2/1/2006 15:04", row[updated])
		return t
	}
	count := func(row []string) int {
		n, _ := strconv.Atoi(row[counter])
		return n
	}
	slices.SortStableFunc(rows[1:], func(a, b []string) int {
		return cmp.Or(at(a).Compare(at(b)), cmp.Compare(count(a), count(b)))
	})
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	w := csv.NewWriter(out)
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return out.Close()
}
