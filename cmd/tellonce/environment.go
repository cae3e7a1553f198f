package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// environment resolves flags from variables TELLONCE_<FLAG>: a kong.Resolver. A
// TELLONCE_ variable that is no flag of any command is refused, so that a misspelt
// setting is not a silent default.
type environment struct{ values map[string]string }

// Variables that the tests of the full run set, and no flags.
const testPrefix = "TELLONCE_TEST_"

func newEnvironment(environ []string) environment {
	e := environment{values: map[string]string{}}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "TELLONCE_") && !strings.HasPrefix(name, testPrefix) {
			e.values[name] = value
		}
	}
	return e
}

// Validate is kong's.
func (e environment) Validate(*kong.Application) error { return nil }

// Resolve is the variable's value for the flag, nil where there is none.
func (e environment) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if value, ok := e.values[variable(flag.Name)]; ok {
		return value, nil
	}
	return nil, nil
}

// check refuses variables that no command has a flag for.
func (e environment) check(app *kong.Application) error {
	known := map[string]bool{}
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[variable(flag.Name)] = true
		}
		return next(nil)
	})
	var unknown []string
	for name := range e.values {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return fmt.Errorf("read settings: %s: no such setting; `tellonce serve --help` lists them", strings.Join(unknown, ", "))
}

func variable(flag string) string {
	return "TELLONCE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
