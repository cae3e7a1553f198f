package deploy

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"github.com/tellonce/tellonce/domain"
)

//go:embed catalogue.yaml
var catalogue []byte

//go:embed mappings/*.yaml
var mappings embed.FS

// Codes are those of the catalogue that is shipped.
func Codes() (domain.Codes, error) {
	codes, err := ParseCodes(catalogue)
	if err != nil {
		return domain.Codes{}, fmt.Errorf("read the shipped catalogue: %w", err)
	}
	return codes, nil
}

// Mapping is the document of a shipped mapping, by the name of its tool
// ("servicenow").
func Mapping(tool string) ([]byte, error) {
	document, err := mappings.ReadFile(path.Join("mappings", tool+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("read mapping %q: shipped are %s", tool, strings.Join(shipped(), ", "))
	}
	return document, nil
}

func shipped() []string {
	files, err := mappings.ReadDir("mappings")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	return names
}
