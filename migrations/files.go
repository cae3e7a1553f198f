package migrations

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

//go:embed *.sql
var embedded embed.FS

// ErrFiles is returned where the set of migrations is not one.
var ErrFiles = errors.New("migrations are wrong")

var named = regexp.MustCompile(`\A([0-9]{4})_[a-z][a-z0-9_]*\.sql\z`)

// file is one migration. A number that no file has is a file without SQL, so that
// migrations written side by side do not wait for each other; none is released so.
type file struct {
	Name string
	SQL  string
}

// files lists the migrations of a folder; files[i] takes a database from version i
// to i+1. Whatever there ends in .sql must be named as a migration.
func files(folder fs.FS) ([]file, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	var all []file
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".sql") {
			continue
		}
		parts := named.FindStringSubmatch(name)
		if parts == nil {
			return nil, fmt.Errorf("read migration %s: %w: NNNN_name.sql expected", name, ErrFiles)
		}
		number, err := strconv.Atoi(parts[1])
		if err != nil || number == 0 {
			return nil, fmt.Errorf("read migration %s: %w: numbers start at 0001", name, ErrFiles)
		}
		for len(all) < number {
			all = append(all, file{})
		}
		if taken := all[number-1].Name; taken != "" {
			return nil, fmt.Errorf("read migration %s: %w: %s has the same number", name, ErrFiles, taken)
		}
		sql, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, fmt.Errorf("read migration %s: %w", name, err)
		}
		if strings.TrimSpace(string(sql)) == "" {
			return nil, fmt.Errorf("read migration %s: %w: it is empty", name, ErrFiles)
		}
		all[number-1] = file{Name: name, SQL: string(sql)}
	}
	return all, nil
}
