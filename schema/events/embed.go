package events

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/tellonce/tellonce/domain"
)

// Files are the schemas as they are published: "<type>.json", "_definitions.json"
// to which they refer, and "asyncapi.yaml", which lists them.
//
//go:embed *.json asyncapi.yaml
var Files embed.FS

const definitionsFile = "_definitions.json"

// Type is what is published of an event type.
type Type struct {
	Name        string // wire name: "step.tried.v1"
	Title       string // "step.tried"
	Description string // what it means, who sends it, when
	File        string // in Files
}

// Types are the event types in the order of domain.Catalogue.
func Types() []Type { return compiled().types }

// compiledSchemas is everything made of the schemas once.
type compiledSchemas struct {
	types []Type
	plans map[string]*plan
	err   error // of a schema that this package cannot follow; a test holds it nil
}

var compiled = sync.OnceValue(func() compiledSchemas {
	c := compiledSchemas{plans: make(map[string]*plan, len(domain.Catalogue))}
	c.err = c.compile()
	return c
})

func (c *compiledSchemas) compile() error {
	definitions, err := readSchema(definitionsFile)
	if err != nil {
		return err
	}
	defs, _ := definitions["$defs"].(map[string]any)
	planner := planner{defs: defs, done: map[string]*plan{}}
	for _, t := range domain.Catalogue {
		file := t.Name + ".json"
		raw, err := readSchema(file)
		if err != nil {
			return err
		}
		p, err := planner.plan(raw)
		if err != nil {
			return fmt.Errorf("compile %s: %w", file, err)
		}
		c.plans[t.Name] = p
		title, _ := raw["title"].(string)
		description, _ := raw["description"].(string)
		c.types = append(c.types, Type{Name: t.Name, Title: title, Description: description, File: file})
	}
	return nil
}

func readSchema(file string) (map[string]any, error) {
	b, err := Files.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	var schema map[string]any
	if err := json.Unmarshal(b, &schema); err != nil {
		return nil, fmt.Errorf("read schema %s: %w", file, err)
	}
	return schema, nil
}
