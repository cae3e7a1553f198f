//go:build !linux

package embedded

import "syscall"

// dieWithUs has no counterpart here: a server that outlives us is found by its
// own pid file at the next start, and stopped then.
func dieWithUs(*syscall.SysProcAttr, syscall.Signal) {}
