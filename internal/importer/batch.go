package importer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/tellonce/tellonce/internal/mapping"
)

// The bounds of a batch. Intake takes at most 1,000 events in a request; a batch of
// rows without events ends too, so that progress and mark move on.
const (
	batchEvents = 1000
	batchRows   = 20_000
)

// pending is an event that has to be sent.
type pending struct {
	event   mapping.Event
	table   string // its file, with its name in an archive
	line    int
	ordinal int64 // its place among the events of its file
	answer  answer
}

// batch is a stretch of whole rows, and what became of it.
type batch struct {
	file   int       // of Options.Files
	events []pending // without those that an earlier run has settled
	counts Counts    // without what is answered now
	broken []*mapping.RowError
	from   int64 // events of its file before it
	upto   int64 // events of its file up to its end
	read   int64 // bytes of all files up to its end
	end    bool  // its file's last
	done   chan struct{}
}

// reader maps the files into batches.
type reader struct {
	files []*file
	run   *mapping.Run
	marks []mark // as they were at the start
	give  func(*batch) error

	at      int // file
	ordinal int64
	before  int64 // bytes of the files before this
	open    *batch
}

// read gives all batches of all files, in order.
func (r *reader) read(ctx context.Context) error {
	for i, f := range r.files {
		r.at, r.ordinal = i, 0
		r.open = r.begin()
		err := f.each(ctx, func(table string, in io.Reader) error {
			return r.run.Read(ctx, table, in, func(row *mapping.Row) error { return r.row(table, row) })
		})
		if err != nil {
			// The whole rows before the fault count, and are sent.
			if given := r.flush(false); given != nil {
				return given
			}
			return err
		}
		if err := r.flush(true); err != nil {
			return err
		}
		r.before += f.size
	}
	return nil
}

func (r *reader) begin() *batch {
	return &batch{file: r.at, from: r.ordinal, done: make(chan struct{})}
}

func (r *reader) row(table string, row *mapping.Row) error {
	if len(r.open.events)+len(row.Events) > batchEvents || r.open.counts.Rows >= batchRows {
		if err := r.flush(false); err != nil {
			return err
		}
	}
	c := &r.open.counts
	c.Rows++
	switch {
	case row.Broken != nil:
		c.Broken++
		r.open.broken = append(r.open.broken, row.Broken)
	case row.Skipped != "":
		c.Skipped++
	default:
		c.Mapped++
	}
	for i := range row.Events {
		c.Events++
		if r.marks[r.at].settled(r.ordinal) {
			c.Duplicate++
		} else {
			r.open.events = append(r.open.events, pending{event: row.Events[i], table: table, line: row.Line, ordinal: r.ordinal})
		}
		r.ordinal++
	}
	return nil
}

func (r *reader) flush(end bool) error {
	b := r.open
	b.end, b.upto = end, r.ordinal
	f := r.files[r.at]
	b.read = r.before + min(f.read.Load(), f.size)
	if end {
		b.read = r.before + f.size
	}
	r.open = r.begin()
	return r.give(b)
}

// logDigests are the digests under which the marks of the files are kept: of the
// file alone, or, where the mapping looks at former rows, of the files before it too.
func logDigests(files []*file, remembers bool) [][sha256.Size]byte {
	digests := make([][sha256.Size]byte, len(files))
	for i, f := range files {
		digests[i] = f.digest
		if remembers && i > 0 {
			digests[i] = sha256.Sum256(fmt.Appendf(nil, "%x %x", digests[i-1], f.digest))
		}
	}
	return digests
}
