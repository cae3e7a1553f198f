// Package mapping turns the records of a vendor's tool into events, as a YAML file
// says: no code of ours for a tool of theirs.
//
// # The tour
//
// Parse (mapping.go) compiles a file: document.go is its YAML form, strict, with the
// place of every text, so that a mistake is a DocumentError with line, column and
// path (fault.go). A Mapping.NewRun then reads the files of one log: rows.go takes
// rows from CSV or JSON lines, columns.go reads their columns (times.go: layouts and
// zones; codes.go: tables of codes), event.go makes the events, coverage.go counts
// what the mapping could not make the best of. A Run remembers the last row of each
// key, for tools that export states and not changes.
//
// Expressions are jq. gojq runs them (jq.go), in bounded time, without clock,
// environment or input: the same file gives the same events on every run and
// machine. As gojq takes microseconds for the simplest of them, plain.go runs the
// plain ones as Go functions; a property test holds the two together. A dot is an
// object of the row's columns; what variables there are is in scope.go.
//
// # The grammar of a mapping
//
//	system: servicenow       the tool; events are from /vendors/<vendor>/<system>,
//	                         and the vendor is said when the mapping is used
//	input:
//	  format: csv            csv or jsonl (one JSON object a line)
//	  encoding: utf-8        or cp1252; a byte order mark is passed over
//	  delimiter: ","         csv; '\t' for a tab
//	  header: true           csv; false: columns are named by position
//	  nulls: ["?"]           texts that stand for nothing; an empty text where not said
//	times:
//	  layout: d/M/yyyy HH:mm one or a list: yyyy yy MMMM MMM MM M dd d EEEE EEE HH H hh h
//	                         mm m ss s SSS a XXX XX X, other text as it is, letters in
//	                         '…'; or iso8601 (where not said), unix, unix-milliseconds
//	  zone: Europe/Paris     the zone in which times without an offset are told
//	  doubled: first         which is meant of an hour that stood twice: first, second, refuse
//	  missing: forward       an hour that never was: forward (02:30 becomes 03:30), refuse
//	columns:                 what is read, under names of the mapping's own
//	  number: number         short for {name: number}
//	  reason:
//	    name: category       csv: the header; jsonl: a member of the row
//	    occurrence: 2        csv: which one, where the header stands several times
//	    position: 18         csv: instead of a name, from 1
//	    path: .a.b           jsonl: instead of a name, a jq expression on the row
//	    as: text             text (csv, where not said), integer, number, boolean, time;
//	                         jsonl: as it stands there, where not said
//	    nulls: []            instead of those of input
//	    codes: reasons       a table below
//	    layout: …  zone: …   of a time, instead of those of times
//	row:
//	  time: updated          a column: when the row was written. Dates after it are counted
//	  key: number            a column: $previous is the row before with the same value
//	  previous: [state]      the columns that are kept for it, in memory, one entry a key
//	skip:                    rows that are left out, each with its reason
//	  - {when: .number == null, reason: a row without a number}
//	codes:                   tables; ~ is nothing
//	  reasons:
//	    map: {"174": internet.slow.wifi, "9": ~}
//	    otherwise: vendor    <vendor>:<code>; or keep, drop (nothing), refuse (the row is broken)
//	define:                  expressions under a name, in order; $name from there on
//	  first: $previous == null
//	events:                  each gives an event, or none, for each row
//	  - type: ticket.opened.v1
//	    each: .legs[]        an event for each value, $each, at most 1,000
//	    when: $first         where it does not hold, no event
//	    id: '"\(.number)/opened"'
//	    subject: .number
//	    time: .opened
//	    sequence: .mod
//	    revision: .version
//	    data: '{customer: {account: .caller}}'
//
// Everything under define, skip.when, columns.path and events, but the type, is an
// expression; type, id and time are needed. Variables are $vendor, $source,
// $previous (null for the first row of a key), $each and the definitions. In data a
// member that is null, or an object that holds nothing, is left out. An id or
// subject in which a null would stand as text breaks the row.
//
// A row gives events, or it is skipped (by a rule, or because no condition holds),
// or it is broken: then none of its events is made, and the error names its line
// and the expression.
package mapping
