//go:build !linux

package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const byDescriptor = false

// stopStale ends the postmaster that an earlier process of ours left on a data
// folder: the pid of its pid file, where that process was started on exactly
// this folder.
func stopStale(data string) error {
	pid, err := postmasterPid(data)
	if err != nil {
		return nil // no pid file: nothing was left
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if !runsOn(pid, data) {
			if err := os.Remove(filepath.Join(data, "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("remove stale pid file: %w", err)
			}
			return nil
		}
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop PostgreSQL process %d left on %s: %w", pid, data, err)
		}
		for deadline := time.Now().Add(10 * time.Second); runsOn(pid, data) && time.Now().Before(deadline); {
			<-time.After(20 * time.Millisecond)
		}
	}
	return fmt.Errorf("stop what runs on %s: it outlived SIGKILL", data)
}

func runsOn(pid int, data string) bool {
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), "postgres") && strings.Contains(string(out), data)
}
