package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Topic is one that should exist.
type Topic struct {
	Name        string
	Partitions  int
	Replication int
	Settings    map[string]string // the topic's own, by Kafka's names
}

// KeptForever is a topic that loses no record by itself: nothing expires, nothing
// is compacted away, and a replica that lags behind never becomes leader. With
// three replicas or more, all but one must have a record before it counts.
func KeptForever(name string, partitions, replication int) Topic {
	return Topic{Name: name, Partitions: partitions, Replication: replication, Settings: map[string]string{
		"cleanup.policy":                 "delete",
		"retention.ms":                   "-1",
		"retention.bytes":                "-1",
		"unclean.leader.election.enable": "false",
		"min.insync.replicas":            fmt.Sprint(max(1, replication-1)),
	}}
}

// EnsureTopics makes the topics that are missing, and returns once each has its
// leaders. Those that exist are left as they are: CheckTopic says what is wrong
// with them. Every topic must be made so before anybody reads it: a consumer that
// asks for a missing one starves its whole group, or makes it with one partition
// where the brokers make topics by themselves.
func (c *Client) EnsureTopics(ctx context.Context, topics ...Topic) error {
	for _, t := range topics {
		_, err := c.wire.describe(ctx, t.Name)
		if missing := (ErrNoTopic{}); errors.As(err, &missing) {
			err = c.makeTopic(ctx, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) makeTopic(ctx context.Context, t Topic) error {
	config := kafkago.TopicConfig{Topic: t.Name, NumPartitions: t.Partitions, ReplicationFactor: t.Replication}
	for _, name := range slices.Sorted(maps.Keys(t.Settings)) {
		config.ConfigEntries = append(config.ConfigEntries, kafkago.ConfigEntry{ConfigName: name, ConfigValue: t.Settings[name]})
	}
	answer, err := c.wire.api().CreateTopics(ctx, &kafkago.CreateTopicsRequest{Topics: []kafkago.TopicConfig{config}})
	if err == nil {
		err = answer.Errors[t.Name]
	}
	switch {
	case errors.Is(err, kafkago.TopicAlreadyExists): // somebody was faster
	case errors.Is(err, kafkago.InvalidReplicationFactor):
		return fmt.Errorf("make topic %s: %d replicas asked for: %w: there are fewer brokers", t.Name, t.Replication, err)
	case err != nil:
		return fmt.Errorf("make topic %s: %w", t.Name, err)
	}
	return c.awaitLeaders(ctx, t.Name)
}

// awaitLeaders returns once every partition can be written: the brokers say that the
// topic is made before that, and who leads it before that one knows. Only the leader
// answers where its log ends.
func (c *Client) awaitLeaders(ctx context.Context, topic string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		_, err := c.Ends(ctx, topic)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the leaders of topic %s: %w", topic, errors.Join(ctx.Err(), err))
		case <-time.After(10 * time.Millisecond):
		}
	}
}
