// Package events holds the JSON Schemas of the event types, and checks and splits
// by them what vendors send. Read it in this order:
//
//   - <type>.json is what an integrator reads: one file a type, with its meaning,
//     who sends it and when, and each member with its unit. What types have in
//     common is in _definitions.json: the CloudEvents envelope, and the circumstances
//     (customer, interaction, problem, agent…) that any event's data may carry.
//     asyncapi.yaml lists them all. The files are the source; nothing generates them.
//   - plan.go turns the schemas, once, into plans with their references followed.
//   - check.go holds an event's data against its plan: [Check] says what is wrong as
//     a JSON pointer and what was expected there, in words for an integrator.
//   - split.go takes the personal values out ([Split]), by the class that the schema
//     gives them, and counts members that no schema describes ([Unknown]).
//
// Why not validate with a JSON Schema library alone: it takes some ten times as long
// on an event, and its words are for who wrote the schema. It is the judge instead:
// tests hold the verdict of Check against its own on randomly spoilt events. A plan
// is stricter in three ways that JSON Schema has no word for: a whole number is
// written without a point, a time is one that Go reads (no leap second), and a
// member whose name differs from a known one in case alone is refused, since
// encoding/json would read it as that one. So what passes is always decoded.
//
// # Adding an event type
//
//  1. domain/<subject>.go: the struct, with domain.Circumstances in it; a comment
//     names the class of each personal field.
//  2. domain/catalogue.go: one line.
//  3. schema/events/<type>.v1.json: title (the type without version), description,
//     required (the fields without omitempty), each member. A free text is a
//     "$ref" to text with "x-personal": "words".
//  4. schema/events/testdata/<type>.v1.json: a whole event as a vendor sends it,
//     showing every member of the type, with personal values that stand nowhere else
//     in it.
//  5. go test ./schema/events -update writes asyncapi.yaml and testdata/personal.txt
//     anew: read in the second that nothing personal is missing. And
//     go test ./internal/intake -run GoldenRecords -update writes the record that
//     intake makes of it: read there that nothing personal is in clear.
//
// Then the tests and the exhaustiveness linter name whatever is still missing. For a
// new version of a type, domain/upcast.go says how the old one is read.
package events
