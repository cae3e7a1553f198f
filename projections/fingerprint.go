package projections

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Fingerprint is a hash of everything that follows from the set of records applied:
// what stands, belonging, and every row of every projection of All. Two databases that were given the same records in any
// order, any batches and over any partitions have the same one.
func Fingerprint(ctx context.Context, db Snapshots) (string, error) {
	prints, err := Fingerprints(ctx, db, All)
	if err != nil {
		return "", err
	}
	tables := make([]string, 0, len(prints))
	for table := range prints {
		tables = append(tables, table)
	}
	slices.Sort(tables)
	sum := sha256.New()
	for _, table := range tables {
		fmt.Fprintf(sum, "%s %s\n", table, prints[table])
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Snapshots begins transactions: a pool or a connection.
type Snapshots interface {
	BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error)
}

// Fingerprints are the hashes by table, without its generation, all of one snapshot:
// "<rows> <SHA-256>".
func Fingerprints(ctx context.Context, db Snapshots, projections []Projection) (map[string]string, error) {
	prints := map[string]string{}
	err := pgx.BeginTxFunc(ctx, db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		// A row's text must not depend on who asks.
		if _, err := tx.Exec(ctx, "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"); err != nil {
			return err
		}
		s, err := readStatements(ctx, tx, projections)
		if err != nil {
			return err
		}
		for _, t := range fingerprinted(s) {
			rows, err := tx.Query(ctx, "SELECT count(*) || ' ' || encode(sha256(coalesce(string_agg(h, ''::bytea ORDER BY h), '')), 'hex') FROM (SELECT sha256(convert_to(t::text, 'UTF8')) AS h FROM ("+t.rows+") t) hashed")
			if err != nil {
				return fmt.Errorf("hash %s: %w", t.name, err)
			}
			if prints[t.name], err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[string]); err != nil {
				return fmt.Errorf("hash %s: %w", t.name, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("fingerprint the read models: %w", err)
	}
	return prints, nil
}

type hashedTable struct{ name, rows string }

// fingerprinted are the tables and their rows. A row's key is in its text, so that
// the order of the rows' hashes is as canonical as that of their keys. Which
// transaction last wrote a customer is left out, and where the log was read.
func fingerprinted(s *statements) []hashedTable {
	tables := []hashedTable{
		{"engine.seen", "SELECT * FROM engine.seen"},
		{"engine.statement", "SELECT * FROM engine.statement"},
		{"engine.link", "SELECT * FROM engine.link"},
		{"engine.person", "SELECT * FROM engine.person"},
		{"engine.customer", "SELECT customer, root, last FROM engine.customer"},
	}
	for _, p := range s.rows {
		tables = append(tables, hashedTable{p.projection.tables()[0].name(), "SELECT * FROM " + p.table.name})
	}
	for _, f := range s.folds {
		name, _ := f.projection.title()
		tables = append(tables, hashedTable{name + "_state", "SELECT * FROM " + f.state.name})
		for i, t := range f.tables {
			tables = append(tables, hashedTable{t.name(), "SELECT * FROM " + f.sql[i].name})
		}
	}
	return tables
}
