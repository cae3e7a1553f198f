package projections

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// Seen is what the engine knows of an identity.
type Seen struct {
	Revision  int      // of the copy that wins; -1 where only retractions of it have come
	Digest    [32]byte // of that copy
	Retracted int      // revisions up to it do not stand; -1 where none is retracted
	// Others are the (revision, digest) that came beside the winner's.
	Others []Statement
}

// Statement is what a sender said of an identity: a revision of it and the digest
// of its content.
type Statement struct {
	Revision int
	Digest   [32]byte
}

// Said reports whether a copy of that revision was seen with this digest, and
// whether one was with another.
func (s *Seen) Said(revision int, digest [32]byte) (same, other bool) {
	look := func(r int, d [32]byte) {
		if r == revision {
			same, other = same || d == digest, other || d != digest
		}
	}
	look(s.Revision, s.Digest)
	for _, o := range s.Others {
		look(o.Revision, o.Digest)
	}
	return same, other
}

// Known is what the engine knows of the identities; one that it has never seen is
// not in the answer. What is still on its way in the log is not known.
func Known(ctx context.Context, db DB, identities []domain.EventID) (map[domain.EventID]Seen, error) {
	known := make(map[domain.EventID]Seen, len(identities))
	rows, err := db.Query(ctx, `SELECT s.identity, coalesce(s.revision, -1), s.digest, s.retracted, t.revision, t.digest
FROM engine.seen s LEFT JOIN engine.statement t USING (identity) WHERE s.identity = ANY($1)`, identities)
	if err != nil {
		return nil, fmt.Errorf("look up %d identities: %w", len(identities), err)
	}
	var (
		id                  domain.EventID
		revision, retracted int
		digest, otherDigest []byte
		other               *int
	)
	if _, err := pgx.ForEachRow(rows, []any{&id, &revision, &digest, &retracted, &other, &otherDigest}, func() error {
		s, ok := known[id]
		if !ok {
			s = Seen{Revision: revision, Retracted: retracted}
			copy(s.Digest[:], digest)
		}
		if other != nil {
			o := Statement{Revision: *other}
			copy(o.Digest[:], otherDigest)
			if o.Revision != s.Revision || o.Digest != s.Digest {
				s.Others = append(s.Others, o)
			}
		}
		known[id] = s
		return nil
	}); err != nil {
		return nil, fmt.Errorf("look up %d identities: %w", len(identities), err)
	}
	return known, nil
}
