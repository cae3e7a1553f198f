package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// follower reads one partition for as long as it is assigned: one goroutine fetches
// ahead, another hands batches to the handler.
type follower struct {
	*Consumer

	partition int
	hint      *hint
	alarm     *alarm
}

// follow starts where the store says, again after each error of the handler. It
// returns nil when ctx ends, and what must halt the consumer otherwise.
func (f *follower) follow(ctx context.Context) error {
	const first, longest = 50 * time.Millisecond, 5 * time.Second
	wait := first
	for {
		moved, err := f.fromStored(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case halts(err):
			f.opts.Log.ErrorContext(ctx, "the consumer halts", "topic", f.opts.Topic, "partition", f.partition, "error", err)
			return err
		case errors.Is(err, ErrReload):
			wait = first // no alarm, but no spin either
		default:
			f.alarm.say(ctx, "delivering again from the stored offset", "topic", f.opts.Topic, "partition", f.partition, "error", err)
		}
		if moved {
			wait = first
		}
		if pause(ctx, wait) != nil {
			return nil
		}
		wait = min(2*wait, longest)
	}
}

// fromStored delivers from the stored offset on until something fails. moved says
// that at least one batch was applied.
func (f *follower) fromStored(ctx context.Context) (moved bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	start, err := f.opts.Start(ctx, f.partition)
	if err != nil {
		cancel()
		return false, fmt.Errorf("ask where partition %d starts: %w", f.partition, err)
	}
	ahead := newReadAhead(f.opts.ReadAhead)
	fetching := make(chan struct{})
	go func() {
		defer close(fetching)
		ahead.end(f.fetchInto(ctx, ahead, start))
	}()
	defer func() {
		cancel()
		<-fetching
	}()
	for {
		b, err := ahead.take(ctx, f.opts.MaxBatch)
		if err != nil {
			return moved, err
		}
		b.Partition = f.partition
		if err := f.opts.Handle(ctx, b); err != nil {
			f.redeliveries.Add(1)
			return moved, fmt.Errorf("apply partition %d up to %d: %w", f.partition, b.Next, err)
		}
		moved = true
		f.hint.applied(f.partition, b.Next)
	}
}

// fetchInto fetches from an offset on until ctx ends or the log cannot be read from
// where we are. All else is tried again: brokers restart, leaders move.
func (f *follower) fetchInto(ctx context.Context, ahead *readAhead, offset int64) error {
	limits := fetchLimits{wait: f.opts.MaxWait, bytes: f.opts.FetchSize}
	watch := watchdog{limit: f.opts.Stall, since: time.Now()}
	var beyondSince time.Time
	const first, longest = 20 * time.Millisecond, 250 * time.Millisecond
	wait := first
	for {
		if err := ahead.waitRoom(ctx); err != nil {
			return err
		}
		watch.waiting()
		asked := time.Now()
		got, err := f.wire.fetch(ctx, f.opts.Topic, f.partition, offset, limits)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case err == nil && got.start > offset:
			err = ErrGap{Topic: f.opts.Topic, Partition: f.partition, Want: offset, LogStart: got.start}
		case errors.Is(err, kafkago.OffsetOutOfRange):
			err = f.outOfRange(ctx, offset, &beyondSince)
		case errors.Is(err, kafkago.UnknownTopicOrPartition):
			// The metadata may lag behind, or the topic is gone for good.
			if _, gone := f.describe(ctx); halts(gone) {
				err = gone
			}
		}
		if halts(err) {
			return err
		}
		if err == nil {
			beyondSince = time.Time{}
			wait = first
			if got.next > offset {
				ahead.put(got)
				offset = got.next
				watch.progress()
				continue
			}
			if offset >= got.stable {
				watch.progress() // nothing to read is no stall
				if time.Since(asked) < limits.wait/10 {
					// A broker that does not wait, as for the end of a transaction.
					_ = pause(ctx, first)
				}
				continue
			}
			err = errors.New("the answer had no records although there are some")
		}
		f.alarm.say(ctx, "fetching again", "topic", f.opts.Topic, "partition", f.partition, "error", err)
		if watch.stalled() {
			f.rebuild(ctx, f.partition)
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, longest)
	}
}

// outOfRange tells what the broker's refusal of an offset means: nil when it may
// pass. The broker's own refusal does not say where its log starts and ends.
func (f *follower) outOfRange(ctx context.Context, offset int64, beyondSince *time.Time) error {
	if _, err := f.describe(ctx); err != nil {
		return err
	}
	starts, err := f.wire.offsetsOf(ctx, f.opts.Topic, []int{f.partition}, kafkago.FirstOffset)
	if err != nil {
		return err
	}
	ends, err := f.wire.offsetsOf(ctx, f.opts.Topic, []int{f.partition}, kafkago.LastOffset)
	if err != nil {
		return err
	}
	switch {
	case offset < starts[0]:
		return ErrGap{Topic: f.opts.Topic, Partition: f.partition, Want: offset, LogStart: starts[0]}
	case offset <= ends[0]:
		*beyondSince = time.Time{}
		return kafkago.OffsetOutOfRange // the log has moved meanwhile: fetch again
	}
	if beyondSince.IsZero() {
		*beyondSince = time.Now()
	}
	beyond := ErrBeyond{Topic: f.opts.Topic, Partition: f.partition, Want: offset, LogEnd: ends[0]}
	if time.Since(*beyondSince) >= f.opts.Beyond {
		return beyond
	}
	return errors.New(beyond.Error()) // its text: it does not halt yet
}

// watchdog notices that fetching gets nowhere. Time spent waiting for the handler
// does not count.
type watchdog struct {
	limit time.Duration
	since time.Time // of the last progress
	moved bool      // progress since waiting was called last
}

func (w *watchdog) progress() { w.moved = true }

// waiting is called when a fetch begins.
func (w *watchdog) waiting() {
	if w.moved {
		w.since, w.moved = time.Now(), false
	}
}

// stalled says so once, and then again after as long.
func (w *watchdog) stalled() bool {
	if w.moved || time.Since(w.since) < w.limit {
		return false
	}
	w.since = time.Now()
	return true
}

// alarm keeps an error that comes again and again from filling the log: it speaks
// at once and then every ten seconds, with the number of times it kept silent.
type alarm struct {
	log    *slog.Logger
	last   time.Time
	silent int
}

func newAlarm(log *slog.Logger) *alarm { return &alarm{log: log} }

func (a *alarm) say(ctx context.Context, message string, args ...any) {
	if time.Since(a.last) < 10*time.Second {
		a.silent++
		return
	}
	a.log.WarnContext(ctx, message, append(args, "silent_times", a.silent)...)
	a.last, a.silent = time.Now(), 0
}
