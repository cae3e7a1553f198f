package importer

// Counts is what became of an import: Rows = Mapped + Skipped + Broken, and
// Events = Accepted + Duplicate + Refused.
type Counts struct {
	Rows      int `json:"rows"`
	Mapped    int `json:"mapped"`
	Skipped   int `json:"skipped"`
	Broken    int `json:"broken"`
	Events    int `json:"events"`
	Accepted  int `json:"accepted"`
	Duplicate int `json:"duplicate"` // answered so now, or answered in an earlier run
	Refused   int `json:"refused"`
}

func (c *Counts) add(d Counts) {
	c.Rows += d.Rows
	c.Mapped += d.Mapped
	c.Skipped += d.Skipped
	c.Broken += d.Broken
	c.Events += d.Events
	c.Accepted += d.Accepted
	c.Duplicate += d.Duplicate
	c.Refused += d.Refused
}

// Stopped is an import that did not come to its end. What was answered counts, and
// the next run goes on from there.
type Stopped struct {
	Cause  error
	Resume string // the command line that goes on
}

func (s *Stopped) Error() string {
	if s.Resume == "" {
		return "stopped: " + s.Cause.Error()
	}
	return "stopped: " + s.Cause.Error() + "\nGo on with:\n  " + s.Resume
}

func (s *Stopped) Unwrap() error { return s.Cause }

// ExitCode is 1.
func (s *Stopped) ExitCode() int { return 1 }

// NotAll is an import that came to its end, and not all of it was taken.
type NotAll struct{ Counts Counts }

func (n *NotAll) Error() string {
	return number(n.Counts.Broken) + " rows are broken and " + number(n.Counts.Refused) + " events were refused"
}

// ExitCode is 2.
func (n *NotAll) ExitCode() int { return 2 }
