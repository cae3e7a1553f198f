// Package kafka is the log: bytes in, bytes out. It knows topics, partitions and
// offsets, and nothing of events.
package kafka
