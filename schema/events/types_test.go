package events

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tellonce/tellonce/domain"
)

// golden is an event of the type as a vendor sends it, from testdata/<type>.json.
func golden(t testing.TB, typ string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", typ+".json"))
	if err != nil {
		t.Fatalf("the type has no golden file: %v", err)
	}
	var event map[string]any
	if err := json.Unmarshal(b, &event); err != nil {
		t.Fatal(err)
	}
	return event
}

func goldenData(t testing.TB, typ string) map[string]any {
	t.Helper()
	data, ok := golden(t, typ)["data"].(map[string]any)
	if !ok {
		t.Fatalf("the golden file of %s has no data", typ)
	}
	return data
}

// ownMembers are the members of the type's event struct by their JSON names; true
// where every event of the type has it.
func ownMembers(typ domain.EventType) map[string]bool {
	members := map[string]bool{}
	var collect func(reflect.Type)
	collect = func(s reflect.Type) {
		for f := range s.Fields() {
			if f.Anonymous {
				if f.Type != reflect.TypeFor[domain.Circumstances]() {
					collect(f.Type)
				}
				continue
			}
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			members[name] = !strings.Contains(options, "omit")
		}
	}
	collect(reflect.TypeOf(typ.New()).Elem())
	return members
}

func TestSchemasAreFollowed(t *testing.T) {
	if err := compiled().err; err != nil {
		t.Fatal(err)
	}
}

func TestEveryTypeOfTheCatalogueIsComplete(t *testing.T) {
	circumstances := planOfStruct(t, reflect.TypeFor[domain.Circumstances]())
	for _, typ := range domain.Catalogue {
		t.Run(typ.Name, func(t *testing.T) {
			schema, err := readSchema(typ.Name + ".json")
			if err != nil {
				t.Fatalf("the type has no JSON Schema schema/events/%s.json: %v", typ.Name, err)
			}
			title, _ := schema["title"].(string)
			if description, _ := schema["description"].(string); title+".v1" != typ.Name || len(description) < 20 {
				t.Errorf("the schema's title is %q and its description %q: the type's name without version, and what it means, expected", title, description)
			}
			members := ownMembers(typ)
			p := compiled().plans[typ.Name]
			if p == nil {
				t.Fatal("the type has no plan")
			}
			for name, required := range members {
				if p.members[name] == nil {
					t.Errorf("%s is in the struct of the event and not in its schema", name)
				} else if required && !slices.Contains(p.required, name) {
					t.Errorf("%s always stands in the struct of the event and the schema does not require it", name)
				}
			}
			for name := range p.members {
				if _, own := members[name]; !own && !slices.Contains(circumstances, name) {
					t.Errorf("%s is in the schema and in no struct of the event", name)
				}
			}
			for _, name := range p.required {
				if required, own := members[name]; own && !required {
					t.Errorf("%s is required by the schema, and left out where empty in the struct of the event", name)
				}
			}
			data := goldenData(t, typ.Name)
			for name := range members {
				if _, ok := data[name]; !ok {
					t.Errorf("the golden file testdata/%s.json does not show %s", typ.Name, name)
				}
			}
		})
	}
}

func planOfStruct(t *testing.T, s reflect.Type) []string {
	t.Helper()
	var names []string
	for f := range s.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func TestNothingStandsBesideTheCatalogue(t *testing.T) {
	for _, list := range []struct {
		files fs.FS
		dir   string
		but   []string
	}{
		{Files, ".", []string{definitionsFile, "asyncapi.yaml"}},
		{os.DirFS("testdata"), ".", []string{"personal.txt", "fuzz", "rapid"}},
	} {
		entries, err := fs.ReadDir(list.files, list.dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			name := strings.TrimSuffix(e.Name(), ".json")
			if _, known := domain.TypeNamed(name); !known && !slices.Contains(list.but, e.Name()) {
				t.Errorf("%s is of no type of the catalogue", e.Name())
			}
		}
	}
}

func TestGoldenEventsComeBackWhole(t *testing.T) {
	shown := map[string]bool{}
	for _, typ := range domain.Catalogue {
		t.Run(typ.Name, func(t *testing.T) {
			event := golden(t, typ.Name)
			if event["type"] != typ.Name {
				t.Errorf("it is of type %v", event["type"])
			}
			data := goldenData(t, typ.Name)
			if problems := Check(typ.Name, data); len(problems) > 0 {
				t.Errorf("it does not pass: %v", problems)
			}
			if unknown := Unknown(typ.Name, data); len(unknown) > 0 {
				t.Errorf("no schema describes %v", unknown)
			}
			sent, err := json.Marshal(data)
			if err != nil {
				t.Fatal(err)
			}
			read, err := domain.DecodeData(typ.Name, sent)
			if err != nil {
				t.Fatal(err)
			}
			written, err := json.Marshal(read)
			if err != nil {
				t.Fatal(err)
			}
			var again map[string]any
			if err := json.Unmarshal(written, &again); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(data, again); diff != "" {
				t.Errorf("the data is another once read and written (-sent +written):\n%s", diff)
			}
			for name := range data {
				shown[name] = true
			}
		})
	}
	for _, name := range planOfStruct(t, reflect.TypeFor[domain.Circumstances]()) {
		if !shown[name] {
			t.Errorf("no golden file shows %s", name)
		}
	}
}

func TestTypesAreInTheOrderOfTheCatalogue(t *testing.T) {
	var got, want []string
	for _, typ := range Types() {
		got = append(got, typ.Name)
	}
	for _, typ := range domain.Catalogue {
		want = append(want, typ.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The constants that folds compare are the words that the schemas allow.
func TestClosedListsAreTheConstants(t *testing.T) {
	steps := []string{domain.StepWorked, domain.StepFailed, domain.StepInconclusive, domain.StepRefused, domain.StepPending}
	by := []string{domain.ByAgent, domain.ByCustomer, domain.ByTechnician, domain.ByAutomation}
	promises := []string{domain.PromiseCallback, domain.PromiseCredit, domain.PromiseRefund, domain.PromiseReplacement, domain.PromiseVisit, domain.PromiseOther}
	directions := []string{domain.Inbound, domain.Outbound}
	want := map[string][]string{
		"interaction.started.v1 direction":  directions,
		"message.exchanged.v1 direction":    directions,
		"interaction.offered.v1 outcome":    {domain.OfferAccepted, domain.OfferRefused, domain.OfferTimedOut},
		"interaction.ended.v1 end":          {domain.EndCompleted, domain.EndAbandoned, domain.EndDeflected, domain.EndContained, domain.EndCut, domain.EndTransferred},
		"interaction.wrapped.v1 resolution": {domain.Resolved, domain.Unresolved, domain.ResolutionPending},
		"interaction.wrapped.v1 said_by":    {domain.SaidByAgent, domain.SaidByCustomer, domain.SaidBySystem},
		"caller.verified.v1 level":          {domain.LevelNone, domain.LevelNumber, domain.LevelKnowledge, domain.LevelStrong},
		"caller.verified.v1 party":          {domain.PartyHolder, domain.PartyUser, domain.PartyAuthorised, domain.PartyOther},
		"problem.described.v1 how":          {domain.HowFirst, domain.HowRestated, domain.HowConfirmed, domain.HowCopied},
		"step.tried.v1 outcome":             steps,
		"step.tried.v1 by":                  by,
		"step.concluded.v1 outcome":         steps[:4],
		"step.concluded.v1 by":              by,
		"line.measured.v1 verdict":          {domain.VerdictGood, domain.VerdictBad, domain.VerdictUnknown},
		"promise.made.v1 what":              promises,
		"promise.claimed.v1 what":           promises,
		"appointment.reported.v1 by":        {domain.ReportedByTechnician, domain.ReportedByCustomer, domain.ReportedByDispatcher, domain.ReportedByDevice},
		"appointment.reported.v1 presence":  {domain.PresenceBoth, domain.PresenceCustomerAbsent, domain.PresenceTechnicianAbsent, domain.PresenceUnknown},
		"appointment.reported.v1 work":      {domain.WorkDone, domain.WorkPartly, domain.WorkNotDone},
		"dispute.settled.v1 for":            {domain.ForCustomer, domain.ForContractor, domain.ForNeither},
		"survey.answered.v1 scale":          {domain.ScaleNPS, domain.ScaleCSAT, domain.ScaleCES},
		"contest.settled.v1 outcome":        {domain.ContestUpheld, domain.ContestDismissed},
	}
	channels := []string{
		domain.ChannelPhone, domain.ChannelChat, domain.ChannelEmail, domain.ChannelSMS, domain.ChannelSocial,
		domain.ChannelWeb, domain.ChannelApp, domain.ChannelShop, domain.ChannelVisit, domain.ChannelLetter,
	}
	got := map[string][]string{}
	for name, p := range compiled().plans {
		want[name+" channel"] = channels
		for member, m := range p.members {
			if m.words != nil {
				got[name+" "+member] = m.words
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-constants +schemas):\n%s", diff)
	}
}
