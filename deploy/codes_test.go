package deploy

import "testing"

func TestTheShippedCatalogueLoads(t *testing.T) {
	if _, err := Codes(); err != nil {
		t.Fatal(err)
	}
}
