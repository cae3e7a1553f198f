// Package kafka is the log: bytes in, bytes out. It knows topics, partitions and
// offsets, and nothing of events.
//
// [Connect] gives a [Client], the door to one cluster; whatever secures connections
// belongs in its newWire (connect.go), the one place that makes them. There is one
// constructor each for what writes, what reads and what a topic is:
//
//	client, err := kafka.Connect(kafka.Options{Brokers: brokers})
//	err = client.EnsureTopics(ctx, kafka.KeptForever("events", 8, 3))
//	findings, err := client.CheckTopic(ctx, "events", true) // what would lose records
//
//	writer, err := client.NewWriter(kafka.WriterOptions{Topic: "events"})
//	positions, err := writer.Write(ctx, messages)           // ErrAway, ErrTooLarge
//
//	consumer, err := client.NewConsumer(kafka.ConsumerOptions{
//		Group: "projector", Topic: "events", Start: stored, Handle: apply,
//	})
//	err = consumer.Run(ctx)                                 // ErrGap, ErrBeyond, ErrOtherTopic
//
// # Writing
//
// writer.go stands on kafka-go's Writer. A call returns when all in-sync replicas
// have its messages, with the position of each, and otherwise in bounded time.
// An error never means that nothing was written, so readers drop duplicates.
//
// # Reading
//
// Who reads which partition is the group's matter (membership.go, on kafka-go's
// ConsumerGroup). Where a partition is read from, and whether a batch counts, is the
// store's: [ConsumerOptions].Start is asked at every assignment and after every
// error, and Handle moves the stored offset in the batch's own transaction, only
// from the offset that the batch expects. So a rebalance, a stale read-ahead, a
// process that was stopped for a minute and went on, a late commit to Kafka: none
// of them loses or repeats anything. Kafka's own committed offsets are a hint for
// tools that show lag.
//
// consumer.go is the life of a consumer, follower.go of one partition in it: one
// goroutine fetches ahead (ahead.go), another hands over what is there. fetch.go and
// recordbatch.go read the broker's answers themselves, because kafka-go's Reader
// cannot tell a gap from a hole.
//
// # The traps, and where each is answered
//
//	lost without acknowledgement, a key on several partitions,
//	a second's delay, a hot partition for empty keys           NewWriter, writer_test.go
//	positions of messages that many callers write at once      Writer.Write
//	silent or dead brokers, memory filling meanwhile            Writer.Write, fault_test.go
//	retention that overtook us is skipped in silence            follower.fetchInto, loss_test.go
//	an offset beyond the end is asked for for ever              follower.outOfRange, loss_test.go
//	a topic deleted and made anew                               TopicID, loss_test.go
//	aborted records and control markers as records              readRecords, loss_test.go
//	records behind an open transaction                          readRecords, loss_test.go
//	stale records after a rebalance, commits that turn back     Start, group_test.go
//	a generation ends when one of its functions returns         Consumer.hold, group_test.go
//	a stop that waits for a long fetch                          wire, group_test.go
//	a stalled connection after a broker's restart               watchdog, fault_test.go
//	ghost members                                               membership.leave, group_test.go
//	a missing topic starves the group, or is made by asking     awaitTopic, loss_test.go
//	topics whose settings lose records                          CheckTopic, topics_test.go
//
// The tests run on the embedded broker in the quick loop, and on a real one in the
// full run.
package kafka
