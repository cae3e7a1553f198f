// Package embeddedtest gives a test a database and topics of its own.
package embeddedtest
