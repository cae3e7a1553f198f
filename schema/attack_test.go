package schema_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tellonce/tellonce/schema"
)

// TestAttacks sends what brings graphql-go down, each to the same running server,
// which refuses it before the step that would suffer and then answers a good query.
func TestAttacks(t *testing.T) {
	r := newRig(t, schema.Limits{})
	field := `customer(by: {account: "A1"}) { __typename }`
	for name, tt := range map[string]struct {
		query string
		want  schema.Code
	}{
		"fragments in a circle":              {`{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }`, schema.CodeFragmentCycle},
		"a fragment in itself":               {`{ ...A } fragment A on Query { ...A }`, schema.CodeFragmentCycle},
		"a circle that nobody enters":        {`{ __typename } fragment A on Query { ...B } fragment B on Query { ...A }`, schema.CodeFragmentCycle},
		"lists 300 deep":                     {`{ node(id: ` + nested("[", "]", 300) + `) { id } }`, schema.CodeTooManyBrackets},
		"lists 600 deep":                     {`{ node(id: ` + nested("[", "]", 600) + `) { id } }`, schema.CodeTooManyBrackets},
		"lists 1,000 deep":                   {`{ node(id: ` + nested("[", "]", 1000) + `) { id } }`, schema.CodeTooManyBrackets},
		"lists 300 deep after a comment":     {"{ # ]]\n node(id: " + nested("[", "]", 300) + `) { id } }`, schema.CodeTooManyBrackets},
		"lists 300 deep after a string":      {`{ a: node(id: "\"]]]") { id } b: node(id: ` + nested("[", "]", 300) + `) { id } }`, schema.CodeTooManyBrackets},
		"lists 300 deep after a block":       {`{ a: node(id: """ \""" " ]]] """) { id } b: node(id: ` + nested("[", "]", 300) + `) { id } }`, schema.CodeTooManyBrackets},
		"objects 300 deep":                   {`{ customer(by: ` + nested("{a:", "}", 300) + `) { __typename } }`, schema.CodeTooManyBrackets},
		"types 300 deep":                     {`query(` + "$a: " + nested("[", "]", 300) + `) { __typename }`, schema.CodeTooManyBrackets},
		"selections 1,000 deep":              {nested("{a", "}", 1000), schema.CodeTooManyBrackets},
		"selections 5,000 deep":              {nested("{a", "}", 5000), schema.CodeTooManyBrackets},
		"selections 22 deep":                 {nested("{a", "}", 22), schema.CodeTooDeep},
		"selections deep through fragments":  {deepFragments(12), schema.CodeTooDeep},
		"one root field 1,000 times":         {`{` + strings.Repeat(field, 1000) + `}`, schema.CodeDocumentTooLong},
		"one short root field 600 times":     {`{` + strings.Repeat(` node{id}`, 300) + `}`, schema.CodeTooManyRootFields},
		"2,000 aliases":                      {`{` + aliases(2000, "__typename") + `}`, schema.CodeDocumentTooLong},
		"600 aliases":                        {`{ node(id: "e_") {` + aliases(600, "id") + `} }`, schema.CodeTooManySelections},
		"100 aliases":                        {`{ node(id: "e_") {` + aliases(100, "id") + `} }`, schema.CodeTooManyAliases},
		"aliases through fragments":          {`{ node(id: "e_") {...A ...A ...A} } fragment A on Node {` + aliases(20, "id") + `}`, schema.CodeTooManyAliases},
		"root fields through fragments":      {`{ ...A ...A } fragment A on Query {` + strings.Repeat(" __typename", 6) + `}`, schema.CodeTooManyRootFields},
		"fragments that double 40 times":     {doubling(40), schema.CodeTooManySelections},
		"one field 50 times":                 {`{ node(id: "e_") {` + strings.Repeat(" id", 50) + `} }`, schema.CodeRepeated},
		"one field 50 times in fragments":    {`{ node(id: "e_") {` + strings.Repeat(" ...A ... on Node { id }", 25) + `} } fragment A on Node { id }`, schema.CodeRepeated},
		"1.5 million brackets":               {strings.Repeat("{", 1_500_000), schema.CodeBodyTooLarge},
		"100,000 brackets":                   {strings.Repeat("{", 100_000), schema.CodeDocumentTooLong},
		"30,000 brackets":                    {strings.Repeat("{", 30_000), schema.CodeTooManyBrackets},
		"30,000 closing brackets":            {strings.Repeat("}", 30_000), schema.CodeTooManyTokens},
		"a long name":                        {`{ ` + strings.Repeat("a", 30_000) + ` }`, schema.CodeNameTooLong},
		"introspection that goes in circles": {`{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }`, schema.CodeTooDeep},
		"types":                              {`type A { a: Int }`, schema.CodeInvalid},
		"a page of pages":                    {`{ customer(by: {account: "A1"}) { ... on Customer { ` + strings.Join(pages(10, 500), " ") + ` } } }`, schema.CodeTooCostly},
		"the null literal":                   {`{ node(id: null) { id } }`, schema.CodeNullLiteral},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			s := r.ask(tt.query, nil)
			if s.code() != tt.want {
				t.Errorf("code %q (%d %.300s), want %q", s.code(), s.Status, s.Body, tt.want)
			}
			if s.Status != http.StatusBadRequest && s.Status != http.StatusRequestEntityTooLarge && tt.want != schema.CodeTooCostly {
				t.Errorf("status %d", s.Status)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %s: the guard came too late", took)
			}
			if good := r.ask(`{ __typename }`, nil); good.Status != http.StatusOK || len(good.Errors) > 0 {
				t.Fatalf("the next good query was answered %d %s", good.Status, good.Body)
			}
		})
	}
}

func TestVariablesAreBounded(t *testing.T) {
	r := newRig(t, schema.Limits{})
	s := r.post(`{"query":"query($v: TimelineFilter){__typename}","variables":{"v":` + strings.Repeat(`{"a":`, 50) + "1" + strings.Repeat("}", 50) + `}}`)
	if s.code() != schema.CodeVariablesTooDeep {
		t.Errorf("code %q, want %q", s.code(), schema.CodeVariablesTooDeep)
	}
}

// TestWorstAllowed bounds what a document may cost that every limit lets through.
func TestWorstAllowed(t *testing.T) {
	r := newRig(t, schema.Limits{})
	for name, query := range map[string]string{
		"selections":         `{ node(id: "e_AAAAAAAAAAAAAAAAAAAAAA") {` + distinct(550) + `} }`,
		"repeated objects":   `{ customer(by: {account: "A1"}) {` + strings.Repeat(` ... on Customer { timeline(first: 1) {`+strings.Repeat(" edges { node { id type kind } }", 10)+`} }`, 10) + `} }`,
		"unknown fields":     `{` + strings.Repeat(" node(id: 1) {"+distinct(60)+"}", 9) + `}`,
		"arguments 25 deep":  `{` + strings.Repeat(` node(id: `+nested("[", "]", 25)+`) { id }`, 9) + `}`,
		"spreads of spreads": spreads(12),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			s := r.ask(query, nil)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %s", took)
			} else {
				t.Logf("%s: %d %s", took, s.Status, s.code())
			}
		})
	}
}

func nested(open, end string, n int) string { return strings.Repeat(open, n) + strings.Repeat(end, n) }

func aliases(n int, field string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d:%s", i, field)
	}
	if n >= 2000 {
		return b.String() + strings.Repeat(" ", 33<<10)
	}
	return b.String()
}

func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " f%d", i)
	}
	return b.String()
}

func pages(n, first int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("p%d: timeline(first: %d) { edges { node { id type time vendor text outcome } } }", i, first))
	}
	return all
}

func deepFragments(n int) string {
	var b strings.Builder
	b.WriteString("{ ...F0 }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Query { a { b { ...F%d } } }", i, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Query { a }", n)
	return b.String()
}

func doubling(n int) string {
	var b strings.Builder
	b.WriteString("{ ...F0 }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Query { a { ...F%d ...F%d } }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Query { a }", n)
	return b.String()
}

// spreads are fragments that each spread the next few.
func spreads(n int) string {
	var b strings.Builder
	b.WriteString("{ node(id: \"e_\") { ...F0 } }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Node { id ...F%d }", i, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Node { id }", n)
	return b.String()
}
