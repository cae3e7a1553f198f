package mapping

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// expressions draws expressions of the plain part of jq.
func expressions(depth int) *rapid.Generator[string] {
	leaves := rapid.SampledFrom([]string{
		".a", ".b", ".c", ".a", ".b", ".c", ".a.x", `.b."x"`, ".", "$previous", "$previous.a", "$vendor", "$defined",
		"null", "true", "false", "0", "7", `"t"`, `""`, `"t\u00e9\""`, "[]", "{}",
	})
	if depth == 0 {
		return leaves
	}
	inner := expressions(depth - 1)
	return rapid.Custom(func(t *rapid.T) string {
		draw := func(name string) string { return inner.Draw(t, name) }
		switch rapid.IntRange(0, 12).Draw(t, "form") {
		case 0, 8, 9, 10:
			op := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">=", "and", "or", "//", "+", "|"}).Draw(t, "operator")
			return fmt.Sprintf("(%s %s %s)", draw("left"), op, draw("right"))
		case 1:
			return fmt.Sprintf(`"<\(%s)-\(%s)>"`, draw("first"), draw("second"))
		case 2:
			return fmt.Sprintf(`{a: %s, "b": %s}`, draw("a"), draw("b"))
		case 3:
			return fmt.Sprintf("[%s, %s]", draw("first"), draw("second"))
		case 4:
			return fmt.Sprintf("if %s then %s elif %s then %s else %s end", draw("if"), draw("then"), draw("elif"), draw("then"), draw("else"))
		case 5:
			return fmt.Sprintf("(%s == null)", draw("of"))
		case 6:
			return fmt.Sprintf("(%s | not)", draw("not"))
		case 7:
			return fmt.Sprintf("(%s).x", draw("of"))
		default:
			return draw("leaf")
		}
	})
}

var columnValues = rapid.SampledFrom([]any{nil, nil, true, false, 0, 7, -3, "", "t", "é", "t", map[string]any{"x": 1}, []any{1}})

// Law: what runs as Go functions gives what gojq gives.
func TestPlainExpressionsMeanWhatJQMeans(t *testing.T) {
	plain, sure := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		known := &names{
			columns:   map[string]int{"a": 0, "b": 1, "c": 2},
			variables: append(append([]string{}, builtinVariables...), "$defined"),
			previous:  []string{"a", "b"},
		}
		written := expressions(rapid.IntRange(0, 3).Draw(t, "depth")).Draw(t, "expression")
		e, err := known.compile(&text{value: written})
		if err != nil {
			t.Fatal(err)
		}
		if e.plain == nil {
			t.Fatalf("%s is not plain", written)
		}
		plain++
		s := &scope{
			ctx: context.Background(), names: []string{"a", "b", "c"},
			columns:   []any{columnValues.Draw(t, "a"), columnValues.Draw(t, "b"), columnValues.Draw(t, "c")},
			variables: []any{nil, "acme", "/vendors/acme/x", nil, columnValues.Draw(t, "defined")},
			known:     []bool{true, true, true, true, true},
		}
		if rapid.Bool().Draw(t, "former") {
			s.variables[varPrevious] = map[string]any{"a": columnValues.Draw(t, "former a"), "b": columnValues.Draw(t, "former b")}
		}
		defer s.done()
		got, err := e.plain(s, nil)
		if errors.Is(err, errUnsure) {
			return
		}
		sure++
		e.plain = nil
		want, wantErr := e.value(s)
		if wantErr != nil || err != nil {
			t.Fatalf("%s: plain says %v (%v), jq says %v (%v)", written, got, err, want, wantErr)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: %s", written, diff)
		}
	})
	if sure < plain/3 {
		t.Errorf("of %d plain expressions %d were sure: too few to prove anything", plain, sure)
	}
}

func TestWhatIsPlain(t *testing.T) {
	known := &names{columns: map[string]int{"a": 0}, variables: append(append([]string{}, builtinVariables...), "$b")}
	for written, want := range map[string]bool{
		`"\(.a)/contact"`:                  true,
		`.a == "x" and ($b | not)`:         true,
		`{a: {b: .a}} + $b`:                true,
		`if .a < .a then .a else null end`: true,
		`.a | test("x")`:                   false,
		`.a?`:                              false,
		`.a[]`:                             false,
		`.a as $x | $x`:                    false,
		`{(.a): 1}`:                        false,
		`{a: .a, $b}`:                      false,
		`@base64 "\(.a)"`:                  false,
		`def f: .a; f`:                     false,
		`-1`:                               false,
		`.a[0]`:                            false,
		`if .a then 1 end`:                 false,
		`1.5`:                              false,
		`[.a, "x", ($b // .a)]`:            true,
		`(.a, .a)`:                         false,
		`reduce .a as $x (0; . + 1)`:       false,
		`not`:                              false,
		`try error("x") catch .`:           false,
		strings.Repeat("(", 20) + ".a" + strings.Repeat(")", 20): true,
	} {
		e, err := known.compile(&text{value: written})
		if err != nil {
			t.Fatal(err)
		}
		if got := e.plain != nil; got != want {
			t.Errorf("%s: plain %v, want %v", written, got, want)
		}
	}
}
