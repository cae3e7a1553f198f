package projections

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

// Offsets of a topic say nothing of another one that was given its name, also where
// the engine had applied nothing yet when the first was bound.
func TestATopicMadeAnewIsRefused(t *testing.T) {
	pool, err := pgxpool.New(t.Context(), embeddedtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	first := New(pool, Options{})
	if err := first.Bind(t.Context(), "log", "id-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Start(t.Context(), "log", 0); err != nil {
		t.Fatal(err)
	}
	if err := New(pool, Options{}).Bind(t.Context(), "log", "id-2"); !errors.Is(err, ErrAnotherTopic) {
		t.Errorf("binding another topic of the name: %v, want ErrAnotherTopic", err)
	}
	if err := New(pool, Options{}).Bind(t.Context(), "log", "id-1"); err != nil {
		t.Errorf("binding the same topic again: %v", err)
	}
}
