package embeddedtest

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
)

// Brokers are the Kafka brokers to test on.
func Brokers(t testing.TB) []string {
	t.Helper()
	list, err := brokers()
	if err != nil {
		t.Fatalf("no broker for tests: %v", err)
	}
	return list
}

// Topic makes a fresh topic of this test's own that keeps its records, and
// deletes it when the test ends. Its name begins with prefix.
func Topic(t testing.TB, brokers []string, prefix string, partitions int) string {
	t.Helper()
	name := prefix + "-" + strings.ToLower(rand.Text()[:10])
	client := &kafka.Client{Addr: kafka.TCP(brokers...), Timeout: 30 * time.Second}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	made, err := client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{
		Topic: name, NumPartitions: partitions, ReplicationFactor: 1,
		ConfigEntries: []kafka.ConfigEntry{{ConfigName: "retention.ms", ConfigValue: "-1"}, {ConfigName: "retention.bytes", ConfigValue: "-1"}},
	}}})
	if err == nil {
		err = made.Errors[name]
	}
	if err != nil {
		t.Fatalf("make topic %s: %v", name, err)
	}
	awaitTopic(ctx, t, client, name, partitions)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		// A test may have stopped its broker; then the topic is nobody's.
		_, _ = client.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{name}})
	})
	return name
}

// awaitTopic returns once every partition has a leader that knows it: the broker
// answers CreateTopics before that. Only a leader answers where its log ends.
func awaitTopic(ctx context.Context, t testing.TB, client *kafka.Client, name string, partitions int) {
	t.Helper()
	asked := make([]kafka.OffsetRequest, partitions)
	for i := range asked {
		asked[i] = kafka.LastOffsetOf(i)
	}
	for {
		ends, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{name: asked}})
		if err == nil && len(ends.Topics[name]) == partitions && !slices.ContainsFunc(ends.Topics[name], func(p kafka.PartitionOffsets) bool { return p.Error != nil }) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("wait for topic %s: %v", name, err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
