package access

import (
	"errors"
	"strings"
	"testing"

	"github.com/tellonce/tellonce/domain"
)

func TestMayPublish(t *testing.T) {
	const (
		acme    = "/vendors/acme/crm"
		globex  = "/vendors/globex/crm"
		billing = "/vendors/telco/billing"
		console = "/vendors/telco/console"
	)
	settings := Settings{Operator: "telco", Facts: []string{billing, "/vendors/acme/outages"}}
	publisher := Viewer{Role: Publisher, Vendor: "acme"}
	biller := Viewer{Role: Publisher, Vendor: "telco"}
	admin := Viewer{Role: Admin, Agent: "root"}
	quality := Viewer{Role: Quality, Vendor: "telco", Agent: "q"}

	for name, tt := range map[string]struct {
		viewer      Viewer
		source, typ string
		want        string // in the refusal; "" where allowed
	}{
		"a vendor's own event":            {publisher, acme, "step.tried.v1", ""},
		"another system of the vendor":    {publisher, "/vendors/acme/ivr", "interaction.started.v1", ""},
		"another vendor's event":          {publisher, globex, "step.tried.v1", "source /vendors/globex/crm is of vendor globex, and your token is of vendor acme"},
		"a vendor that begins alike":      {publisher, "/vendors/acme2/crm", "step.tried.v1", "is of vendor acme2"},
		"no vendor's source":              {publisher, "/acme/crm", "step.tried.v1", "is not /vendors/acme/<system>"},
		"a source without system":         {publisher, "/vendors/acme/", "step.tried.v1", "is not /vendors/acme/<system>"},
		"no source":                       {publisher, "", "step.tried.v1", "is not /vendors/acme/<system>"},
		"a publisher of no vendor":        {Viewer{Role: Publisher}, acme, "step.tried.v1", "writes nothing"},
		"an agent":                        {Viewer{Role: Agent, Vendor: "acme", Agent: "7"}, acme, "step.tried.v1", "role agent writes nothing"},
		"a supervisor":                    {Viewer{Role: Supervisor, Vendor: "acme", Agent: "7"}, acme, "step.tried.v1", "role supervisor writes nothing"},
		"no role":                         {Viewer{Vendor: "acme"}, acme, "step.tried.v1", "writes nothing"},
		"an operator's role":              {admin, console, "note.added.v1", ""},
		"an operator's role, as a vendor": {admin, acme, "note.added.v1", "is of vendor acme, and your token is of vendor telco"},
		"a vendor's quality team":         {Viewer{Role: Quality, Vendor: "acme", Agent: "q"}, acme, "note.added.v1", "role quality of vendor acme writes nothing"},

		"access recorded":               {publisher, acme, "access.recorded.v1", "tellonce alone writes it"},
		"a disclosure made":             {publisher, acme, "disclosure.made.v1", "tellonce alone writes it"},
		"an erasure requested":          {publisher, acme, "erasure.requested.v1", "tellonce alone writes it"},
		"an erasure completed":          {admin, console, "erasure.completed.v1", "tellonce alone writes it"},
		"retention applied":             {admin, console, "retention.applied.v1", "tellonce alone writes it"},
		"a period closed":               {quality, console, "period.closed.v1", "tellonce alone writes it"},
		"access recorded, by the admin": {admin, console, "access.recorded.v2", "tellonce alone writes it"},

		"identities linked":               {publisher, acme, "identity.linked.v1", "needs a role of the operator's"},
		"identities unlinked":             {publisher, acme, "identity.unlinked.v1", "needs a role of the operator's"},
		"a problem joined":                {publisher, acme, "problem.joined.v1", "needs a role of the operator's"},
		"a problem split":                 {publisher, acme, "problem.split.v1", "needs a role of the operator's"},
		"a problem recoded":               {publisher, acme, "problem.recoded.v1", "needs a role of the operator's"},
		"by the operator's own tool":      {biller, console, "identity.linked.v1", "needs a role of the operator's"},
		"identities linked, by the admin": {admin, console, "identity.linked.v1", ""},
		"unlinked, by quality":            {quality, console, "identity.unlinked.v1", ""},
		"joined, by quality":              {quality, console, "problem.joined.v1", ""},
		"split, by the admin":             {admin, console, "problem.split.v1", ""},
		"recoded, by the admin":           {admin, console, "problem.recoded.v1", ""},
		"a problem described":             {publisher, acme, "problem.described.v1", ""},
		"a problem linked to an outage":   {publisher, acme, "problem.linked.v1", ""},

		"an identifier released":          {biller, billing, "identity.released.v1", ""},
		"released from a source unnamed":  {biller, console, "identity.released.v1", "none that the operator's settings name"},
		"released so, by the admin":       {admin, console, "identity.released.v1", "none that the operator's settings name"},
		"an outage declared":              {biller, billing, "outage.declared.v1", ""},
		"an outage, by a vendor so named": {publisher, "/vendors/acme/outages", "outage.updated.v1", ""},
		"an outage, by a vendor":          {publisher, acme, "outage.ended.v1", "none that the operator's settings name"},
		"a bill":                          {biller, billing, "bill.issued.v1", ""},
		"a bill, by a vendor":             {publisher, acme, "bill.issued.v1", "none that the operator's settings name"},
		"a bill, of the operator's name":  {publisher, billing, "bill.issued.v1", "is of vendor telco"},
		"a credit":                        {biller, billing, "credit.granted.v1", ""},
		"a credit, by a vendor":           {publisher, acme, "credit.granted.v1", "none that the operator's settings name"},
		"a subscription, by a vendor":     {publisher, acme, "subscription.changed.v1", ""},

		"a retraction":                       {publisher, acme, "event.retracted.v1", ""},
		"a retraction from another's source": {publisher, globex, "event.retracted.v1", "is of vendor globex"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, MayPublish(tt.viewer, tt.source, tt.typ, settings), tt.typ, tt.want)
		})
	}
}

func TestMayRetract(t *testing.T) {
	publisher := Viewer{Role: Publisher, Vendor: "acme"}
	for name, tt := range map[string]struct {
		viewer Viewer
		source string
		want   string
	}{
		"its own":                     {publisher, "/vendors/acme/crm", ""},
		"its own of another system":   {publisher, "/vendors/acme/ivr", ""},
		"another vendor's":            {publisher, "/vendors/globex/crm", "is of vendor globex"},
		"the operator's":              {publisher, "/vendors/operator/billing", "is of vendor operator"},
		"nobody's":                    {publisher, "crm", "is not /vendors/acme/<system>"},
		"the operator its own":        {Viewer{Role: Admin}, "/vendors/operator/console", ""},
		"the operator a vendor's":     {Viewer{Role: Admin}, "/vendors/acme/crm", "is of vendor acme"},
		"an agent their own vendor's": {Viewer{Role: Agent, Vendor: "acme", Agent: "7"}, "/vendors/acme/crm", "writes nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, MayRetract(tt.viewer, tt.source, Settings{}), "event.retracted.v1", tt.want)
		})
	}
}

func wantRefusal(t *testing.T, err error, typ, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var refusal *Refusal
	if !errors.As(err, &refusal) || !errors.Is(err, ErrForbidden) || refusal.Type != typ || !strings.Contains(refusal.Why, want) {
		t.Errorf("got %v, want a refusal of %s saying %q", err, typ, want)
	}
	if err != nil && !strings.Contains(err.Error(), typ) {
		t.Errorf("%v does not name %s", err, typ)
	}
}

// Whatever the catalogue has, some sender may write it: a type that nobody may is
// tellonce's own and is not in the catalogue.
func TestEveryTypeHasASender(t *testing.T) {
	settings := Settings{Facts: []string{"/vendors/operator/facts"}}
	for _, typ := range domain.Catalogue {
		if err := MayPublish(Viewer{Role: Admin}, "/vendors/operator/facts", typ.Name, settings); err != nil {
			t.Error(err)
		}
	}
}
