package embeddedtest

import (
	"os"
	"syscall"
	"testing"
)

// TempDir is the folder for temporary files of servers under test: in memory
// where the machine has at least 2 GiB of that to give, since making a
// database's thousand files on a disk takes longer than most tests; else the
// usual one. TMPDIR, where it is set, decides.
func TempDir() string {
	const shm = "/dev/shm"
	if os.Getenv("TMPDIR") != "" {
		return os.TempDir()
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(shm, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < 2<<30 {
		return os.TempDir()
	}
	probe, err := os.MkdirTemp(shm, "tellonce-probe-")
	if err != nil {
		return os.TempDir()
	}
	_ = os.Remove(probe)
	return shm
}

// Folder is a fresh folder in TempDir for one test, removed when it ends.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(TempDir(), "tellonce-test-") //nolint:usetesting // t.TempDir may be on a disk
	if err != nil {
		t.Fatalf("make a folder for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the test's folder: %v", err)
		}
	})
	return dir
}
