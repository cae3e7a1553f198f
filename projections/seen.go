package projections

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/domain"
)

// The first of two passes over engine.seen makes rows of identities that have none,
// the second locks those that were there. Both go by identity; nobody in the second
// waits for who is in the first, whose rows it does not see.
const (
	makeSeen = `INSERT INTO engine.seen (identity, revision, recorded, digest, sha, person, retraction, retracted, retracted_by)
SELECT identity, CASE WHEN there THEN revision END, CASE WHEN there THEN recorded END, CASE WHEN there THEN digest END, CASE WHEN there THEN sha END,
  CASE WHEN there THEN person END, retraction, retracted, CASE WHEN retracted >= 0 THEN retracted_by END
FROM unnest($1::uuid[], $2::bool[], $3::int4[], $4::timestamptz[], $5::bytea[], $6::bytea[], $7::uuid[], $8::bool[], $9::int4[], $10::uuid[])
  u(identity, there, revision, recorded, digest, sha, person, retraction, retracted, retracted_by)
ON CONFLICT DO NOTHING RETURNING identity`

	lockSeen = `SELECT identity, revision, recorded, digest, sha, person, retraction, retracted, retracted_by
FROM engine.seen WHERE identity = ANY($1) ORDER BY identity FOR UPDATE`

	updateSeen = `UPDATE engine.seen s SET revision = CASE WHEN there THEN u.revision END, recorded = CASE WHEN there THEN u.recorded END,
  digest = CASE WHEN there THEN u.digest END, sha = CASE WHEN there THEN u.sha END, person = CASE WHEN there THEN u.person END,
  retraction = u.retraction, retracted = u.retracted, retracted_by = CASE WHEN u.retracted >= 0 THEN u.retracted_by END
FROM unnest($1::uuid[], $2::bool[], $3::int4[], $4::timestamptz[], $5::bytea[], $6::bytea[], $7::uuid[], $8::bool[], $9::int4[], $10::uuid[])
  u(identity, there, revision, recorded, digest, sha, person, retraction, retracted, retracted_by)
WHERE s.identity = u.identity`

	makeStatements = `INSERT INTO engine.statement (identity, revision, digest)
SELECT * FROM unnest($1::uuid[], $2::int4[], $3::bytea[]) ON CONFLICT DO NOTHING RETURNING identity, revision`

	contradictions = `SELECT identity, revision, count(*) FROM engine.statement
WHERE (identity, revision) IN (SELECT * FROM unnest($1::uuid[], $2::int4[])) GROUP BY identity, revision HAVING count(*) > 1`
)

// verdictColumns are the arrays that makeSeen and updateSeen take.
func verdictColumns(identities []domain.EventID, verdict func(domain.EventID) *verdict) []any {
	n := len(identities)
	there, retraction := make([]bool, n), make([]bool, n)
	revision, retracted := make([]int32, n), make([]int32, n)
	recorded, digest, sha := make([]time.Time, n), make([][]byte, n), make([][]byte, n)
	person, by := make([]domain.PersonID, n), make([]domain.EventID, n)
	for i, identity := range identities {
		v := verdict(identity)
		retracted[i], by[i] = int32(v.retracted), v.retractedBy
		if w := v.winner; w != nil {
			there[i], retraction[i], revision[i], recorded[i] = true, w.retraction, int32(w.revision), w.recorded
			digest[i], sha[i], person[i] = w.digest[:], w.sha[:], w.person
		}
	}
	return []any{identities, there, revision, recorded, digest, sha, person, retraction, retracted, by}
}

// judge takes the batch's copies and retractions into engine.seen, rows locked, and
// finds what stands otherwise than before. fresh are the identities whose rows this
// transaction made.
func (r *run) judge(ctx context.Context, fresh map[domain.EventID]bool) error {
	arrivals := r.work.read.arrivals
	var met []domain.EventID
	for _, identity := range r.work.read.identities {
		if !fresh[identity] {
			met = append(met, identity)
			continue
		}
		a := arrivals[identity]
		r.stated(identity, nil, a)
		if a.standing() != nil {
			r.changes = append(r.changes, change{identity: identity, new: standingEventOf(a.record)})
		}
	}
	if len(met) == 0 {
		return nil
	}
	rows, err := r.tx.Query(ctx, lockSeen, met)
	if err != nil {
		return fmt.Errorf("lock seen: %w", err)
	}
	var fallen []domain.EventID
	if _, err := pgx.ForEachRow(rows, r.verdictRow.targets(), func() error {
		identity, before := r.verdictRow.verdict()
		if r.rejudge(identity, before, arrivals[identity]) {
			fallen = append(fallen, identity)
		}
		return nil
	}); err != nil {
		return fmt.Errorf("lock seen: %w", err)
	}
	return r.findFallen(ctx, fallen)
}

// rejudge takes an arrival into what was known of its identity, and reports whether
// the copy that stood stands no longer.
func (r *run) rejudge(identity domain.EventID, before verdict, a *arrival) (fell bool) {
	after := before
	won := a.winner != nil && after.take(a.winner, &r.e.broken)
	if a.retracted >= 0 {
		after.retract(a.retracted, a.retractedBy)
	}
	r.stated(identity, before.winner, a)
	if !won && after.retracted == before.retracted && after.retractedBy == before.retractedBy {
		return false
	}
	r.judged = append(r.judged, identity)
	r.verdicts[identity] = &after
	stood, stands := before.standing() != nil, after.standing() != nil
	fell = stood && (!stands || won)
	if fell || !stood && stands {
		c := change{identity: identity}
		// Nothing but a copy that wins makes an identity stand.
		if stands {
			c.new = standingEventOf(a.record)
		}
		r.changes = append(r.changes, c)
	}
	return fell
}

// findFallen reads the records that stood of the identities.
func (r *run) findFallen(ctx context.Context, fallen []domain.EventID) error {
	if len(fallen) == 0 {
		return nil
	}
	old := map[domain.EventID]*standingEvent{}
	if err := readTimeline(ctx, r.tx, r.sql.timelineOfIdentities, fallen, func(_ domain.PersonID, e lived) error {
		old[e.Identity()] = &standingEvent{e, FactOf(e.Recorded)}
		return nil
	}); err != nil {
		return err
	}
	for i := range r.changes {
		r.changes[i].old = old[r.changes[i].identity]
	}
	for _, identity := range fallen {
		if old[identity] == nil {
			return fmt.Errorf("take event %s out of the timeline: it is not there", identity)
		}
	}
	return nil
}

// stated notes what was said of an identity once that is more than one thing.
func (r *run) stated(identity domain.EventID, known *wording, a *arrival) {
	said := a.statements
	if known != nil {
		if s := (Statement{known.revision, known.digest}); !slices.Contains(said, s) {
			said = append(slices.Clone(said), s)
		}
	}
	if len(said) < 2 {
		return
	}
	for _, s := range said {
		r.said.identities = append(r.said.identities, identity)
		r.said.revisions = append(r.said.revisions, int32(s.Revision))
		r.said.digests = append(r.said.digests, s.Digest[:])
	}
}

// said are rows for engine.statement.
type said struct {
	identities []domain.EventID
	revisions  []int32
	digests    [][]byte
}

// contradicted writes what was said and finds which revisions it contradicts.
func (r *run) contradicted(ctx context.Context) error {
	if len(r.said.identities) == 0 {
		return nil
	}
	rows, err := r.tx.Query(ctx, makeStatements, r.said.identities, r.said.revisions, r.said.digests)
	identities, revisions, err := identitiesAndRevisions(rows, err)
	if err != nil || len(identities) == 0 {
		return err
	}
	rows, err = r.tx.Query(ctx, contradictions, identities, revisions)
	if err != nil {
		return fmt.Errorf("look for contradictions: %w", err)
	}
	var c contradiction
	if _, err := pgx.ForEachRow(rows, []any{&c.identity, &c.revision, &c.contents}, func() error {
		r.conflicts = append(r.conflicts, c)
		return nil
	}); err != nil {
		return fmt.Errorf("look for contradictions: %w", err)
	}
	return nil
}

// contradiction is a revision with more than one content.
type contradiction struct {
	identity           domain.EventID
	revision, contents int
}

func identitiesAndRevisions(rows pgx.Rows, err error) (identities []domain.EventID, revisions []int32, _ error) {
	if err != nil {
		return nil, nil, fmt.Errorf("write statements: %w", err)
	}
	var identity domain.EventID
	var revision int32
	if _, err := pgx.ForEachRow(rows, []any{&identity, &revision}, func() error {
		identities, revisions = append(identities, identity), append(revisions, revision)
		return nil
	}); err != nil {
		return nil, nil, fmt.Errorf("write statements: %w", err)
	}
	return identities, revisions, nil
}

// verdictRow scans a row of engine.seen.
type verdictRow struct {
	identity    domain.EventID
	revision    *int
	recorded    *time.Time
	digest, sha []byte
	person      *domain.PersonID
	retraction  bool
	retracted   int
	by          *domain.EventID
}

func (v *verdictRow) targets() []any {
	return []any{&v.identity, &v.revision, &v.recorded, &v.digest, &v.sha, &v.person, &v.retraction, &v.retracted, &v.by}
}

func (v *verdictRow) verdict() (domain.EventID, verdict) {
	known := verdict{retracted: v.retracted}
	if v.by != nil {
		known.retractedBy = *v.by
	}
	if v.revision != nil {
		known.winner = &wording{revision: *v.revision, recorded: v.recorded.UTC(), person: orZero(v.person), retraction: v.retraction}
		copy(known.winner.digest[:], v.digest)
		copy(known.winner.sha[:], v.sha)
	}
	return v.identity, known
}
