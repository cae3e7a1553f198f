package schema_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/tellonce/tellonce/schema"
)

var update = flag.Bool("update", false, "write schema.graphql")

func TestSDLIsUpToDate(t *testing.T) {
	if *update {
		if err := os.WriteFile("schema.graphql", []byte(schema.SDL()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != schema.SDL() {
		t.Error("schema.graphql is not what is declared: run go test ./schema -run SDL -update, and look at what changed")
	}
}

// TestSDLDescribesEverything: integrators read nothing else.
func TestSDLDescribesEverything(t *testing.T) {
	lines := strings.Split(schema.SDL(), "\n")
	for i, line := range lines {
		text := strings.TrimSpace(line)
		declares := strings.HasSuffix(text, "{") || strings.Contains(text, ": ") || strings.HasPrefix(text, "union ") || strings.HasPrefix(text, "scalar ")
		if strings.HasPrefix(text, `"""`) || strings.HasPrefix(text, ")") || !declares || inDescription(lines[:i]) {
			continue
		}
		if !strings.HasSuffix(strings.TrimSpace(lines[i-1]), `"""`) {
			t.Errorf("line %d has no description: %s", i+1, text)
		}
	}
}

func inDescription(lines []string) bool {
	return strings.Count(strings.Join(lines, "\n"), `"""`)%2 == 1
}
