package main

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The quick loop, which asks for short tests, has no real broker and no Java: the
// tests of this command are part of the full run, the real broker's own too.

// commandVariable makes this test binary the command itself.
const commandVariable = "TELLONCE_TESTSERVERS_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(commandVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

func start(t *testing.T, tmp string, args ...string) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), commandVariable+"=1", "TMPDIR="+tmp)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, out
}

func TestCommandFindsBothServersAndItsExitCodeIsOurs(t *testing.T) {
	if testing.Short() {
		return
	}
	tmp := t.TempDir()
	cmd, out := start(t, tmp, "--", "sh", "-c", "echo $TELLONCE_TEST_KAFKA_BROKERS $TELLONCE_TEST_DATABASE_URL; exit 7")
	said, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 7 {
		t.Errorf("exit code: got %d, want 7", code)
	}
	broker, url, _ := strings.Cut(strings.TrimSpace(string(said)), " ")
	if !strings.HasPrefix(url, "postgres://tellonce:") {
		t.Errorf("database: got %q", url)
	}
	nothingIsLeft(t, tmp, broker)
}

func TestSignalIsPassedOnAndBothServersStop(t *testing.T) {
	if testing.Short() {
		return
	}
	tmp := t.TempDir()
	cmd, out := start(t, tmp, "--", "sh", "-c", "trap 'exit 9' TERM; echo $TELLONCE_TEST_KAFKA_BROKERS; while :; do sleep 0.1; done")
	broker := make([]byte, 64)
	n, err := out.Read(broker)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 9 {
		t.Errorf("exit code: got %d, want 9", code)
	}
	nothingIsLeft(t, tmp, strings.TrimSpace(string(broker[:n])))
}

func nothingIsLeft(t *testing.T, tmp, broker string) {
	t.Helper()
	if c, err := net.DialTimeout("tcp", broker, time.Second); err == nil {
		_ = c.Close()
		t.Errorf("the broker still listens on %s", broker)
	}
	left, err := filepath.Glob(filepath.Join(tmp, "tellonce-*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
