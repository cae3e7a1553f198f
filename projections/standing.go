package projections

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"time"

	"github.com/tellonce/tellonce/domain"
)

// wording is one copy of an event as the contest between copies sees it.
type wording struct {
	revision   int
	recorded   time.Time
	digest     [32]byte
	sha        [32]byte // of the record's bytes
	person     domain.PersonID
	retraction bool // it is an event.retracted
}

func wordingOf(r *domain.Recorded) wording {
	_, retraction := r.Event.(*domain.EventRetracted)
	return wording{
		revision: r.Revision, recorded: r.RecordedTime, digest: r.Digest, sha: sha256.Sum256(r.Raw),
		person: r.Person, retraction: retraction,
	}
}

// compare is 0 for equal copies and negative where w wins over v: the higher
// revision, then the earlier recorded, then the smaller digest, then the smaller
// bytes by their SHA-256. Arrival never counts.
func (w *wording) compare(v *wording) int {
	return cmp.Or(
		cmp.Compare(v.revision, w.revision),
		w.recorded.Compare(v.recorded),
		bytes.Compare(w.digest[:], v.digest[:]),
		bytes.Compare(w.sha[:], v.sha[:]),
	)
}

// verdict is all that decides whether an identity stands, and with which copy. It is
// the same whatever the order in which copies and retractions are taken: of copies
// it keeps the least by compare, of retractions the highest revision.
type verdict struct {
	winner      *wording       // nil where only retractions of it have come
	retracted   int            // revisions up to it do not stand; -1
	retractedBy domain.EventID // of the retractions that say so, the smallest identity
}

func newVerdict() verdict { return verdict{retracted: -1} }

// take takes a copy and reports whether it is the winner now, where it was not.
func (v *verdict) take(w *wording, broken *broken) bool {
	if v.winner != nil {
		c := w.compare(v.winner)
		if broken.tieByOffset && w.revision == v.winner.revision {
			c = 1
		}
		if c >= 0 {
			return false
		}
	}
	v.winner = w
	return true
}

// retract takes a retraction. Every copy of one counts, standing or not, whatever
// its own revision: what was once taken back is not restored by a correction of the
// taking back, only by a higher revision of the event itself.
func (v *verdict) retract(revision int, by domain.EventID) {
	if revision > v.retracted || revision == v.retracted && by.Compare(v.retractedBy) < 0 {
		v.retracted, v.retractedBy = revision, by
	}
}

// standing is the copy that stands, nil where none does. It is the one function that
// decides this, for live batches, rebuilds and verification alike. A retraction
// cannot be retracted. The horizon of the event's type and customer, once
// retention.applied moves any, is one more condition here.
func (v *verdict) standing() *wording {
	if v.winner == nil || !v.winner.retraction && v.winner.revision <= v.retracted {
		return nil
	}
	return v.winner
}

// retractionOf is what the record takes back, if it is a retraction.
func retractionOf(r *domain.Recorded) (target domain.EventID, revision int, ok bool) {
	e, ok := r.Event.(*domain.EventRetracted)
	if !ok {
		return target, 0, false
	}
	if e.Revision != nil {
		revision = *e.Revision
	}
	source := e.Source
	if source == "" {
		source = r.Source
	}
	return domain.IdentityOf(source, e.ID), revision, true
}
