package intake

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/kafka"
	"github.com/tellonce/tellonce/internal/ring"
	"github.com/tellonce/tellonce/projections"
)

// Errors of Accept. In both cases nothing is known to be in the log, some of it may
// be, and sending everything again is right: what is there counts as duplicate.
var (
	ErrLogAway  = errors.New("the log does not acknowledge")
	ErrRingAway = errors.New("the ring does not answer")
)

// Ring names persons and seals; *ring.Ring is one.
type Ring interface {
	Name(ctx context.Context, ids []domain.Identifier) ([]domain.PersonID, error)
	KindOf(ctx context.Context, persons []domain.PersonID) ([]domain.Kind, error)
	ReferencePerson(source, subject string) domain.PersonID
	EventPerson(source, id string) domain.PersonID
	Digest(canonical []byte) [32]byte
	SealAll(ctx context.Context, events []ring.Sealing) ([][]domain.Sealed, error)
	Installation() string
}

// Log is where records go; *kafka.Writer is one. It returns once every message is
// acknowledged, with the position of each.
type Log interface {
	Write(ctx context.Context, messages []kafka.Message) ([]kafka.Position, error)
}

// Options of an Intake. A zero takes the default.
type Options struct {
	Region string           // ISO 3166, the customers' own, for telephone numbers without country code; "": none
	Wait   time.Duration    // how long ring and log may take for one request; 10 s
	Now    func() time.Time // intake's clock; the system's
	Logger *slog.Logger     // says nothing by default
	Access access.Settings  // what the operator says of who writes what
	// AskLog asks the log whether it would acknowledge, for Ready; what the last
	// request found where it is nil.
	AskLog func(context.Context) error
}

// Intake takes events: every door leads to its Accept. It is safe for use by many
// at once.
type Intake struct {
	ring   Ring
	db     projections.DB
	log    Log
	opts   Options
	gate   gate
	counts counts
}

// New is an intake that names in ring, asks the engine's tables in db what is known
// already, and writes to log.
func New(ring Ring, db projections.DB, log Log, opts Options) *Intake {
	if opts.Wait == 0 {
		opts.Wait = 10 * time.Second
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	return &Intake{ring: ring, db: db, log: log, opts: opts}
}
