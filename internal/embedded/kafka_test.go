package embedded_test

import (
	"encoding/xml"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

// The quick loop, which asks for short tests, does without Java.
//
// One test, since a Java machine takes seconds to start: what a fault run does
// to a real broker, in turn.
func TestRealBrokerKeepsItsPlaceThroughStopAndKillNine(t *testing.T) {
	if testing.Short() {
		return
	}
	k, err := embedded.StartKafka(t.Context(), embedded.KafkaOptions{Dir: embeddedtest.Folder(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	address := k.Address()
	client := &kafka.Client{Addr: kafka.TCP(address), Timeout: 30 * time.Second}
	if _, err := client.CreateTopics(t.Context(), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{Topic: kept, NumPartitions: 1, ReplicationFactor: 1}}}); err != nil {
		t.Fatal(err)
	}
	for _, end := range []func() error{k.Stop, k.Kill} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if err := k.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if k.Address() != address {
			t.Fatalf("moved from %s to %s", address, k.Address())
		}
		if seen, err := client.Metadata(t.Context(), &kafka.MetadataRequest{}); err != nil || !hasTopic(seen, kept) {
			t.Fatalf("topic is gone: %+v, %v", seen, err)
		}
	}
	makesNoTopic(t, address)
}

// makesNoTopic writes to a topic that nobody made, the way that would make it.
func makesNoTopic(t *testing.T, broker string) {
	t.Helper()
	w := &kafka.Writer{Addr: kafka.TCP(broker), Topic: "nobody-made-it", AllowAutoTopicCreation: true, MaxAttempts: 3, BatchSize: 1}
	defer func() { _ = w.Close() }()
	if err := w.WriteMessages(t.Context(), kafka.Message{Value: []byte("x")}); !errors.Is(err, kafka.UnknownTopicOrPartition) {
		t.Errorf("write to a topic that nobody made: got %v, want it refused", err)
	}
}

func hasTopic(seen *kafka.MetadataResponse, name string) bool {
	for _, topic := range seen.Topics {
		if topic.Name == name && topic.Error == nil {
			return true
		}
	}
	return false
}

func TestPomNamesTheVersionAndNoRegistry(t *testing.T) {
	b, err := os.ReadFile("pom.xml")
	if err != nil {
		t.Fatal(err)
	}
	var pom struct {
		Dependencies []struct {
			Artifact string `xml:"artifactId"`
			Version  string `xml:"version"`
		} `xml:"dependencies>dependency"`
	}
	if err := xml.Unmarshal(b, &pom); err != nil {
		t.Fatal(err)
	}
	if len(pom.Dependencies) != 2 || pom.Dependencies[0].Version != embedded.KafkaVersion {
		t.Errorf("got %+v, want kafka %s first", pom, embedded.KafkaVersion)
	}
	if strings.Contains(string(b), "<repositor") {
		t.Error("pom.xml names a registry")
	}
}
