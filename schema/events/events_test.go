package events

import (
	"testing"

	"github.com/tellonce/tellonce/domain"
)

func TestEverySchemaCompiles(t *testing.T) {
	if err := compiled().err; err != nil {
		t.Fatal(err)
	}
	if got, want := len(Types()), len(domain.Catalogue); got != want {
		t.Errorf("%d schemas, %d types in the catalogue", got, want)
	}
}
