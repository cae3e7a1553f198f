package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tellonce/tellonce/internal/mapping"
)

// Options says what to import, and where to.
type Options struct {
	To       string // intake's address: "http://127.0.0.1:8484"
	Token    string // of a publisher of Vendor
	Vendor   string
	Mapping  *mapping.Mapping
	Files    []string      // of one log, in its order
	Patience time.Duration // without any answer; 30 s where 0
	InFlight int           // requests at once; 4 where 0
	Zip      bool          // send requests as gzip
	Fresh    bool          // send also what an earlier run has had answered
	State    string        // folder of the marks; the user's own where ""
	Report   string        // file of JSON lines for broken rows and refused events; none where ""
	JSON     bool          // end with one line of Counts, and nothing else, on Out
	Out, Err io.Writer     // the result; progress and faults
}

// markEvery bounds what a killed run sends again without need.
const markEvery = time.Second

// Import posts the files. It returns what became of them, and nil where all of it
// was taken, *NotAll where some was not, *Stopped where it did not come to its end.
func Import(ctx context.Context, o Options) (Counts, error) {
	i, err := begin(ctx, &o)
	if err != nil {
		return Counts{}, err
	}
	err = i.run(ctx)
	if told := i.finish(err); err == nil {
		err = told
	}
	return i.counts, err
}

type importing struct {
	*Options
	files    []*file
	poster   *poster
	mapped   *mapping.Run
	marks    []*mark
	progress *progress
	report   *report
	began    time.Time

	counts Counts
	read   int64
	saved  time.Time

	window chan struct{} // a place for each batch that is read and not yet kept
	work   chan *batch   // to the senders
	order  chan *batch   // to the keeper, as read
}

// begin does what may fail before anything is read or sent.
func begin(ctx context.Context, o *Options) (*importing, error) {
	if o.Patience <= 0 {
		o.Patience = defaultPatience
	}
	if o.InFlight <= 0 {
		o.InFlight = defaultInFlight
	}
	i := &importing{Options: o, began: time.Now()}
	var err error
	if i.mapped, err = o.Mapping.NewRun(o.Vendor); err != nil {
		return nil, err
	}
	if i.poster, err = newPoster(o.To, o.Token); err != nil {
		return nil, err
	}
	i.poster.zip, i.poster.patience = o.Zip, o.Patience
	total := int64(0)
	for _, name := range o.Files {
		f, err := openFile(ctx, name)
		if err != nil {
			return nil, err
		}
		i.files = append(i.files, f)
		total += f.size
	}
	i.progress = newProgress(o.Err, total)
	i.poster.say = i.progress.line
	if i.report, err = newReport(o.Report, i.progress.line); err != nil {
		return nil, err
	}
	places := 4 * o.InFlight
	i.window, i.work, i.order = make(chan struct{}, places), make(chan *batch), make(chan *batch, places)
	return i, nil
}

func (i *importing) run(asked context.Context) error {
	if err := i.find(asked); err != nil {
		return i.stopped(asked, err)
	}
	all, ctx := errgroup.WithContext(asked)
	var unread error
	all.Go(func() error {
		defer close(i.order)
		defer close(i.work)
		r := &reader{files: i.files, run: i.mapped, give: func(b *batch) error { return i.give(ctx, b) }}
		for _, m := range i.marks {
			r.marks = append(r.marks, *m)
		}
		// What was read before a fault in the file is sent all the same.
		unread = r.read(ctx)
		return nil
	})
	for range i.InFlight {
		all.Go(func() error {
			for b := range i.work {
				if err := i.poster.post(ctx, b.events); err != nil {
					return err
				}
				close(b.done)
			}
			return nil
		})
	}
	all.Go(func() error { return i.keep(ctx) })
	err := all.Wait()
	// Of what was read behind the place where it stopped, answered batches count.
	for b := range i.order {
		select {
		case <-b.done:
			i.count(b)
		default:
		}
	}
	i.save(true)
	switch {
	case err != nil || asked.Err() != nil:
		return i.stopped(asked, err)
	case unread != nil:
		return &Stopped{Cause: unread}
	}
	return nil
}

// find asks intake whose it is, and looks up how far earlier runs have come.
func (i *importing) find(ctx context.Context) error {
	installation, err := i.poster.installation(ctx)
	if err != nil {
		return err
	}
	folder := i.State
	if folder == "" {
		if folder, err = markFolder(); err != nil {
			i.progress.line(err.Error() + "; a second run will send everything again")
		}
	}
	if installation == "" {
		i.progress.line("intake does not say whose it is, so no mark is kept; a second run will send everything again")
	}
	for at, digest := range logDigests(i.files, i.Mapping.Remembers()) {
		m := newMark(folder, installation, i.Vendor, i.Mapping.Digest(), digest, i.files[at].path)
		if !i.Fresh {
			if err := m.load(); err != nil {
				i.progress.line(err.Error() + "; everything is sent again")
			}
		}
		i.marks = append(i.marks, m)
	}
	return nil
}

// give hands a batch on, once there is a place for it.
func (i *importing) give(ctx context.Context, b *batch) error {
	select {
	case i.window <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	i.order <- b // it has as many places as the window
	if len(b.events) == 0 {
		close(b.done)
		return nil
	}
	select {
	case i.work <- b:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// keep takes the batches in order, each once it is answered.
func (i *importing) keep(ctx context.Context) error {
	for b := range i.order {
		select {
		case <-b.done:
		case <-ctx.Done():
			// An answer may have come just before.
			select {
			case <-b.done:
				i.count(b)
			default:
			}
			return context.Cause(ctx)
		}
		i.count(b)
		m := i.marks[b.file]
		m.move(b)
		i.save(b.end)
		i.read = b.read
		i.progress.at(i.read, i.counts.Rows)
		<-i.window
	}
	return nil
}

func (i *importing) count(b *batch) {
	for at := range b.broken {
		i.report.tell(faultOfRow(b.broken[at]))
	}
	for at := range b.events {
		e := &b.events[at]
		switch e.answer.Outcome {
		case acceptedOutcome:
			b.counts.Accepted++
		case duplicateOutcome:
			b.counts.Duplicate++
		case refusedOutcome:
			b.counts.Refused++
			i.report.tell(faultOfEvent(e))
		}
	}
	i.counts.add(b.counts)
}

// save keeps the marks, now and then, or now.
func (i *importing) save(now bool) {
	if !now && time.Since(i.saved) < markEvery {
		return
	}
	i.saved = time.Now()
	for _, m := range i.marks {
		if err := m.save(); err != nil {
			i.progress.line(err.Error() + "; a second run will send everything again")
			m.path = ""
		}
	}
}

func (i *importing) stopped(asked context.Context, err error) error {
	if asked.Err() != nil {
		err = errors.New("it was interrupted")
	}
	return &Stopped{Cause: err, Resume: i.resume()}
}

// finish writes the result.
func (i *importing) finish(stopped error) error {
	i.progress.end()
	err := i.report.close()
	c := i.counts
	var result strings.Builder
	if i.JSON {
		line, encoding := json.Marshal(c)
		err = errors.Join(err, encoding)
		fmt.Fprintf(&result, "%s\n", line)
	} else {
		passed := time.Since(i.began)
		fmt.Fprintf(&result, "%s rows: %s mapped, %s skipped, %s broken\n", number(c.Rows), number(c.Mapped), number(c.Skipped), number(c.Broken))
		fmt.Fprintf(&result, "%s events: %s accepted, %s duplicate, %s refused\n", number(c.Events), number(c.Accepted), number(c.Duplicate), number(c.Refused))
		fmt.Fprintf(&result, "in %v, %s rows/s\n", passed.Round(100*time.Millisecond), number(int(float64(c.Rows)/passed.Seconds())))
		if stopped == nil {
			tellCoverage(&result, &i.mapped.Coverage)
		}
	}
	if _, writing := io.WriteString(i.Out, result.String()); writing != nil {
		err = errors.Join(err, fmt.Errorf("write result: %w", writing))
	}
	if err == nil && c.Broken+c.Refused > 0 {
		return &NotAll{c}
	}
	return err
}
