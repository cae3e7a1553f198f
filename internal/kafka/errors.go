package kafka

import (
	"errors"
	"fmt"
)

// ErrAway says that the brokers did not acknowledge in time, or refused. What was
// being written may be in the log or not: sending it again is right, since every
// reader of the log drops duplicates.
type ErrAway struct{ Cause error }

func (e ErrAway) Error() string { return "the log does not acknowledge: " + e.Cause.Error() }
func (e ErrAway) Unwrap() error { return e.Cause }

// ErrTooLarge says that a message is larger than the writer may send. Nothing of
// the call was written.
type ErrTooLarge struct {
	Index int // of the message within the call
	Size  int // bytes of key, value and headers
	Limit int // bytes
}

func (e ErrTooLarge) Error() string {
	return fmt.Sprintf("message %d has %d bytes, the limit is %d", e.Index, e.Size, e.Limit)
}

// ErrGap says that the log no longer has the offset that was to be read next: its
// retention, or somebody's deletion, was faster than we were. Going on would skip
// records in silence.
type ErrGap struct {
	Topic     string
	Partition int
	Want      int64 // the offset to be read next
	LogStart  int64 // the first one that the log still has
}

func (e ErrGap) Error() string {
	return fmt.Sprintf("topic %s, partition %d: records %d to %d are gone from the log and were never read; restore them, or rebuild from a log that is whole", e.Topic, e.Partition, e.Want, e.LogStart-1)
}

// ErrBeyond says that the log ends before the offset that was to be read next: the
// topic was made anew, or its brokers lost what they had acknowledged.
type ErrBeyond struct {
	Topic     string
	Partition int
	Want      int64 // the offset to be read next
	LogEnd    int64 // the offset that the next record gets
}

func (e ErrBeyond) Error() string {
	return fmt.Sprintf("topic %s, partition %d: the log ends at %d, and %d was to be read next; the topic was made anew or lost records: rebuild from it", e.Topic, e.Partition, e.LogEnd, e.Want)
}

// ErrOtherTopic says that a topic of this name is not the one that the stored
// offsets belong to: it was deleted and made again.
type ErrOtherTopic struct {
	Topic     string
	Want, Got TopicID
}

func (e ErrOtherTopic) Error() string {
	return fmt.Sprintf("topic %s has id %s, and the stored offsets are of %s: the topic was deleted and made anew; rebuild from it", e.Topic, e.Got, e.Want)
}

// ErrNoTopic says that a topic does not exist.
type ErrNoTopic struct{ Topic string }

func (e ErrNoTopic) Error() string {
	return fmt.Sprintf("topic %s does not exist: make it first", e.Topic)
}

// ErrReload is what a handler returns when the stored offset is no longer the one
// that it started from (another consumer moved on): the batch is dropped and Start
// is asked again, at once and without an alarm.
var ErrReload = errors.New("the stored offset has moved")
