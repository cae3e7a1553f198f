package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// ErrNotRunning says that no process serves on a folder.
var ErrNotRunning = errors.New("nothing is running on this folder")

// Running is what the process that serves on a folder leaves in its file
// running.json, readable by the folder's owner only, for commands that want to
// use the same broker and database.
type Running struct {
	Pid         int      `json:"pid"`
	Brokers     []string `json:"brokers"`
	DatabaseURL string   `json:"database_url"`     // as the owner; holds the password
	Listen      string   `json:"listen,omitempty"` // of the HTTP service, once it listens
}

func runningPath(dir string) string { return filepath.Join(dir, "running.json") }

// Attach finds the broker and the database of the process that serves on dir,
// waiting while it is still starting. It is ErrNotRunning where there is no
// such process: a file left by a crash counts for nothing without the lock.
func Attach(ctx context.Context, dir string) (Running, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		served, err := isServed(dir)
		if err != nil {
			return Running{}, err
		}
		if !served {
			return Running{}, fmt.Errorf("attach to %s: %w", dir, ErrNotRunning)
		}
		r, err := readRunning(dir)
		if err == nil && r.Pid == lockedBy(dir) {
			return r, nil
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return Running{}, err
		}
		select {
		case <-ctx.Done():
			return Running{}, fmt.Errorf("wait for process %d to start on %s: %w", lockedBy(dir), dir, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func readRunning(dir string) (Running, error) {
	b, err := os.ReadFile(runningPath(dir))
	if err != nil {
		return Running{}, fmt.Errorf("attach to %s: %w", dir, err)
	}
	var r Running
	if err := json.Unmarshal(b, &r); err != nil {
		return Running{}, fmt.Errorf("attach to %s: read %s: %w", dir, runningPath(dir), err)
	}
	return r, nil
}

func removeRunning(dir string) error {
	if err := os.Remove(runningPath(dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", runningPath(dir), err)
	}
	return nil
}
