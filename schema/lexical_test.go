package schema

import (
	"testing"

	"github.com/graphql-go/graphql/language/lexer"
	"github.com/graphql-go/graphql/language/source"
)

func TestCheckText(t *testing.T) {
	limits := Limits{Document: 100, Tokens: 10, Name: 5, Brackets: 3}
	for name, tt := range map[string]struct {
		text string
		want Code
	}{
		"nothing":                  {"", ""},
		"brackets to the limit":    {"{[(", ""},
		"brackets past it":         {"{[({", CodeTooManyBrackets},
		"brackets one by one":      {"{}[](){}", ""},
		"brackets in a string":     {`"{{{{{{"`, ""},
		"brackets in a block":      {`""" {{{{{ " \""" {{{{ """`, ""},
		"brackets in a comment":    {"# {{{{{\n{", ""},
		"brackets after a string":  {`"a\"{{"{{{{`, CodeTooManyBrackets},
		"brackets after a block":   {`"""a"""{{{{`, CodeTooManyBrackets},
		"brackets after an escape": {`"\\"{{{{`, CodeTooManyBrackets},
		"brackets after two":       {`""{{{{`, CodeTooManyBrackets},
		"brackets on the next":     {"\"a\n{{{{", CodeTooManyBrackets},
		"brackets after a mark":    {"\ufeff{{{{", CodeTooManyBrackets},
		"an open string":           {`"{{{{`, ""},
		"an open block":            {`"""{{{{`, ""},
		"tokens to the limit":      {"a b c d e f g h i j", ""},
		"tokens past it":           {"a b c d e f g h i j k", CodeTooManyTokens},
		"blanks are none":          {"a,,,,  \n\n ,,,,,, \t b", ""},
		"a long name":              {"abcdef", CodeNameTooLong},
		"null":                     {"a: null", CodeNullLiteral},
		"nullable":                 {"nulls", ""},
		"null in a string":         {`"null"`, ""},
		"bytes":                    {string(make([]byte, 101)), CodeDocumentTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			got := Code("")
			if r := checkText(tt.text, &limits); r != nil {
				got = r.Code
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzCheckText: of what is let through, the library's own lexer sees no more tokens
// and no more open brackets than the limits, up to where it refuses the text.
func FuzzCheckText(f *testing.F) {
	for _, seed := range []string{
		`{ a(b: [1, {c: "d\"e"}]) { ...F } }`, `"""a\"""b""" {[`, "#{\n{", `"\u007b{`, "\"\\\n{{", `""""""{`, `""" \""""{{ """{`, "{\x01{", "\ufeff{", `"a`, "...{.{",
	} {
		f.Add(seed)
	}
	limits := Limits{Document: 1000, Tokens: 30, Name: 50, Brackets: 5}
	f.Fuzz(func(t *testing.T, text string) {
		if checkText(text, &limits) != nil {
			return
		}
		next := lexer.Lex(source.NewSource(&source.Source{Body: []byte(text)}))
		open, most, tokens := 0, 0, 0
		for {
			token, err := next(0)
			if err != nil || token.Kind == lexer.EOF {
				break
			}
			tokens++
			switch token.Kind {
			case lexer.BRACE_L, lexer.BRACKET_L, lexer.PAREN_L:
				open++
				most = max(most, open)
			case lexer.BRACE_R, lexer.BRACKET_R, lexer.PAREN_R:
				open--
			}
		}
		if most > limits.Brackets || tokens > limits.Tokens {
			t.Errorf("%q has %d brackets open and %d tokens", text, most, tokens)
		}
	})
}
