package embeddedtest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"

	"github.com/tellonce/tellonce/internal/embedded"
)

// Where these are set, the tests run on the servers they name, and not on
// embedded ones: a database URL whose role may make databases, and brokers
// separated by commas.
const (
	DatabaseVariable = "TELLONCE_TEST_DATABASE_URL"
	BrokersVariable  = "TELLONCE_TEST_KAFKA_BROKERS"
)

// server is the PostgreSQL of this test binary.
var server = sync.OnceValues(func() (database, error) {
	if url := os.Getenv(DatabaseVariable); url != "" {
		return database{url: url}, nil
	}
	dir, err := os.MkdirTemp(TempDir(), "tellonce-test-")
	if err != nil {
		return database{}, fmt.Errorf("make folder of the test database: %w", err)
	}
	watcher, err := endWithUs(dir)
	if err != nil {
		return database{}, err
	}
	p, err := embedded.StartPostgres(context.Background(), embedded.PostgresOptions{Dir: dir, Volatile: true, Log: quiet()})
	if err != nil {
		return database{}, fmt.Errorf("start the test database: %w", err)
	}
	return database{url: p.URL(), watcher: watcher}, nil
})

type database struct {
	url string
	// watcher is the pipe to the watcher, open for as long as this binary lives.
	watcher *os.File
}

// brokers are the addresses of the Kafka brokers of this test binary.
var brokers = sync.OnceValues(func() ([]string, error) {
	if list := os.Getenv(BrokersVariable); list != "" {
		return strings.Split(list, ","), nil
	}
	b, err := embedded.StartBroker(context.Background(), embedded.BrokerOptions{Log: quiet()})
	if err != nil {
		return nil, fmt.Errorf("start the test broker: %w", err)
	}
	return []string{b.Address()}, nil
})

func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// endWithUs leaves a watcher that outlives this binary by a moment: when the
// pipe to it closes, which happens however the binary ends, it stops the server
// of the folder and removes the folder. It holds none of our outputs, else go
// test would wait for it.
func endWithUs(dir string) (*os.File, error) {
	const script = `cat >/dev/null
file="$1/cluster/data/postmaster.pid"
read -r pid <"$file" && kill -QUIT "$pid"
tries=0
while [ -e "$file" ] && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries+1)); done
rm -rf "$1"`
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe to the watcher: %w", err)
	}
	defer func() { _ = read.Close() }()
	cmd := exec.Command("/bin/sh", "-c", script, "watch", dir)
	cmd.Dir, cmd.Stdin = "/", read
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the watcher: %w", err)
	}
	return write, nil
}
