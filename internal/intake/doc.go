// Package intake is the door. It checks an event, names whom it is about, seals what
// is personal, has the log acknowledge the record, and tells the sender what became
// of it.
//
// # A first event
//
//	curl -s http://127.0.0.1:8484/v1/events \
//	  -H "Authorization: Bearer $TOKEN" \
//	  -H 'Content-Type: application/cloudevents+json' -d '{
//	    "specversion": "1.0", "id": "b1", "source": "/vendors/acme/crm", "subject": "i1",
//	    "type": "step.tried.v1", "time": "2026-01-02T03:04:05Z",
//	    "data": {"customer": {"account": "A1"}, "step": "box.reboot", "outcome": "failed", "by": "customer"}}'
//
//	{"answers":[{"answer":"accepted","source":"/vendors/acme/crm","id":"b1"}],"after":"MDo0Mg"}
//
// The same with its attributes in headers, the binary mode; values that are not
// printable ASCII are percent-encoded:
//
//	curl -s http://127.0.0.1:8484/v1/events -H "Authorization: Bearer $TOKEN" \
//	  -H 'Content-Type: application/json' -H 'ce-specversion: 1.0' -H 'ce-id: b1' \
//	  -H 'ce-source: /vendors/acme/crm' -H 'ce-subject: i1' -H 'ce-type: step.tried.v1' \
//	  -H 'ce-time: 2026-01-02T03:04:05Z' -d '{"step": "box.reboot", "outcome": "failed"}'
//
// Many at once, an array, zipped or not; each event has its answer, in their order:
//
//	gzip -c events.json | curl -s http://127.0.0.1:8484/v1/events -H "Authorization: Bearer $TOKEN" \
//	  -H 'Content-Type: application/cloudevents-batch+json' -H 'Content-Encoding: gzip' --data-binary @-
//
// GET states what is taken: the installation's id, the limits, the event types. A read
// that presents `after` as Tellonce-After sees what was accepted.
//
// # The order of the checks, and why
//
// Every door leads to [Intake.Accept]: HTTP today, and later inbox topics, webhooks and
// files. First comes what needs nobody else (item.go), the cheapest first:
//
//  1. the text ([ReadEvent], [ReadBatch], [ReadHeaders]): JSON, size, depth, no member
//     twice, no U+0000, no half character. All that readers disagree on is refused
//     here, so that sender, log and every fold read the same. A defect of one event
//     leaves the rest of its batch alone;
//  2. the envelope (envelope.go), and then its digest: from here on intake adds and
//     takes away, and the digest is of what the sender said;
//  3. whether the sender may write it (rights.go), before they are told anything of it;
//  4. the data against the schema of its type, an old version brought to today's first.
//
// Then the database and the log, once for all events of a request:
//
//  5. what is known already (sift.go): a duplicate is answered before anybody is named
//     or anything sealed, so that sending again costs little and leaves no trace;
//  6. personal values are taken out of the data and identifiers brought to their normal
//     form (name.go). What has none is no reason to refuse: it is kept sealed;
//  7. the ring names everybody, and the event gets its place (place.go): persons,
//     reference, whose life it goes to;
//  8. everything personal is sealed, each under its own person (seal.go);
//  9. the records are written, and answers given once all are acknowledged.
//
// So whatever is refused is refused before it left a trace in the ring, but for the
// persons of events that stood beside it.
//
// # What may go wrong
//
// A refusal is a [Problem] (RFC 9457): its type, what to do, the place as a JSON pointer,
// what was expected there. A [Warning] stands beside an event that was taken. A refusal
// that its sender was told is not a dead letter.
//
// While ring or log is away nothing is taken: 503, after at most [Options].Wait, and at
// once while somebody else is already waiting (gate.go). What came of it is not known,
// so everything is sent again; what is in the log twice, the engine drops. More under
// way than [Limits] is 429. Both say when to try again. [Intake.Ready] says what is
// waited for.
//
// # The server round it
//
// The handler bounds how long a body may take to arrive and an answer to be read. Its
// http.Server sets ReadHeaderTimeout (5 s), IdleTimeout (2 min) and MaxHeaderBytes
// (64 KiB); ReadTimeout and WriteTimeout would cut the subscriptions that share the
// listener.
package intake
