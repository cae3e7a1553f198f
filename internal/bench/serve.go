package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// bench is what the rows share: the servers, the binary, a folder.
type bench struct {
	binary, data string
	brokers      string
	database     string
	dir          string
	runs         int
}

func newBench(binary, log string) (*bench, error) {
	b := &bench{binary: binary, data: log, brokers: os.Getenv("TELLONCE_TEST_KAFKA_BROKERS"), database: os.Getenv("TELLONCE_TEST_DATABASE_URL")}
	if b.brokers == "" || b.database == "" {
		return nil, errors.New("no servers: run `make bench`, or go run ./internal/embedded/testservers -- go run ./internal/bench")
	}
	var err error
	if b.binary, err = filepath.Abs(binary); err != nil {
		return nil, fmt.Errorf("find binary: %w", err)
	}
	if _, err := os.Stat(b.binary); err != nil {
		return nil, fmt.Errorf("find binary: %w: run `make build` first", err)
	}
	b.dir, err = os.MkdirTemp("", "tellonce-bench-")
	return b, err
}

func (b *bench) close() { _ = os.RemoveAll(b.dir) }

func (b *bench) serverVersion(ctx context.Context) string {
	conn, err := pgx.Connect(ctx, b.database)
	if err != nil {
		return "?"
	}
	defer conn.Close(ctx)
	var version string
	if err := conn.QueryRow(ctx, "SHOW server_version").Scan(&version); err != nil {
		return "?"
	}
	return version
}

// serving is a running `tellonce serve`, on a database and topics of its own.
type serving struct {
	b        *bench
	url      string
	dir      string
	database string
	topic    string
	cmd      *exec.Cmd
	errors   bytes.Buffer
	tokens   map[string]string
}

// serve starts the service with these roles, and returns once it is ready.
func (b *bench) serve(ctx context.Context, roles string) (*serving, error) {
	b.runs++
	name := fmt.Sprintf("tellonce_bench_%d_%d", os.Getpid(), b.runs)
	conn, err := pgx.Connect(ctx, b.database)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, fmt.Errorf("create database: %w", err)
	}
	config := conn.Config()
	s := &serving{
		b: b, dir: filepath.Join(b.dir, name), topic: strings.ReplaceAll(name, "_", "."), tokens: map[string]string{},
		database: fmt.Sprintf("postgres://%s:%s@%s:%d/%s", config.User, config.Password, config.Host, config.Port, name),
	}
	s.cmd = exec.CommandContext(ctx, b.binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--roles", roles, "--replication", "1", "--partitions", "2"}, s.settings()...)...)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = 20 * time.Second
	s.cmd.Stderr = &s.errors
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start serve: %w", err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() { // serve prints where it listens once it is ready
		if at := strings.Index(lines.Text(), "http://"); at >= 0 {
			s.url = strings.Fields(lines.Text()[at:])[0]
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	if s.url == "" {
		_ = s.cmd.Wait()
		return nil, fmt.Errorf("serve ended: %s", s.errors.String())
	}
	return s, nil
}

func (s *serving) settings() []string {
	return []string{"--dir", s.dir, "--kafka-brokers", s.b.brokers, "--database-url", s.database, "--events-topic", s.topic}
}

// stop ends the service and drops its database.
func (s *serving) stop(ctx context.Context) error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	conn, err := pgx.Connect(ctx, s.b.database)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+filepath.Base(s.dir)+" WITH (FORCE)")
	return err
}

// command runs another command of the binary on the same settings.
func (s *serving) command(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.b.binary, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("run %s: %w: %s", strings.Join(args[:1], " "), err, stderr.String())
	}
	return out, nil
}

func (s *serving) token(ctx context.Context, role, vendor string) (string, error) {
	if token, ok := s.tokens[role+vendor]; ok {
		return token, nil
	}
	args := []string{"token", "--dir", s.dir, "--role", role, "--ttl", "2h"}
	if vendor != "" {
		args = append(args, "--vendor", vendor)
	}
	out, err := s.command(ctx, args...)
	if err != nil {
		return "", err
	}
	s.tokens[role+vendor] = strings.TrimSpace(string(out))
	return s.tokens[role+vendor], nil
}

// lag is how many records are not folded yet.
func (s *serving) lag(ctx context.Context) (int64, error) {
	out, err := s.command(ctx, append([]string{"project", "status", "--json"}, s.settings()...)...)
	if err != nil {
		return 0, err
	}
	var status struct {
		Projections []struct{ Lag int64 }
	}
	if err := json.Unmarshal(out, &status); err != nil {
		return 0, fmt.Errorf("read project status: %w", err)
	}
	var most int64
	for _, p := range status.Projections {
		most = max(most, p.Lag)
	}
	return most, nil
}

// peakMemory is the most that the process has had resident, in MiB.
func (s *serving) peakMemory() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024, err
		}
	}
	return 0, errors.New("no VmHWM in the process's status")
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}, Timeout: 30 * time.Second}

// post sends a body and reads the whole answer; another status than want is an error.
func post(ctx context.Context, url, token, contentType, after string, body []byte, want int) (http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", contentType)
	if after != "" {
		req.Header.Set("Tellonce-After", after)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, nil, err
	}
	if res.StatusCode != want {
		return nil, nil, fmt.Errorf("%s answered %d: %.300s", url, res.StatusCode, answer)
	}
	return res.Header, answer, nil
}
