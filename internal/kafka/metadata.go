package kafka

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"
)

// TopicID is what tells a topic from another one that had its name before it. It
// belongs beside every stored offset.
type TopicID [16]byte

func (id TopicID) String() string { return hex.EncodeToString(id[:]) }

// described is one topic as the brokers describe it now.
type described struct {
	id         TopicID
	partitions []describedPartition // by number
}

type describedPartition struct {
	replicas int
}

// TopicID of a topic that exists; else ErrNoTopic.
func (c *Client) TopicID(ctx context.Context, topic string) (TopicID, error) {
	d, err := c.wire.describe(ctx, topic)
	return d.id, err
}

// Partitions is how many a topic has; ErrNoTopic where it does not exist.
func (c *Client) Partitions(ctx context.Context, topic string) (int, error) {
	d, err := c.wire.describe(ctx, topic)
	return len(d.partitions), err
}

// Ping asks some broker a question, within Patience.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.TopicID(ctx, "tellonce-ping")
	if noTopic := (ErrNoTopic{}); errors.As(err, &noTopic) {
		return nil
	}
	return err
}

// describe asks a broker itself, and never makes a topic by asking: kafka-go
// answers from what it last heard, and its answer has no topic id.
func (w *wire) describe(ctx context.Context, topic string) (described, error) {
	ctx, cancel := context.WithTimeout(ctx, w.client.opts.Patience)
	defer cancel()
	answer, err := w.ask(ctx, describeRequest(topic))
	if err != nil {
		return described{}, fmt.Errorf("describe topic %s: %w", topic, err)
	}
	d, err := readDescribed(answer, topic)
	if errors.Is(err, kafkago.UnknownTopicOrPartition) {
		return described{}, ErrNoTopic{Topic: topic}
	}
	if err != nil {
		return described{}, fmt.Errorf("describe topic %s: %w", topic, err)
	}
	return d, nil
}

// describeRequest is Metadata, version 12: the first with which a topic may be
// asked by name and answers with its id, and still what 4.x brokers speak.
func describeRequest(topic string) exchange {
	body := []byte{2} // one topic
	body = append(body, make([]byte, len(TopicID{}))...)
	body = appendCompactString(body, topic)
	body = append(body, 0)       // tagged fields of the topic
	body = append(body, 0, 0, 0) // do not make it; no authorised operations; tagged fields
	return exchange{api: 3, version: 12, flexible: true, body: body}
}

func readDescribed(answer []byte, topic string) (described, error) {
	c := cursor{b: answer}
	c.int32() // throttled
	for range c.compactLength(1) {
		c.int32()
		c.compactString()
		c.int32()
		c.compactString()
		c.tags()
	}
	c.compactString() // cluster
	c.int32()         // controller
	for range c.compactLength(1) {
		code := c.int16()
		name := c.compactString()
		var d described
		copy(d.id[:], c.take(len(d.id)))
		c.int8() // internal
		n := c.compactLength(1)
		d.partitions = make([]describedPartition, n)
		for range n {
			c.int16() // error
			index := int(c.int32())
			c.int32() // leader
			c.int32() // epoch
			replicas := c.brokers()
			c.brokers() // in sync
			c.brokers() // offline
			c.tags()
			if index < 0 || index >= n {
				c.fail()
				break
			}
			d.partitions[index] = describedPartition{replicas: replicas}
		}
		c.int32() // authorised operations
		c.tags()
		switch {
		case c.err != nil:
			return described{}, c.err
		case name != topic:
		case code != 0:
			return described{}, kafkago.Error(code)
		default:
			return d, nil
		}
	}
	if c.err != nil {
		return described{}, c.err
	}
	return described{}, errMalformed
}

// brokers skips a list of broker ids and returns its length.
func (c *cursor) brokers() int {
	n := c.compactLength(4)
	c.take(4 * n)
	return n
}
