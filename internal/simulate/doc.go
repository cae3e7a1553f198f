// Package simulate plays a telecom operator: its customers with their lines, boxes
// and bills, four vendors and two sites of its own, and what goes wrong between
// them. It feeds the demo, the benchmarks and the tests with events in the form
// that vendors send.
//
// An Operator is made from a seed: the same options give the same events, byte for
// byte. A customer's life (life.go) is a sequence of troubles (trouble.go), each
// told over several calls: self-care first, waits that lengthen after 22 h, the
// reboot done over at each vendor, transfers, promises that are not kept,
// technicians reported as not come, surveys. The words (words.go) are what people
// say, each with the customer's name or street in it, so that a search for
// personal values finds something to look for.
//
// Lives gives the events customer by customer, each life in order. Deliveries gives
// them as they reach intake: by time, some late, some twice, neighbours shuffled
// (delivery.go). The Fourth is the customer worth looking at: somebody who rings
// for the fourth time (fourth.go).
package simulate
