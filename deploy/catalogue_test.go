package deploy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheShippedCatalogue(t *testing.T) {
	codes, err := Codes()
	if err != nil {
		t.Fatal(err)
	}
	leaves := map[string]bool{}
	for code := range codes.Reasons {
		leaves[code] = true
	}
	for code := range codes.Reasons {
		for dot := strings.LastIndexByte(code, '.'); dot >= 0; dot = strings.LastIndexByte(code[:dot], '.') {
			delete(leaves, code[:dot])
		}
	}
	t.Run("has some sixty reasons and some eighty steps", func(t *testing.T) {
		if n := len(leaves); n < 55 || n > 75 {
			t.Errorf("%d reasons without those that have children", n)
		}
		if n := len(codes.Steps); n < 75 || n > 100 {
			t.Errorf("%d steps", n)
		}
	})
	t.Run("has reasons of at most three levels", func(t *testing.T) {
		for code := range codes.Reasons {
			if strings.Count(code, ".") > 2 {
				t.Error(code)
			}
		}
	})
	t.Run("has usual steps for each reason that has no children, or says that there are none", func(t *testing.T) {
		for code := range leaves {
			if len(codes.Usual(code)) == 0 && codes.Reasons[code].Steps == nil {
				t.Error(code)
			}
		}
	})
	t.Run("has no step that no reason uses", func(t *testing.T) {
		used := map[string]bool{}
		for _, r := range codes.Reasons {
			for _, s := range r.Steps {
				used[s] = true
			}
		}
		for code := range codes.Steps {
			if !used[code] {
				t.Error(code)
			}
		}
	})
	t.Run("has labels in French and English that tell codes apart", func(t *testing.T) {
		seen := map[string]string{}
		look := func(section, code string, labels map[string]string) {
			for _, lang := range []string{"fr", "en"} {
				label := labels[lang]
				if n := len([]rune(label)); n == 0 || n > 40 {
					t.Errorf("%s %s: %q has %d characters", code, lang, label, n)
				}
				if strings.ContainsAny(label, `'"…`) || strings.HasSuffix(label, ".") {
					t.Errorf("%s %s: %q; a typographic apostrophe and no full stop", code, lang, label)
				}
				if first, _, _ := strings.Cut(label, " "); first != strings.ToLower(first) && !slices.Contains([]string{"Wi-Fi", "SIM", "SMS", "TV", "DSL"}, first) {
					t.Errorf("%s %s: %q begins with a capital", code, lang, label)
				}
				key := fmt.Sprint(section, lang, label)
				if seen[key] != "" {
					t.Errorf("%s and %s are both %q", seen[key], code, label)
				}
				seen[key] = code
			}
		}
		for code, r := range codes.Reasons {
			look("reason", code, r.Labels)
		}
		for code, s := range codes.Steps {
			look("step", code, s.Labels)
		}
	})
	t.Run("lets a failure count for hours to months", func(t *testing.T) {
		for code, s := range codes.Steps {
			if s.Validity < time.Hour || s.Validity > 90*24*time.Hour {
				t.Errorf("%s: %v", code, s.Validity)
			}
		}
	})
}

// Parents stand before their children and all of a tree together, so that the file
// reads as a tree.
func TestTheShippedCatalogueIsWrittenAsATree(t *testing.T) {
	_, section, _ := strings.Cut(string(catalogue), "\nreasons:\n")
	section, _, _ = strings.Cut(section, "\nsteps:\n")
	var written []string
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "  ") && line[2] != ' ' && line[2] != '#' {
			written = append(written, strings.TrimSuffix(strings.TrimSpace(line), ":"))
		}
	}
	if len(written) < 60 {
		t.Fatalf("%d codes", len(written))
	}
	path := []string{}
	closed := map[string]bool{}
	for _, code := range written {
		parent := ""
		if dot := strings.LastIndexByte(code, '.'); dot >= 0 {
			parent = code[:dot]
		}
		for len(path) > 0 && path[len(path)-1] != parent {
			closed[path[len(path)-1]] = true
			path = path[:len(path)-1]
		}
		if parent != "" && len(path) == 0 || closed[parent] {
			t.Errorf("%s does not stand under %s", code, parent)
		}
		path = append(path, code)
	}
}

func TestAShippedMappingIsFoundByItsTool(t *testing.T) {
	if document, err := Mapping("servicenow"); err != nil || !strings.Contains(string(document), "system: servicenow") {
		t.Errorf("%d bytes, %v", len(document), err)
	}
	want := `read mapping "remedy": shipped are servicenow`
	if _, err := Mapping("remedy"); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
