package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// byDescriptor says that an inherited folder can be named by its descriptor.
const byDescriptor = true

// stopStale ends every PostgreSQL process of a data folder that an earlier
// process of ours left behind, and the pid file with it. A process counts only
// if it works in exactly that folder and its program is postgres, so a pid that
// somebody else has by now is never touched. The postmaster's own children are
// among them: they see its death at their next wait, some seconds late, and
// until then the folder cannot be started.
func stopStale(data string) error {
	postmaster, _ := postmasterPid(data)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		deadline := time.Now().Add(10 * time.Second)
		for first := true; ; first = false {
			left, err := processesOf(data)
			if err != nil {
				return err
			}
			if len(left) == 0 {
				if err := os.Remove(filepath.Join(data, "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
					return fmt.Errorf("remove stale pid file: %w", err)
				}
				return nil
			}
			if first {
				for _, pid := range left {
					// A living postmaster ends its children itself.
					if slices.Contains(left, postmaster) && pid != postmaster && signal != syscall.SIGKILL {
						continue
					}
					if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
						return fmt.Errorf("stop PostgreSQL process %d left on %s: %w", pid, data, err)
					}
				}
			}
			if time.Now().After(deadline) {
				break
			}
			<-time.After(10 * time.Millisecond)
		}
	}
	return fmt.Errorf("stop what runs on %s: it outlived SIGKILL", data)
}

// isPostgres also knows a program that was replaced by an upgrade since.
func isPostgres(exe string) bool {
	return filepath.Base(strings.TrimSuffix(exe, " (deleted)")) == "postgres"
}

// processesOf lists the living postgres processes that work in a data folder.
func processesOf(data string) ([]int, error) {
	real, err := filepath.EvalSymlinks(data)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find folder %s: %w", data, err)
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		dir := filepath.Join("/proc", e.Name())
		if cwd, err := os.Readlink(filepath.Join(dir, "cwd")); err != nil || cwd != real {
			continue
		}
		// One that is just going has no program any more, and still holds the shared
		// memory that keeps the next start from succeeding: it counts.
		exe, err := os.Readlink(filepath.Join(dir, "exe"))
		if errors.Is(err, os.ErrNotExist) || (err == nil && isPostgres(exe)) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
