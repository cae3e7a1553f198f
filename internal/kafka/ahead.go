package kafka

import (
	"context"
	"sync"
)

// readAhead holds what was fetched while the handler was at work: bounded by bytes
// for the one who puts, by records for the one who takes. The error of the one who
// puts comes after all that was put before it.
type readAhead struct {
	limit int // bytes; one answer may go over

	mu     sync.Mutex
	chunks []fetched
	bytes  int
	err    error
	filled chan struct{} // 1: something was put since the last look
	room   chan struct{} // 1: something was taken since the last look
}

func newReadAhead(limit int) *readAhead {
	return &readAhead{limit: limit, filled: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// waitRoom returns once less than the limit is held.
func (a *readAhead) waitRoom(ctx context.Context) error {
	for {
		a.mu.Lock()
		full := a.bytes >= a.limit
		a.mu.Unlock()
		if !full {
			return nil
		}
		// room holds a token if anything was taken after the look above.
		select {
		case <-a.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (a *readAhead) put(f fetched) {
	a.mu.Lock()
	a.chunks = append(a.chunks, f)
	a.bytes += f.size
	a.mu.Unlock()
	signal(a.filled)
}

func (a *readAhead) end(err error) {
	a.mu.Lock()
	a.err = err
	a.mu.Unlock()
	signal(a.filled)
}

// take waits for something and returns what is there, most records at the most.
// What goes over stays for the next take.
func (a *readAhead) take(ctx context.Context, most int) (Batch, error) {
	for {
		a.mu.Lock()
		if len(a.chunks) > 0 {
			b := a.collect(most)
			a.mu.Unlock()
			signal(a.room)
			return b, nil
		}
		err := a.err
		a.mu.Unlock()
		if err != nil {
			return Batch{}, err
		}
		select {
		case <-a.filled:
		case <-ctx.Done():
			return Batch{}, ctx.Err()
		}
	}
}

// collect needs the lock.
func (a *readAhead) collect(most int) Batch {
	var b Batch
	for len(a.chunks) > 0 {
		f := &a.chunks[0]
		b.End = f.end
		if fits := most - len(b.Records); len(f.records) > fits {
			if fits > 0 {
				b.Records = append(b.Records, f.records[:fits]...)
				b.Next = f.records[fits-1].Offset + 1
				f.records = f.records[fits:]
			}
			return b
		}
		if b.Records == nil {
			b.Records = f.records // the usual case copies nothing
		} else {
			b.Records = append(b.Records, f.records...)
		}
		b.Next = f.next
		a.bytes -= f.size
		a.chunks[0] = fetched{}
		a.chunks = a.chunks[1:]
	}
	return b
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
