package embedded

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// access is what connects to an embedded PostgreSQL: made with the folder, kept
// in it, readable by its owner only.
type access struct {
	Superuser string `json:"superuser_password"`
	Owner     string `json:"owner_password"`
	Port      int    `json:"port"` // the last one, taken again where it is free

	path string
}

// loadAccess reads the file, or makes it for a new folder.
func loadAccess(path string, fresh bool) (access, error) {
	a := access{path: path}
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && fresh:
		a.Superuser, a.Owner = rand.Text(), rand.Text()
		return a, a.save()
	case errors.Is(err, os.ErrNotExist):
		return access{}, fmt.Errorf("open the database in %s: its passwords are missing: bring back %s, or start with another folder", filepath.Dir(path), path)
	case err != nil:
		return access{}, fmt.Errorf("read database passwords: %w", err)
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return access{}, fmt.Errorf("read database passwords %s: %w", path, err)
	}
	return a, nil
}

func (a access) save() error { return writeJSON(a.path, a) }

// writeJSON replaces a file as a whole, so that a reader or a crash never sees
// half of it. Only its owner may read it.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	fresh := path + ".new"
	f, err := os.OpenFile(fresh, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(append(b, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// lastLines is the end of a program's output, for an error.
func lastLines(out []byte, n int) string {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-n):], []byte(" / ")))
}
