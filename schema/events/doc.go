// Package events holds the JSON Schemas of the event types, and checks and splits
// what vendors send by them.
package events
