package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kfake"
)

// BrokerOptions say where an embedded broker keeps its records.
type BrokerOptions struct {
	// Dir holds the records; empty keeps them in memory only.
	Dir string
	// Port of 127.0.0.1; 0 takes the last one again if it is free, else any.
	Port int
	Log  *slog.Logger
}

// Broker is a Kafka broker inside this process, for a laptop, a demo and tests,
// never for production: it calls itself a fake. A record that it acknowledged
// is on disk. A topic exists only once somebody asked for it by CreateTopics:
// one that appears by itself would be lost at a crash.
type Broker struct {
	opts    BrokerOptions
	cluster *kfake.Cluster
	address string
}

// StartBroker opens the folder's records, or a new folder.
func StartBroker(ctx context.Context, opts BrokerOptions) (*Broker, error) {
	b := &Broker{opts: opts}
	wanted := opts.Port
	if wanted == 0 {
		wanted = b.lastPort()
	}
	var last error
	for range 3 {
		port, err := keptOrFree(wanted)
		if err != nil {
			return nil, err
		}
		if last = b.startOn(ctx, port); last == nil {
			return b, b.keepPort(port)
		}
		wanted = 0
	}
	return nil, fmt.Errorf("start embedded broker: %w", last)
}

// Address is host:port.
func (b *Broker) Address() string { return b.address }

// Stop writes what a quick next start needs and ends the broker.
func (b *Broker) Stop() { b.cluster.Close() }

func (b *Broker) startOn(ctx context.Context, port int) error {
	opts := []kfake.Opt{
		kfake.Ports(port),
		kfake.ClusterID("tellonce-embedded"),
		kfake.WithLogger(brokerLog{ctx: context.WithoutCancel(ctx), log: b.opts.Log}),
	}
	if b.opts.Dir != "" {
		if err := os.MkdirAll(b.opts.Dir, 0o700); err != nil {
			return fmt.Errorf("make broker folder: %w", err)
		}
		opts = append(opts, kfake.DataDir(filepath.Join(b.opts.Dir, "records")), kfake.SyncWrites())
	}
	var err error
	if b.cluster, err = kfake.NewCluster(opts...); err != nil {
		return fmt.Errorf("open broker on port %d: %w", port, err)
	}
	b.address = "127.0.0.1:" + strconv.Itoa(port)
	return nil
}

func (b *Broker) portFile() string { return filepath.Join(b.opts.Dir, "port") }

func (b *Broker) lastPort() int {
	if b.opts.Dir == "" {
		return 0
	}
	raw, err := os.ReadFile(b.portFile())
	if err != nil {
		return 0
	}
	port, _ := strconv.Atoi(strings.TrimSpace(string(raw)))
	return port
}

func (b *Broker) keepPort(port int) error {
	if b.opts.Dir == "" {
		return nil
	}
	return writeJSON(b.portFile(), port)
}

// brokerLog passes the broker's warnings on. What it says at other levels names
// requests one by one.
type brokerLog struct {
	ctx context.Context // the library's log interface has none
	log *slog.Logger
}

func (l brokerLog) Logf(level kfake.LogLevel, msg string, args ...any) {
	switch level {
	case kfake.LogLevelError:
		l.log.ErrorContext(l.ctx, "embedded broker: "+fmt.Sprintf(msg, args...))
	case kfake.LogLevelWarn:
		l.log.WarnContext(l.ctx, "embedded broker: "+fmt.Sprintf(msg, args...))
	}
}
