package simulate

import (
	"testing"

	"github.com/tellonce/tellonce/deploy"
	"github.com/tellonce/tellonce/domain"
)

func TestEveryCodeStandsInTheCatalogue(t *testing.T) {
	codes, err := deploy.Codes()
	if err != nil {
		t.Fatal(err)
	}
	reasons, steps := map[string]bool{}, map[string]bool{}
	for _, kind := range troubleKinds {
		reasons[kind.reason] = true
		for _, step := range kind.steps {
			steps[step] = true
		}
	}
	for e := range operatorOf(t, 100).Lives() {
		if about := e.Data.About().Problem; about != nil && about.Reason != "" {
			reasons[about.Reason] = true
		}
		if wrapped, ok := e.Data.(*domain.InteractionWrapped); ok {
			reasons[wrapped.Reason] = true
		}
		if tried, ok := e.Data.(*domain.StepTried); ok {
			steps[tried.Step] = true
		}
	}
	for reason := range reasons {
		if _, ok := codes.Reasons[reason]; !ok {
			t.Errorf("no reason %q in the catalogue", reason)
		}
	}
	for step := range steps {
		if _, ok := codes.Steps[step]; !ok {
			t.Errorf("no step %q in the catalogue", step)
		}
	}
}
