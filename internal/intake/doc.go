// Package intake is the door: it checks an event, names whom it is about, seals
// what is personal, and has the log acknowledge the record.
package intake
