package intake

import (
	"context"
	"errors"
	"fmt"
)

// Ready is what intake waits for, an ErrRingAway or an ErrLogAway each; nothing where
// it takes events.
func (in *Intake) Ready(ctx context.Context) []error {
	var waits []error
	if err := in.askRing(ctx); err != nil {
		waits = append(waits, fmt.Errorf("%w: %w", ErrRingAway, err))
	}
	if in.opts.AskLog != nil {
		if err := in.opts.AskLog(ctx); err != nil {
			waits = append(waits, fmt.Errorf("%w: %w", ErrLogAway, err))
		}
	} else if err := in.gate.waitsFor(); errors.Is(err, ErrLogAway) {
		waits = append(waits, err)
	}
	return waits
}

// askRing asks the database for the tables that intake needs.
func (in *Intake) askRing(ctx context.Context) error {
	rows, err := in.db.Query(ctx, "SELECT FROM ring.installation, engine.seen LIMIT 1")
	if err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}
