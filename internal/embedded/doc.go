// Package embedded is the ground that tellonce stands on when nobody gave it a
// broker or a database: both on free loopback ports, everything in one folder.
package embedded
