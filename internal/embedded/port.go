package embedded

import (
	"fmt"
	"net"
)

// FreePort names a TCP port of 127.0.0.1 that nobody listens on right now.
// Somebody may take it before the caller does: be ready to ask again.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port // net.Listen("tcp") returns nothing else
	if err := l.Close(); err != nil {
		return 0, fmt.Errorf("release port %d: %w", port, err)
	}
	return port, nil
}

// isFree reports whether a port of 127.0.0.1 can be listened on right now.
func isFree(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}

// keptOrFree is the wanted port where it is free, else another.
func keptOrFree(wanted int) (int, error) {
	if wanted != 0 && isFree(wanted) {
		return wanted, nil
	}
	return FreePort()
}
