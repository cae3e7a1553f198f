package embedded

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/segmentio/kafka-go"
)

// KafkaOptions say where a real broker lives.
type KafkaOptions struct {
	// Dir holds the log folder, settings and output. Give a fresh one for each
	// run: thousands of partition folders make a start slow.
	Dir string
	// Settings are added to the server's properties, and win over ours.
	Settings map[string]string
	Log      *slog.Logger
}

// Kafka is a real Apache Kafka broker, one node, on free loopback ports, from
// its jars: for the full test run, for faults and benchmarks. It ends when this
// process ends.
type Kafka struct {
	opts    KafkaOptions
	java    string
	jars    string
	address string
	child   *child
}

// StartKafka formats the folder and returns once the broker answers.
func StartKafka(ctx context.Context, opts KafkaOptions) (*Kafka, error) {
	k := &Kafka{opts: opts}
	var err error
	if k.opts.Dir, err = filepath.Abs(opts.Dir); err != nil {
		return nil, fmt.Errorf("find folder %s: %w", opts.Dir, err)
	}
	if k.java, err = exec.LookPath("java"); err != nil {
		return nil, errors.New("start Apache Kafka: java is not installed (Debian: apt-get install openjdk-17-jre-headless maven)")
	}
	if k.jars, err = FetchKafka(ctx, opts.Log); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(k.opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make Kafka's folder: %w", err)
	}
	if err := k.configure(); err != nil {
		return nil, err
	}
	if err := k.format(ctx); err != nil {
		return nil, err
	}
	return k, k.start(ctx)
}

// Address is host:port.
func (k *Kafka) Address() string { return k.address }

// Pid is the process id of the broker, for SIGSTOP and its like.
func (k *Kafka) Pid() int { return k.child.pid() }

// Stop is TERM, and waits.
func (k *Kafka) Stop() error {
	if k.child == nil {
		return nil
	}
	return k.child.stop(30*time.Second, syscall.SIGTERM)
}

// Kill is kill −9.
func (k *Kafka) Kill() error { return k.child.kill() }

// Restart starts a stopped or killed broker again on its port, with its log.
func (k *Kafka) Restart(ctx context.Context) error {
	if err := k.Stop(); err != nil {
		return err
	}
	return k.start(ctx)
}

func (k *Kafka) propertiesPath() string { return filepath.Join(k.opts.Dir, "server.properties") }
func (k *Kafka) loggingPath() string    { return filepath.Join(k.opts.Dir, "log4j2.properties") }

// loggingProperties send warnings to the standard output, which is a file.
const loggingProperties = `rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %m (%c)%n
`

func (k *Kafka) configure() error {
	port, err := FreePort()
	if err != nil {
		return err
	}
	controller, err := FreePort()
	if err != nil {
		return err
	}
	k.address = "127.0.0.1:" + strconv.Itoa(port)
	listeners := fmt.Sprintf("PLAINTEXT://%s,CONTROLLER://127.0.0.1:%d", k.address, controller)
	settings := map[string]string{
		"process.roles":                       "broker,controller",
		"node.id":                             "1",
		"controller.quorum.bootstrap.servers": "127.0.0.1:" + strconv.Itoa(controller),
		"listeners":                           listeners,
		"advertised.listeners":                listeners,
		"controller.listener.names":           "CONTROLLER",
		"inter.broker.listener.name":          "PLAINTEXT",
		"listener.security.protocol.map":      "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
		"log.dirs":                            filepath.Join(k.opts.Dir, "log"),
		// As in production: a subscriber to a missing topic must not make it.
		"auto.create.topics.enable":                        "false",
		"offsets.topic.replication.factor":                 "1",
		"offsets.topic.num.partitions":                     "4",
		"transaction.state.log.replication.factor":         "1",
		"transaction.state.log.min.isr":                    "1",
		"transaction.state.log.num.partitions":             "4",
		"share.coordinator.state.topic.replication.factor": "1",
		"share.coordinator.state.topic.min.isr":            "1",
		"group.initial.rebalance.delay.ms":                 "0",
	}
	maps.Copy(settings, k.opts.Settings)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&b, "%s=%s\n", name, settings[name])
	}
	if err := errors.Join(
		os.WriteFile(k.propertiesPath(), []byte(b.String()), 0o600),
		os.WriteFile(k.loggingPath(), []byte(loggingProperties), 0o600),
	); err != nil {
		return fmt.Errorf("write Kafka's settings: %w", err)
	}
	return nil
}

// command is one of Kafka's main classes, in a small heap that starts fast.
func (k *Kafka) command(ctx context.Context, class string, args ...string) *exec.Cmd {
	args = append([]string{
		"-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Dlog4j2.configurationFile=" + k.loggingPath(),
		"-cp", filepath.Join(k.jars, "*"), class,
	}, args...)
	cmd := exec.CommandContext(ctx, k.java, args...)
	cmd.Dir = k.opts.Dir
	return cmd
}

func (k *Kafka) format(ctx context.Context) error {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	id[0] &= 0x3f        // Kafka refuses an id that begins with a dash
	out, err := k.command(ctx, "kafka.tools.StorageTool", "format",
		"-t", base64.RawURLEncoding.EncodeToString(id), "--standalone", "-c", k.propertiesPath()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("format Kafka's log folder: %w: %s", err, lastLines(out, 5))
	}
	return nil
}

func (k *Kafka) start(ctx context.Context) error {
	outPath := filepath.Join(k.opts.Dir, "output")
	output, err := os.OpenFile(outPath, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open Kafka's output: %w", err)
	}
	defer func() { _ = output.Close() }()
	cmd := k.command(context.WithoutCancel(ctx), "kafka.Kafka", k.propertiesPath())
	cmd.Stdout, cmd.Stderr = output, output
	if k.child, err = startChild(cmd, syscall.SIGKILL); err != nil {
		return err
	}
	if err := k.awaitAnswer(ctx); err != nil {
		said, _ := os.ReadFile(outPath)
		return errors.Join(fmt.Errorf("start Apache Kafka in %s: %w: %s", k.opts.Dir, err, lastLines(said, 8)), k.Stop())
	}
	return nil
}

// awaitAnswer polls by metadata requests: the port opens before the broker is
// ready.
func (k *Kafka) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	transport := &kafka.Transport{}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(k.address), Timeout: 2 * time.Second, Transport: transport}
	for {
		seen, err := client.Metadata(ctx, &kafka.MetadataRequest{})
		if err == nil && len(seen.Brokers) == 1 {
			return nil
		}
		select {
		case <-k.child.done:
			return fmt.Errorf("it ended: %w", k.child.err)
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
