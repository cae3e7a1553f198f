package intake

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/projections"
)

const retracted = "event.retracted.v1"

// sift answers what is known already, before anything is named or sealed: the same
// content of the same revision is a duplicate, another content is refused. A lower
// revision that was never seen is history and is taken; it stands nowhere. Of one
// identity and revision within the request, the first counts.
//
// What is still on its way in the log is not known yet: it is published again, and
// the engine drops it.
func (in *Intake) sift(ctx context.Context, items []*item) error {
	known, err := projections.Known(ctx, in.db, identities(items))
	if err != nil {
		return err
	}
	here := make(map[domain.EventID][]*item, len(items))
	for _, it := range items {
		r := &it.record
		id := r.Identity()
		var same, other bool
		before, ok := known[id]
		if ok {
			same, other = before.Said(r.Revision, r.Digest)
		}
		for _, first := range here[id] {
			if first.record.Revision == r.Revision {
				same, other = same || first.record.Digest == r.Digest, other || first.record.Digest != r.Digest
				it.first = first
			}
		}
		switch {
		case same:
			it.answer.Outcome = Duplicate
		case other:
			it.refuse(Conflict.problem("/revision", "a revision above "+strconv.Itoa(max(r.Revision, before.Revision)),
				"Revision %d of this event is known with another content. To correct it send a higher revision; a new event needs an id of its own.", r.Revision))
		default:
			here[id] = append(here[id], it)
		}
	}
	for _, it := range items {
		if it.pending() && it.record.Type == retracted {
			fillRevision(it, known, here)
		}
	}
	return nil
}

// settle answers an event that this request said before as that one was answered: a
// duplicate of what was refused was refused.
func (it *item) settle() {
	if it.answer.Outcome == Duplicate && it.first != nil && it.first.answer.Outcome == Refused {
		it.refuse(it.first.answer.Problem)
	}
}

// identities are those of the events, and of what they retract.
func identities(items []*item) []domain.EventID {
	ids := make([]domain.EventID, 0, len(items))
	for _, it := range items {
		ids = append(ids, it.record.Identity())
		if it.record.Type == retracted {
			ids = append(ids, target(it))
		}
	}
	return ids
}

// target is what an event.retracted retracts.
func target(it *item) domain.EventID {
	return domain.IdentityOf(textAt(it.data, "source"), textAt(it.data, "id"))
}

// fillRevision gives a retraction that names no revision the highest known one of
// what it retracts, 0 where none is.
func fillRevision(it *item, known map[domain.EventID]projections.Seen, here map[domain.EventID][]*item) {
	if _, stated := it.data["revision"]; stated {
		return
	}
	highest := max(0, known[target(it)].Revision)
	for _, other := range here[target(it)] {
		highest = max(highest, other.record.Revision)
	}
	it.data["revision"] = json.Number(strconv.Itoa(highest))
}
