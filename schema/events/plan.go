package events

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tellonce/tellonce/domain"
)

// plan is a schema with its references followed, so that an event is checked and
// split in one walk over its own members. It says what the schema says: a keyword
// that it does not know is an error when the schemas are compiled, never passed
// over, and a test holds its verdict against a JSON Schema library.
type plan struct {
	kinds    kind         // what may stand here; 0: anything
	never    bool         // the member must be absent
	class    domain.Class // of a personal value
	expected string       // in plain words

	members  map[string]*plan
	required []string
	closed   bool     // no member beside these
	either   []string // exactly one of these members

	items              *plan
	minItems, maxItems int

	words                []string // an enumeration
	minLength, maxLength int      // in characters
	pattern              *regexp.Regexp
	format               string

	minimum, maximum float64
}

// kind is a set of JSON types.
type kind uint8

const (
	isObject kind = 1 << iota
	isArray
	isString
	isNumber
	isInteger
	isBoolean
)

var kinds = map[string]kind{
	"object": isObject, "array": isArray, "string": isString,
	"number": isNumber, "integer": isInteger, "boolean": isBoolean,
}

// unlimited stands for an absent upper limit.
const unlimited = 1 << 53

// planner compiles schemas; what stands in the definitions is compiled once.
type planner struct {
	defs map[string]any
	done map[string]*plan
}

var errKeyword = errors.New("keyword of a kind that is not followed here")

// plan compiles a schema: true, false or an object of keywords.
func (c *planner) plan(schema any) (*plan, error) {
	p := &plan{maxItems: unlimited, maxLength: unlimited, minimum: -unlimited, maximum: unlimited}
	switch s := schema.(type) {
	case bool:
		p.never = !s
	case map[string]any:
		if err := c.keywords(p, s); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("a schema expected, not %T", schema)
	}
	if p.expected == "" {
		p.expected = p.describe()
	}
	return p, nil
}

func (c *planner) keywords(p *plan, schema map[string]any) error {
	// References first, so that what stands beside them adds to them.
	if err := c.refer(p, schema); err != nil {
		return err
	}
	for _, word := range slices.Sorted(maps.Keys(schema)) {
		if err := c.keyword(p, word, schema[word]); err != nil {
			return fmt.Errorf("%s: %w", word, err)
		}
	}
	return nil
}

// refer merges what $ref and allOf name into p.
func (c *planner) refer(p *plan, schema map[string]any) error {
	refs := []any{}
	if _, ok := schema["$ref"]; ok {
		refs = append(refs, map[string]any{"$ref": schema["$ref"]})
	}
	if all, ok := schema["allOf"].([]any); ok {
		refs = append(refs, all...)
	}
	for _, r := range refs {
		one, _ := r.(map[string]any)
		name, _ := one["$ref"].(string)
		_, name, found := strings.Cut(name, "#/$defs/")
		if !found || len(one) != 1 {
			return fmt.Errorf("a $ref to a definition expected: %w", errKeyword)
		}
		def, err := c.definition(name)
		if err != nil {
			return err
		}
		if err := p.merge(def); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (c *planner) definition(name string) (*plan, error) {
	if p, ok := c.done[name]; ok {
		if p == nil {
			return nil, fmt.Errorf("definition %s refers to itself", name)
		}
		return p, nil
	}
	schema, ok := c.defs[name]
	if !ok {
		return nil, fmt.Errorf("no definition %s", name)
	}
	c.done[name] = nil
	p, err := c.plan(schema)
	if err != nil {
		return nil, fmt.Errorf("definition %s: %w", name, err)
	}
	c.done[name] = p
	return p, nil
}

// merge adds what def says to p. Of a keyword that is not a set of members, only
// one of all that are merged may speak.
func (p *plan) merge(def *plan) error {
	if p.kinds == 0 && p.members == nil && p.words == nil {
		*p = *def
		p.members = maps.Clone(def.members)
		p.required = slices.Clone(def.required)
		return nil
	}
	if p.kinds != isObject || def.kinds != isObject || def.closed || len(def.either) > 0 {
		return fmt.Errorf("merge of what is not an open object: %w", errKeyword)
	}
	for name, member := range def.members {
		if err := p.add(name, member); err != nil {
			return err
		}
	}
	p.required = append(p.required, def.required...)
	p.expected = ""
	return nil
}

func (p *plan) add(name string, member *plan) error {
	if _, twice := p.members[name]; twice {
		return fmt.Errorf("member %s is described twice", name)
	}
	if p.members == nil {
		p.members = map[string]*plan{}
	}
	p.members[name] = member
	return nil
}

func (c *planner) keyword(p *plan, word string, value any) error {
	switch word {
	case "$ref", "allOf", "$schema", "title", "description", "$comment", "examples":
	case "type":
		return p.addKinds(value)
	case "properties":
		schemas, _ := value.(map[string]any)
		for name, schema := range schemas {
			member, err := c.plan(schema)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if err := p.add(name, member); err != nil {
				return err
			}
		}
		p.expected = ""
	case "required":
		p.required = append(p.required, texts(value)...)
		p.expected = ""
	case "additionalProperties":
		if value != false {
			return errKeyword
		}
		p.closed = true
	case "oneOf":
		return p.addEither(value)
	case "items":
		items, err := c.plan(value)
		p.items = items
		return err
	case "enum":
		p.words = texts(value)
		p.kinds = isString
	case "const":
		p.words = texts([]any{value})
		p.kinds = isString
	case "pattern":
		pattern, _ := value.(string)
		re, err := regexp.Compile(pattern)
		p.pattern = re
		return err
	case "format":
		p.format, _ = value.(string)
		if p.format != "date-time" && p.format != "date" {
			return errKeyword
		}
	case "x-personal":
		class, _ := value.(string)
		p.class = domain.Class(class)
		if !slices.Contains(classes, p.class) {
			return fmt.Errorf("%q: one of %v expected", class, classes)
		}
	case "x-expected":
		p.expected, _ = value.(string)
	default:
		return p.limit(word, value)
	}
	return nil
}

var classes = []domain.Class{domain.Words, domain.IdentifierCls, domain.Place, domain.Bank, domain.Staff}

// limit sets a keyword whose value is a number.
func (p *plan) limit(word string, value any) error {
	n, ok := value.(float64)
	if !ok {
		return errKeyword
	}
	switch word {
	case "minLength":
		p.minLength = int(n)
	case "maxLength":
		p.maxLength = int(n)
	case "minItems":
		p.minItems = int(n)
	case "maxItems":
		p.maxItems = int(n)
	case "minimum":
		p.minimum = n
	case "maximum":
		p.maximum = n
	default:
		return errKeyword
	}
	return nil
}

func (p *plan) addKinds(value any) error {
	names := texts(value)
	if one, ok := value.(string); ok {
		names = []string{one}
	}
	var stated kind
	for _, name := range names {
		k, ok := kinds[name]
		if !ok {
			return fmt.Errorf("%s: %w", name, errKeyword)
		}
		stated |= k
	}
	if p.kinds != 0 && p.kinds != stated {
		return fmt.Errorf("two types: %w", errKeyword)
	}
	p.kinds = stated
	return nil
}

// addEither reads oneOf [{required: [a]}, {required: [b]}].
func (p *plan) addEither(value any) error {
	branches, _ := value.([]any)
	for _, b := range branches {
		branch, _ := b.(map[string]any)
		names := texts(branch["required"])
		if len(branch) != 1 || len(names) != 1 {
			return errKeyword
		}
		p.either = append(p.either, names[0])
	}
	return nil
}

// texts are the strings of a JSON list.
func texts(value any) []string {
	list, _ := value.([]any)
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
