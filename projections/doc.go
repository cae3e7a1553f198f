// Package projections turns the log into what can be queried. Every table of the
// schemas engine and read can be thrown away and folded again from the log.
//
// # What the engine decides
//
// [Engine.Apply] takes the messages of one partition, as many as are there, and
// commits everything that they change with the checkpoint, in one transaction:
//
//	batch.go      records are read, duplicates within the batch put together
//	seen.go       which copy of each identity wins, and so what stands (standing.go)
//	plan*.go      who belongs to whom (belonging.go says the same in plain Go)
//	run.go        locks, and planning again behind them
//	write.go      rows of what stands, persons, links
//	folding.go    every fold of every customer that is touched, forward or again
//
// The order of arrival decides nothing. A verdict is the least of the copies and the
// highest of the retractions; belonging is a function of the set of standing facts; a
// fold sees a life in life order. So any shuffle of the log, in any batches, over any
// partitions, comes to the same rows, byte for byte. law_test.go is that sentence as
// a test, with the parts of the engine switched off that it must miss.
//
// A projection never skips. A record that this version cannot read is kept in
// engine.unreadable with the reason, logged and counted, in the transaction that
// passes it. A fold that panics is an error of the batch, which goes no further.
//
// # Belonging
//
// A standing event gives a [Fact]. Facts make links: strong persons that stand
// together, weak ones seen with stronger ones. Links are counted, so that one that
// another event still says holds when an event falls. Of a reference the engine keeps
// what its events name (naming.go); the weak persons of a reference are linked with
// the strong one that its own naming says, once a reference. An issued id names and
// never links.
//
// Persons are then settled kind by kind, for a kind depends only on stronger ones:
// strong persons by what they stand together with; e-mails, phones and devices by
// the one customer that they were seen with; references last, each by following whom
// it leans on. Only what changed is settled, and who depends on somebody who moved.
// Of a weak person two customers are enough to know that it is shared; who was seen
// with thousands costs no more than who was seen with three.
//
// A weak person that is shared lends nothing: a call that named nobody but it is a
// customer of its own. Such a person's candidates are the customers of the persons
// it is linked with; migrations/0002_engine.sql has the statement.
//
// Everybody settled has a root: the smallest strong person, or whom the others lean
// on. The customer's id is the root where it is strong, else the smallest person.
// A person is in engine.person as long as a standing event needs it there, and each
// customer of engine.customer has one at least.
//
// # Locks
//
// In this order, each kind sorted by bytes:
//
//	checkpoint    the fence; a batch that finds it elsewhere is ErrFenced
//	seen          the batch's identities, and those that it retracts
//	new persons   by making them: who would make the same waits
//	customers     all that the plan touches; FOR UPDATE
//	rows          of any table: they belong to a locked customer, or to a locked identity
//
// The keys of folds by key come between customers and rows. A customer's lock guards
// its persons, their links and facts, its states and rows. A plan is first made
// without any lock, to know which locks it needs; each customer carries the number
// of the transaction that last wrote it, and a plan is written only if all that it
// touches is locked and as it was when the plan first read it. Otherwise it is made
// again behind the locks. What must be locked:
//
//   - the customer of every person that is settled, before and after;
//   - of a link whose count changes, the stronger person's; of one that appears or
//     vanishes, both. So counting one more sighting of a telephone that a thousand
//     customers share locks nothing of the telephone's.
//   - of a reference that leans on another person than before, both persons'.
//
// Some interleavings. T1 settles the telephone P, seen with A, and reads where A
// belongs without locking A. T2 moves A to another customer. T2 must settle who was
// seen with A, and so lock P's customer: if T1 has it, T2 waits, then finds P's
// customer written since it planned, and plans again with T1's link. If T2 has it,
// T1 waits and plans again with A where T2 put it.
//
// T1 lets the call R lean on P for the first time, while T2 moves P and looks up who
// leans on P. T2 cannot see R yet. But both lock P's customer: whoever comes second
// finds it written, and plans again.
//
// T1 and T2 both meet the account B for the first time. The second to make B's row
// waits for the first to commit, finds that the row is there, and plans again, with
// B's customer locked. Behind the customers' locks nobody waits out of order: locks
// that a second plan finds missing are taken only if they are free, and a person
// that it finds missing is not made; else the batch starts over, with what it has
// learnt among its first locks. Serialization failures and deadlocks (40001, 40P01)
// start over likewise, up to a limit.
//
// T1 and T2 merge customers crosswise, T1 a and b, T2 b and c. Both lock in order, so
// that one has b. The other waits for b, then finds that it is gone or written, and
// plans again with what b became; if that is a customer that it has not locked, it
// takes it if it is free, and starts over if not.
//
// A process stops in the middle of a batch, for longer than Kafka waits, and another
// takes the partition over. Start waits for the checkpoint's row; PostgreSQL ends the
// stopped process's transaction after 15 idle seconds; the batch is applied by the
// other. What the first sends when it wakes meets a closed connection, or the fence.
//
// # Folds
//
// A customer's events that come after all that its folds have seen step its states
// forward. An event of its past, an event that fell, a life that moved away or that
// joined it with a past: then the customer is folded again, once a batch, all folds
// from one read of the timeline. One function folds (fold.go), whoever calls it. A
// row is written only where it differs.
//
// Parking, rebuilds and verification come to stand on the same three functions: the
// verdict's standing, Belonging, and fold.
//
// # Adding a projection
//
// One file with a [Rows] or a [Fold], its test, one migration with its tables (a fold
// also has read.<name>_state_1) and its line in engine.generation, one line in [All].
//
// # Readers
//
// [Known] for intake, [Status] and [ShowEvent] for the command line, [Arrivals] for
// who must see what they wrote, [Fingerprint] for who must know that two databases
// are the same.
package projections
