package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/kafka"
	"github.com/tellonce/tellonce/projections"
)

// Accept takes a batch of events from a viewer, whatever door they came by, and
// returns once the log has acknowledged all that it took: an answer for each, in
// their order, and the token by which a read sees them, empty where nothing was
// written.
//
// ErrRingAway and ErrLogAway concern all of the batch: send it again. It waits for
// either no longer than Options.Wait.
func (in *Intake) Accept(ctx context.Context, viewer access.Viewer, batch []Candidate) ([]Answer, projections.After, error) {
	now := in.opts.Now().UTC().Truncate(time.Microsecond)
	items := make([]item, len(batch))
	checks := checks{Intake: in, viewer: viewer, now: now}
	for i := range batch {
		checks.check(&batch[i], &items[i])
	}
	ctx, cancel := context.WithTimeout(ctx, in.opts.Wait)
	defer cancel()
	after, err := in.publish(ctx, pendingOf(items))
	if err != nil {
		in.counts.away.Add(1)
		return nil, nil, err
	}
	answers := make([]Answer, len(items))
	for i := range items {
		items[i].settle()
		answers[i] = items[i].answer
	}
	in.counts.add(answers)
	return answers, after, nil
}

// publish takes what passed its checks through ring and log.
func (in *Intake) publish(ctx context.Context, items []*item) (projections.After, error) {
	if len(items) == 0 {
		return nil, nil
	}
	pass, err := in.gate.enter()
	if err != nil {
		return nil, err
	}
	after, err := in.toLog(ctx, items)
	pass.leave(err, len(after) > 0)
	return after, err
}

func (in *Intake) toLog(ctx context.Context, items []*item) (projections.After, error) {
	if err := in.sift(ctx, items); err != nil {
		return nil, away(ErrRingAway, err)
	}
	items = pending(items)
	for _, it := range items {
		in.take(it)
	}
	items = pending(items)
	if err := in.name(ctx, items); err != nil {
		return nil, away(ErrRingAway, err)
	}
	items = pending(items)
	if err := in.seal(ctx, items); err != nil {
		return nil, away(ErrRingAway, err)
	}
	messages := make([]kafka.Message, len(items))
	var data []byte
	for i, it := range items {
		data = appendObject(data[:0], it.data)
		value := domain.AppendRecord(make([]byte, 0, 1024), &it.record, data)
		messages[i] = kafka.Message{Key: []byte(it.record.Person.String()), Value: value}
	}
	if len(messages) == 0 {
		return nil, nil
	}
	positions, err := in.log.Write(ctx, messages)
	if err != nil {
		var unacknowledged kafka.ErrAway
		if errors.As(err, &unacknowledged) {
			err = unacknowledged.Cause // the same in its words
		}
		return nil, away(ErrLogAway, err)
	}
	after := make(projections.After, len(positions))
	for i, p := range positions {
		after[i] = projections.Position(p)
		items[i].answer.Outcome = Accepted
	}
	return after, nil
}

func pendingOf(items []item) []*item {
	out := make([]*item, 0, len(items))
	for i := range items {
		if items[i].pending() {
			out = append(out, &items[i])
		}
	}
	return out
}

func pending(items []*item) []*item {
	out := items[:0]
	for _, it := range items {
		if it.pending() {
			out = append(out, it)
		}
	}
	return out
}

// away marks an error as what can be waited for, unless nobody waits any more.
func away(what, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: %w", what, err)
}
