// Package domain is the words of the log: what an event is, whom it names, in which
// order events make up a life, and the rules that are pure functions of them. It
// does no I/O and reads no clock. Read it in this order:
//
//   - ids.go, issued.go: persons and events by their ids, and the forms of them that
//     leave the house.
//   - identifier.go, normal.go, phone.go: what names a person (account, line, email,
//     phone, device), how strong it is, and the normal form that the ring hashes.
//   - event.go: [Event], a closed sum of types, and [Circumstances], what any of them
//     may carry. The types themselves by subject: interaction.go, problem.go,
//     promise.go, ticket.go, visit.go, contactability.go, opinion.go, operator.go.
//     lists.go has the words of their closed lists, codes.go the trees of reasons and
//     steps, which are data.
//   - catalogue.go: [Catalogue], one line for each type; [DecodeData] reads the data
//     of one, in the form that a vendor sends or in that of the log.
//   - record.go: [Recorded], an event as the log has it. Names are persons, personal
//     values are sealed; nothing here opens them, and a seal that nobody can open is
//     a normal value. codec.go: [DecodeRecord] and [EncodeRecord], its bytes;
//     scan.go reads those that EncodeRecord writes without going through encoding/json.
//   - upcast.go: old versions of a type become today's before anything sees them.
//   - life.go: [LifeKey], the one order of a customer's life.
//
// On these stand the rules that folds run: which problem an event belongs to, and
// the brief that the next agent reads.
//
// What holds throughout: times are UTC in whole microseconds; text orders by bytes;
// an id, a code or an outcome is a plain string, so that a vendor's own is kept as
// it came; a text that may be personal is marked with its class in the struct's
// comment, and by x-personal in its JSON Schema under schema/events.
package domain
