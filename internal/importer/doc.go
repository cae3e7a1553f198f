// Package importer posts a vendor's export to a running intake, through a mapping,
// and says what would become of one without sending anything.
//
// # The tour
//
// Import (import.go) is a pipeline: one reader takes the rows of the files (files.go:
// plain, in a zip or a gzip), has them mapped and cuts them into batches (batch.go)
// of whole rows; several senders post these (post.go), each trying again for as long
// as anything answers; one keeper takes the answered batches in the order of the
// file, counts them, tells what was refused (report.go), shows how far it is
// (progress.go) and moves the mark (mark.go). Check (check.go) is mapping, with
// nothing behind it.
//
// # Nothing is lost, nothing stands twice
//
// A batch counts once intake has answered for each of its events. A request that
// fails in between, also one whose answer was cut off, is sent again as it was: what
// had come through is answered as a duplicate. The mark says how many of a file's
// events have been answered without a gap, and which of these were refused; it
// moves only over a prefix, so whatever happens to the process, the next run sends
// the rest and what was refused, and counts the others as duplicates without
// sending them. The rows before the mark are mapped all the same: those after it
// may need the former row of their key.
//
// Nothing of the mark is believed by another installation, another mapping, another
// vendor or another file: these are its key. A mapping that looks at former rows
// reads several files as one log, so there the files before are in the key too.
//
// # What it ends with
//
// Rows are mapped, skipped or broken, events accepted, duplicate or refused, and
// both sums hold also for a run that stopped: it counts whole answered batches.
// ExitCode of an error is 1 where the run stopped, 2 where it went to the end and
// something was refused or broken.
package importer
