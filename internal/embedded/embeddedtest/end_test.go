package embeddedtest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

// childVariable makes this test binary one that uses a database and then waits
// to be killed. Its value is the folder for temporary files.
const childVariable = "TELLONCE_EMBEDDEDTEST_CHILD"

func TestServersEndWithAKilledTestBinary(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		fmt.Fprintln(os.Stdout, "url", embeddedtest.Database(t))
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
	tmp := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestServersEndWithAKilledTestBinary$", "-test.v")
	cmd.Env = append(os.Environ(), childVariable+"=1", "TMPDIR="+tmp, embeddedtest.DatabaseVariable+"=")
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "url ") {
	}
	left := func() []string {
		found, err := filepath.Glob(filepath.Join(tmp, "tellonce-test-*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if len(left()) != 1 {
		t.Fatalf("server folders while it runs: %v, want one", left())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || errors.Is(err, io.EOF) {
		t.Fatalf("killed binary: %v", err)
	}
	for deadline := time.Now().Add(30 * time.Second); len(left()) > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %v", left())
		}
		<-time.After(10 * time.Millisecond)
	}
}
