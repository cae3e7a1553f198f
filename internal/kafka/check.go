package kafka

import (
	"context"
	"fmt"
	"strconv"

	kafkago "github.com/segmentio/kafka-go"
)

// Finding is a setting by which a topic can lose records or refuse them, and what
// to do about it.
type Finding struct {
	Topic   string
	Setting string // Kafka's name, or replication.factor
	Found   string
	Want    string
	Why     string
	Do      string // a command for Kafka's own tools
}

func (f Finding) String() string {
	return fmt.Sprintf("topic %s: %s is %s, expected %s: %s; %s", f.Topic, f.Setting, f.Found, f.Want, f.Why, f.Do)
}

// rule is one thing that CheckTopic looks at. A laptop has one broker and no
// replicas, so those rules are for production only.
type rule struct {
	setting    string
	production bool
	good       func(string) bool
	want       string
	value      string // that mends it
	why        string
}

var rules = []rule{
	{"cleanup.policy", false, is("delete"), "delete", "delete", "compaction drops all but the last record of a customer"},
	{"retention.ms", false, is("-1"), "-1", "-1", "records older than that are dropped"},
	{"retention.bytes", false, is("-1"), "-1", "-1", "the oldest records are dropped when a partition grows beyond that"},
	{"max.message.bytes", false, atLeast(MaxMessage + 8<<10), "at least " + strconv.Itoa(MaxMessage+8<<10), "1048588", "batches that a writer sends are refused"},
	{"unclean.leader.election.enable", true, is("false"), "false", "false", "a replica that lags behind may become leader, and what it lacks is lost"},
	{"min.insync.replicas", true, atLeast(2), "2 or more", "2", "a record counts as written when one broker has it"},
}

func is(want string) func(string) bool { return func(got string) bool { return got == want } }

func atLeast(want int64) func(string) bool {
	return func(got string) bool {
		n, err := strconv.ParseInt(got, 10, 64)
		return err == nil && n >= want
	}
}

const replicasWanted = 3

// CheckTopic reports what of a topic that must keep its records loses them, in
// production (three brokers and more) or on a laptop. It changes nothing.
func (c *Client) CheckTopic(ctx context.Context, topic string, production bool) ([]Finding, error) {
	d, err := c.wire.describe(ctx, topic)
	if err != nil {
		return nil, err
	}
	settings, err := c.settings(ctx, topic)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, r := range rules {
		found, stated := settings[r.setting]
		switch {
		case r.production && !production:
			continue
		case !stated && !production:
			// The embedded broker does not state all that a real one does.
			continue
		case !stated:
			found = "not stated by the broker"
		case r.good(found):
			continue
		}
		findings = append(findings, Finding{
			Topic: topic, Setting: r.setting, Found: found, Want: r.want, Why: r.why,
			Do: fmt.Sprintf("kafka-configs.sh --alter --topic %s --add-config %s=%s", topic, r.setting, r.value),
		})
	}
	if replicas := d.fewestReplicas(); production && replicas < replicasWanted {
		findings = append(findings, Finding{
			Topic: topic, Setting: "replication.factor", Found: strconv.Itoa(replicas), Want: strconv.Itoa(replicasWanted) + " or more",
			Why: "with fewer, one broker's disk is all that stands between a record and its loss",
			Do:  "kafka-reassign-partitions.sh with " + strconv.Itoa(replicasWanted) + " replicas for each partition of " + topic,
		})
	}
	return findings, nil
}

func (d described) fewestReplicas() int {
	if len(d.partitions) == 0 {
		return 0
	}
	fewest := d.partitions[0].replicas
	for _, p := range d.partitions {
		fewest = min(fewest, p.replicas)
	}
	return fewest
}

// settings are the topic's in force, its own and those it has from the brokers.
func (c *Client) settings(ctx context.Context, topic string) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Patience)
	defer cancel()
	answer, err := c.wire.api().DescribeConfigs(ctx, &kafkago.DescribeConfigsRequest{
		Resources: []kafkago.DescribeConfigRequestResource{{ResourceType: kafkago.ResourceTypeTopic, ResourceName: topic}},
	})
	if err != nil {
		return nil, fmt.Errorf("read settings of topic %s: %w", topic, err)
	}
	settings := map[string]string{}
	for _, r := range answer.Resources {
		if r.Error != nil {
			return nil, fmt.Errorf("read settings of topic %s: %w", topic, r.Error)
		}
		for _, e := range r.ConfigEntries {
			settings[e.ConfigName] = e.ConfigValue
		}
	}
	return settings, nil
}
