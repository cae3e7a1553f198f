// Command tellonce is the operator's one history of every interaction: the whole
// product in one binary. This folder alone wires the packages together.
//
// main.go has the command line, a line a command, each of which is a file of its own:
// serve.go, demo.go (with what it publishes and shows), import.go, mapping.go,
// migrate.go, token.go, project.go. Settings are flags and variables TELLONCE_… of the
// same names (settings.go, serving.go, environment.go); a wrong one is refused at
// start, and so is a variable that no command knows.
//
// node.go is a running tellonce: ground, pools, log, ring, issuer, and for each role
// its part, wired in the order in which they need each other and ended in the
// opposite one. health.go says whether it is alive and what it waits for. A command
// that needs the database (database.go) joins what runs on the folder, or starts the
// embedded servers for as long as it takes.
//
// Exit codes: 0 done, 1 not done, 2 done in part (import), 64 wrong usage.
package main
