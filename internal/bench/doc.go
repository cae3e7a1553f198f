// Command bench prints how fast the built binary is, as ratios against a limit or a
// peer measured in the same run, beside the bar and the goal. It needs the built
// bin/tellonce and the two servers that testservers starts:
//
//	go run ./internal/embedded/testservers -- go run ./internal/bench
//
// Each row is the median of its rounds; absolute numbers stand beside the ratio.
// Generator, service and servers share the machine. A row says what bounds it.
//
// main.go is the table, serve.go a service of its own for a round; each row is a file
// with its peer beside it: visible.go (and memory), intake.go, importlog.go.
package main
