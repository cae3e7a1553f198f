package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asCommand makes the test's binary the command itself, so that tests can start,
// stop and kill it as a process of its own.
const asCommand = "TELLONCE_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// result is what a command printed and how it ended.
type result struct {
	code     int
	out, err string
}

// tellonce runs a command to its end, in this process.
func tellonce(t *testing.T, args ...string) result {
	t.Helper()
	return tellonceWith(t, nil, args...)
}

func tellonceWith(t *testing.T, environ []string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), args, environ, &out, &errs)
	return result{code, out.String(), errs.String()}
}

// must is the standard output of a command that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	r := tellonce(t, args...)
	if r.code != 0 {
		t.Fatalf("tellonce %s: exit %d\n%s", strings.Join(args, " "), r.code, r.err)
	}
	return strings.TrimSpace(r.out)
}

// process is a command running as a process of its own.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string
	stderr *bytes.Buffer
}

// serve starts `tellonce serve` and returns once it says where it listens. It is
// ended with the test.
func serve(t *testing.T, args ...string) *process {
	t.Helper()
	return serveOn(t, "127.0.0.1:0", args...)
}

// serveOn is serve on an address.
func serveOn(t *testing.T, listen string, args ...string) *process {
	t.Helper()
	p := &process{t: t, stderr: &bytes.Buffer{}}
	p.cmd = exec.Command(os.Args[0], append([]string{"serve", "--listen", listen, "--replication", "1"}, args...)...)
	p.cmd.Env = append(os.Environ(), asCommand+"=1")
	p.cmd.Stderr = p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if at := strings.Index(lines.Text(), "http://"); at >= 0 {
			p.url = strings.Fields(lines.Text()[at:])[0]
			break
		}
	}
	if p.url == "" {
		_ = p.cmd.Wait()
		t.Fatalf("serve ended before it listened:\n%s", p.stderr)
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	return p
}

// stop is TERM, and waits; it does nothing to a process that has ended.
func (p *process) stop() { p.end(syscall.SIGTERM) }

// kill is kill −9.
func (p *process) kill() { p.end(syscall.SIGKILL) }

func (p *process) end(how syscall.Signal) {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Signal(how)
	_ = p.cmd.Wait()
}

// post sends a body and is the status, the header and the answer.
func post(t *testing.T, url, token, contentType, after, body string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if after != "" {
		req.Header.Set("Tellonce-After", after)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(answer)
}

// query asks GraphQL and reads the answer's data into to.
func query(t *testing.T, url, token, after, text string, variables map[string]any, to any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": text, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	status, _, answer := post(t, url+"/graphql", token, "application/json", after, string(body))
	var read struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal([]byte(answer), &read); err != nil || status != http.StatusOK || len(read.Errors) > 0 {
		t.Fatalf("GraphQL answered %d: %s", status, answer)
	}
	if err := json.Unmarshal(read.Data, to); err != nil {
		t.Fatalf("read %s: %v", read.Data, err)
	}
}

// eventually waits until done is true.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(90 * time.Second)
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited 90 s for %s", what)
		}
	}
}

// folded waits until everything in the log is folded.
func folded(t *testing.T, settings []string) {
	t.Helper()
	eventually(t, "the projections", func() bool {
		var status struct {
			Projections []struct{ Lag int64 }
		}
		out := must(t, append([]string{"project", "status", "--json"}, settings...)...)
		if err := json.Unmarshal([]byte(out), &status); err != nil {
			t.Fatalf("project status: %v: %s", err, out)
		}
		for _, p := range status.Projections {
			if p.Lag > 0 {
				return false
			}
		}
		return len(status.Projections) > 0
	})
}

func stepTried(id, subject, account string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"/vendors/acme/crm","subject":%q,"type":"step.tried.v1","time":"2026-01-02T03:04:05Z",
"data":{"customer":{"account":%q},"step":"box.reboot","outcome":"failed","by":"customer","note":"Le voyant reste rouge","problem":{"reason":"internet.unstable.drops"}}}`, id, subject, account)
}
