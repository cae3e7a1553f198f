package schema

// A connection's pages (Relay, Cursor Connections): opaque cursors that are the key
// of the entry they stand at, so that a page is found by its key at any depth and no
// entry is shown twice or missed while others are inserted.

const (
	maxPage     = 500
	defaultPage = 20
)

// page is which part of a connection is asked for.
type page struct {
	size     int
	backward bool // last: from the end
	after    string
	before   string
}

// pageLength is how many entries a connection's arguments ask for.
func pageLength(args arguments) int {
	if n, ok := args["first"].(int); ok {
		return n
	}
	if n, ok := args["last"].(int); ok {
		return n
	}
	return defaultPage
}

// pageOf reads a connection's arguments.
func pageOf(args arguments) (page, error) {
	first, hasFirst := args["first"].(int)
	last, hasLast := args["last"].(int)
	p := page{size: defaultPage, after: args.text("after"), before: args.text("before")}
	switch {
	case hasFirst && hasLast:
		return p, refuse(CodeInvalidArgument, "first and last stand together: ask for one of them")
	case hasFirst:
		p.size = first
	case hasLast:
		p.size, p.backward = last, true
	}
	if p.size < 0 || p.size > maxPage {
		return p, refuse(CodeInvalidArgument, "%d entries are asked for: ask for 0 to %d", p.size, maxPage)
	}
	return p, nil
}

// pageInfo is a page's place in its connection.
type pageInfo struct {
	next, previous bool
	start, end     string // cursors; "" where the page is empty
}

// cut is the page of what was read with one entry more than asked for, in the
// order of reading; it comes back in the order of the connection.
func cut[R any](p page, rows []R, cursor func(R) string) ([]R, pageInfo) {
	more := len(rows) > p.size
	if more {
		rows = rows[:p.size]
	}
	info := pageInfo{next: more, previous: p.after != ""}
	if p.backward {
		info = pageInfo{next: p.before != "", previous: more}
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
	}
	if len(rows) > 0 {
		info.start, info.end = cursor(rows[0]), cursor(rows[len(rows)-1])
	}
	return rows, info
}
