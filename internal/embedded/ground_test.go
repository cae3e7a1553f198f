package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/segmentio/kafka-go"

	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

// groundVariable makes this test binary a process that serves on the folder it
// names until somebody ends it.
const groundVariable = "TELLONCE_EMBEDDED_TEST_GROUND"

func TestMain(m *testing.M) {
	if dir := os.Getenv(groundVariable); dir != "" {
		serveGround(dir)
	}
	os.Exit(m.Run())
}

func serveGround(dir string) {
	_, err := embedded.Open(context.Background(), embedded.Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	fmt.Fprintln(os.Stdout, "opened:", err)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// groundProcess starts another process that serves on dir.
func groundProcess(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), groundVariable+"="+dir)
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
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "opened: <nil>\n" {
		t.Fatalf("other process said %q, %v", line, err)
	}
	return cmd
}

func open(t *testing.T, dir string) *embedded.Ground {
	t.Helper()
	g, err := embedded.Open(t.Context(), embedded.Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return g
}

func TestSecondProcessIsRefusedWithTheFirstOnesPid(t *testing.T) {
	dir := embeddedtest.Folder(t)
	first := groundProcess(t, dir)
	_, err := embedded.Open(t.Context(), embedded.Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	var locked embedded.ErrLocked
	if !errors.As(err, &locked) || locked.Pid != first.Process.Pid {
		t.Fatalf("got %v, want ErrLocked with pid %d", err, first.Process.Pid)
	}
	if !strings.Contains(err.Error(), "--dir") {
		t.Errorf("%q does not say what to do", err)
	}
}

func TestRowsAndRecordsSurviveACleanStop(t *testing.T) {
	dir := embeddedtest.Folder(t)
	g := open(t, dir)
	leave(t, g.Brokers(), g.DatabaseURL())
	brokers, url := g.Brokers(), g.DatabaseURL()
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "database/cluster/data/postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the database was not stopped: its pid file: %v", err)
	}
	if c, err := net.Dial("tcp", brokers[0]); err == nil {
		_ = c.Close()
		t.Error("the broker still listens")
	}
	again := open(t, dir)
	if again.Brokers()[0] != brokers[0] || again.DatabaseURL() != url {
		t.Errorf("addresses moved: %v %v, were %v %v", again.Brokers(), again.DatabaseURL(), brokers, url)
	}
	find(t, again.Brokers(), again.DatabaseURL())
}

func TestRowsAndRecordsSurviveKillNine(t *testing.T) {
	dir := embeddedtest.Folder(t)
	for round := range 2 {
		first := groundProcess(t, dir)
		r, err := embedded.Attach(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			leave(t, r.Brokers, r.DatabaseURL)
		}
		find(t, r.Brokers, r.DatabaseURL)
		if err := first.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = first.Wait()
		if _, err := embedded.Attach(t.Context(), dir); !errors.Is(err, embedded.ErrNotRunning) {
			t.Errorf("attach to what a crash left: got %v, want ErrNotRunning", err)
		}
	}
	g := open(t, dir)
	find(t, g.Brokers(), g.DatabaseURL())
}

func TestAttach(t *testing.T) {
	dir := filepath.Join(embeddedtest.Folder(t), "not", "there", "yet")
	if _, err := embedded.Attach(t.Context(), dir); !errors.Is(err, embedded.ErrNotRunning) {
		t.Fatalf("attach to nothing: got %v, want ErrNotRunning", err)
	}
	g := open(t, dir)
	if err := g.Serves("127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	r, err := embedded.Attach(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Pid != os.Getpid() || r.Brokers[0] != g.Brokers()[0] || r.DatabaseURL != g.DatabaseURL() || r.Listen != "127.0.0.1:8080" {
		t.Errorf("got %+v", r)
	}
	beside, err := embedded.Join(t.Context(), embedded.Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if listen, attached := beside.Attached(); !attached || listen != "127.0.0.1:8080" || beside.DatabaseURL() != g.DatabaseURL() {
		t.Errorf("joined %+v", beside)
	}
	if err := beside.Close(); err != nil {
		t.Fatal(err)
	}
	leave(t, g.Brokers(), g.DatabaseURL()) // closing what attached stops nothing
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.Attach(t.Context(), dir); !errors.Is(err, embedded.ErrNotRunning) {
		t.Errorf("attach after the end: got %v, want ErrNotRunning", err)
	}
}

func TestJoinOpensWhatNobodyServes(t *testing.T) {
	dir := embeddedtest.Folder(t)
	g, err := embedded.Join(t.Context(), embedded.Options{
		Dir: dir, Brokers: []string{"broker:9092"}, DatabaseURL: "postgres://given", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, attached := g.Attached(); attached {
		t.Error("attached to nobody")
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsGivenIsNotStarted(t *testing.T) {
	dir := embeddedtest.Folder(t)
	g, err := embedded.Open(t.Context(), embedded.Options{
		Dir: dir, Brokers: []string{"broker:9092"}, DatabaseURL: "postgres://given", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	if g.Brokers()[0] != "broker:9092" || g.DatabaseURL() != "postgres://given" {
		t.Errorf("got %v %v", g.Brokers(), g.DatabaseURL())
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			t.Errorf("folder %s was made for nothing", e.Name())
		}
	}
}

func TestNobodyElseReadsTheSecrets(t *testing.T) {
	dir := embeddedtest.Folder(t)
	open(t, dir)
	for _, name := range []string{"lock", "running.json", "database/access.json", "database/log"} {
		at, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if at.Mode().Perm() != 0o600 {
			t.Errorf("%s is %s, want -rw-------", name, at.Mode())
		}
	}
}

func TestDatabaseComesBackAfterItsOwnDeath(t *testing.T) {
	dir := embeddedtest.Folder(t)
	g := open(t, dir)
	leave(t, g.Brokers(), g.DatabaseURL())
	if err := syscall.Kill(postmaster(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	find(t, g.Brokers(), g.DatabaseURL())
}

func TestProgressNamesBothServers(t *testing.T) {
	var said []string
	g, err := embedded.Open(t.Context(), embedded.Options{
		Dir: embeddedtest.Folder(t), Log: slog.New(slog.DiscardHandler), Progress: func(line string) { said = append(said, line) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"database: PostgreSQL", "broker: embedded", "stopping the broker\nstopping the database"} {
		if !strings.Contains(all, want) {
			t.Errorf("progress lacks %q:\n%s", want, all)
		}
	}
}

const kept = "kept"

// leave writes one row and one record.
func leave(t *testing.T, brokers []string, url string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), "CREATE TABLE IF NOT EXISTS kept (word text); INSERT INTO kept VALUES ('"+kept+"')"); err != nil {
		t.Fatal(err)
	}
	_ = c.Close(t.Context())
	client := &kafka.Client{Addr: kafka.TCP(brokers...), Timeout: 10 * time.Second}
	if _, err := client.CreateTopics(t.Context(), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{Topic: kept, NumPartitions: 1, ReplicationFactor: 1}}}); err != nil {
		t.Fatal(err)
	}
	w := &kafka.Writer{Addr: kafka.TCP(brokers...), Topic: kept, RequiredAcks: kafka.RequireAll, BatchSize: 1}
	if err := w.WriteMessages(t.Context(), kafka.Message{Value: []byte(kept)}); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
}

// find waits for the row and the record.
func find(t *testing.T, brokers []string, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		word, err := firstRow(ctx, url)
		if err == nil && word == kept {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatalf("row: got %q, %v", word, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	r := kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, Topic: kept, MaxWait: 100 * time.Millisecond})
	defer func() { _ = r.Close() }()
	m, err := r.ReadMessage(ctx)
	if err != nil || string(m.Value) != kept {
		t.Fatalf("record: got %q, %v", m.Value, err)
	}
}

func firstRow(ctx context.Context, url string) (word string, err error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close(ctx) }()
	err = c.QueryRow(ctx, "SELECT word FROM kept").Scan(&word)
	return word, err
}
