package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked says that another process serves on the folder.
type ErrLocked struct {
	Dir string
	Pid int // 0 where the other process has not written it yet
}

func (e ErrLocked) Error() string {
	return fmt.Sprintf("folder %s is in use by process %d: stop it first, or name another folder with --dir", e.Dir, e.Pid)
}

// lock is the folder's, held for as long as this process serves on it. The
// kernel releases it when we die, so a lock file alone means nothing.
type lock struct{ file *flock.Flock }

func lockPath(dir string) string { return filepath.Join(dir, "lock") }

// takeLock asks again for a quarter of a second: somebody who only looks
// whether the folder is served holds the lock for an instant.
func takeLock(ctx context.Context, dir string) (lock, error) {
	l := lock{file: flock.New(lockPath(dir), flock.SetPermissions(0o600))}
	ctx, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
	defer cancel()
	got, err := l.file.TryLockContext(ctx, 10*time.Millisecond)
	switch {
	case got:
	case errors.Is(err, context.DeadlineExceeded):
		return lock{}, ErrLocked{Dir: dir, Pid: lockedBy(dir)}
	default:
		return lock{}, fmt.Errorf("lock folder %s: %w", dir, err)
	}
	if err := os.WriteFile(lockPath(dir), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		return lock{}, errors.Join(fmt.Errorf("write pid to the lock: %w", err), l.release())
	}
	return l, nil
}

func (l lock) release() error {
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("release lock: %w", err)
	}
	return nil
}

// lockedBy is the pid in the lock file, 0 where there is none.
func lockedBy(dir string) int {
	b, err := os.ReadFile(lockPath(dir))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return pid
}

// isServed reports whether some process holds the folder's lock.
func isServed(dir string) (bool, error) {
	if _, err := os.Stat(lockPath(dir)); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	l := flock.New(lockPath(dir))
	got, err := l.TryRLock()
	if err != nil {
		return false, fmt.Errorf("look at the lock of %s: %w", dir, err)
	}
	if !got {
		return true, nil
	}
	return false, l.Close()
}
