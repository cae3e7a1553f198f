package kafka_test

import (
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
)

// fresh is a topic's name, and the topic's end with the test.
func fresh(t *testing.T) string {
	t.Helper()
	name := "kafka-" + strings.ToLower(rand.Text()[:10])
	f := franz(t)
	t.Cleanup(func() {
		del := kmsg.NewPtrDeleteTopicsRequest()
		one := kmsg.NewDeleteTopicsRequestTopic()
		one.Topic = &name
		del.Topics, del.TopicNames, del.TimeoutMillis = append(del.Topics, one), []string{name}, 10_000
		_, _ = del.RequestWith(t.Context(), f) // its broker may be gone
	})
	return name
}

func TestMissingTopicsAreMadeAndOthersLeftAlone(t *testing.T) {
	c := connect(t, embeddedtest.Brokers(t))
	topic := fresh(t)
	want := kafka.KeptForever(topic, 3, 1)
	var several sync.WaitGroup
	for range 4 { // as several processes do that start at once
		several.Go(func() {
			if err := c.EnsureTopics(t.Context(), want); err != nil {
				t.Errorf("make topic: %v", err)
			}
		})
	}
	several.Wait()
	id, err := c.TopicID(t.Context(), topic)
	if err != nil || id == (kafka.TopicID{}) {
		t.Fatalf("topic id: got %s, %v", id, err)
	}
	if err := c.EnsureTopics(t.Context(), kafka.KeptForever(topic, 8, 1)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Partitions(t.Context(), topic); err != nil || n != 3 {
		t.Errorf("partitions: got %d, %v, want 3", n, err)
	}
	if again, err := c.TopicID(t.Context(), topic); err != nil || again != id {
		t.Errorf("topic id: got %s, %v, want %s", again, err, id)
	}
	if findings, err := c.CheckTopic(t.Context(), topic, false); err != nil || len(findings) > 0 {
		t.Errorf("findings: %v, %v, want none", findings, err)
	}
}

func TestMoreReplicasThanBrokersAreRefused(t *testing.T) {
	err := connect(t, embeddedtest.Brokers(t)).EnsureTopics(t.Context(), kafka.KeptForever(fresh(t), 1, 3))
	if err == nil || !strings.Contains(err.Error(), "fewer brokers") {
		t.Errorf("got %v, want it to say that there are fewer brokers", err)
	}
}

func TestSettingsThatLoseRecordsAreReported(t *testing.T) {
	c := connect(t, embeddedtest.Brokers(t))
	for name, tt := range map[string]struct {
		change     map[string]string
		production bool
		want       []string
	}{
		"as it should be":           {want: nil},
		"records expire":            {change: map[string]string{"retention.ms": "3600000"}, want: []string{"retention.ms"}},
		"a partition may not grow":  {change: map[string]string{"retention.bytes": "1000000"}, want: []string{"retention.bytes"}},
		"records are compacted":     {change: map[string]string{"cleanup.policy": "compact"}, want: []string{"cleanup.policy"}},
		"compacted and expired":     {change: map[string]string{"cleanup.policy": "compact,delete"}, want: []string{"cleanup.policy"}},
		"batches do not fit":        {change: map[string]string{"max.message.bytes": "1000"}, want: []string{"max.message.bytes"}},
		"one broker, in production": {production: true, want: []string{"min.insync.replicas", "replication.factor"}},
	} {
		t.Run(name, func(t *testing.T) {
			topic := kafka.KeptForever(fresh(t), 1, 1)
			maps.Copy(topic.Settings, tt.change)
			if err := c.EnsureTopics(t.Context(), topic); err != nil {
				t.Fatal(err)
			}
			findings, err := c.CheckTopic(t.Context(), topic.Name, tt.production)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				if f.Setting == "unclean.leader.election.enable" {
					// Only a real broker states it, and there it is right.
					continue
				}
				got = append(got, f.Setting)
				if !strings.Contains(f.String(), topic.Name) || f.Do == "" {
					t.Errorf("finding %q does not say where and what to do", f)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("findings: got %v, want %v", got, tt.want)
			}
		})
	}
}

// The client has heard of the cluster before somebody else makes the topic.
func TestEndsOfATopicThatSomebodyMadeJustNow(t *testing.T) {
	brokers := embeddedtest.Brokers(t)
	c := connect(t, brokers)
	if err := c.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	topic := embeddedtest.Topic(t, brokers, "kafka", 2)
	if ends, err := c.Ends(t.Context(), topic); err != nil || !slices.Equal(ends, []int64{0, 0}) {
		t.Errorf("got %v, %v, want two zeros", ends, err)
	}
}

func TestEndsAndStarts(t *testing.T) {
	c, topic := place(t, 3)
	counts := make([]int64, 3)
	for _, at := range write(t, c, topic, numbered(0, 100)...) {
		counts[at.Partition]++
	}
	ends, err := c.Ends(t.Context(), topic)
	if err != nil || !slices.Equal(ends, counts) {
		t.Errorf("ends: got %v, %v, want %v", ends, err, counts)
	}
	deleteBefore(t, topic, 5)
	starts, err := c.Starts(t.Context(), topic)
	if want := []int64{5, 0, 0}; err != nil || !slices.Equal(starts, want) {
		t.Errorf("starts: got %v, %v, want %v", starts, err, want)
	}
	if _, err := c.Ends(t.Context(), topic+"-missing"); !errors.As(err, &kafka.ErrNoTopic{}) {
		t.Errorf("missing topic: got %v, want ErrNoTopic", err)
	}
}
