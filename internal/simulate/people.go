package simulate

import (
	"fmt"
	"math/rand/v2"

	"github.com/tellonce/tellonce/domain"
)

// Person is a simulated customer.
type Person struct {
	Account string
	Line    string
	Phone   string
	Email   string
	Box     string
	Name    string
	Street  string
}

// desk is a place where customers are handled: a vendor's, or a site of the operator.
type desk struct {
	vendor, system, site, country, channel string
}

func (d *desk) source() string { return "/vendors/" + d.vendor + "/" + d.system }

// The operator's own publisher name, and what it sends from.
const (
	operator       = "operator"
	operatorBills  = "/vendors/operator/billing"
	operatorFields = "/vendors/operator/subscriptions"
)

var (
	acme     = &desk{vendor: "acme", system: "crm", site: "rabat", country: "MA", channel: "phone"}
	borealis = &desk{vendor: "borealis", system: "desk", site: "tunis", country: "TN", channel: "phone"}
	cadence  = &desk{vendor: "cadence", system: "chat", site: "porto", country: "PT", channel: "chat"}
	delta    = &desk{vendor: "delta", system: "field", site: "nantes", country: "FR", channel: "visit"}
	lille    = &desk{vendor: operator, system: "lille", site: "lille", country: "FR", channel: "phone"}
	lyon     = &desk{vendor: operator, system: "lyon", site: "lyon", country: "FR", channel: "phone"}
	callers  = []*desk{acme, acme, acme, borealis, borealis, lille, lyon, cadence}
)

// Vendors are the publishers that send the simulated events: four vendors and the
// operator.
func Vendors() []string {
	return []string{acme.vendor, borealis.vendor, cadence.vendor, delta.vendor, operator}
}

var (
	firstNames = []string{"Aïcha", "Bruno", "Camille", "Djamila", "Étienne", "Fatou", "Gaëlle", "Hugo", "Inès", "Joaquim", "Karim", "Léa", "Mireille", "Noé", "Odile", "Paulo", "Quentin", "Rosa", "Samir", "Thérèse"}
	lastNames  = []string{"Bérenger", "Carvalho", "Delacroix", "El Amrani", "Faure", "Garnier", "Haddad", "Imbert", "Jolivet", "Kone", "Lemoine", "Marchand", "Nguyen", "Oliveira", "Perrin", "Rousseau", "Sauvage", "Traoré", "Vasseur", "Weber"}
	streets    = []string{"rue des Tanneurs", "allée des Mimosas", "chemin du Moulin", "avenue de la Gare", "impasse des Lilas", "quai de la Fosse", "place du Marché", "rue Haute"}
)

func somebody(i int, rng *rand.Rand) Person {
	name := pick(rng, firstNames) + " " + pick(rng, lastNames)
	return Person{
		Account: fmt.Sprintf("A%07d", i),
		Line:    fmt.Sprintf("+3327%07d", i%10_000_000),
		Phone:   fmt.Sprintf("06%08d", 12_000_000+i%40_000_000),
		Email:   fmt.Sprintf("client%d@mail.example", i),
		Box:     fmt.Sprintf("BX%09d", i),
		Name:    name,
		Street:  fmt.Sprintf("%d %s", 1+rng.IntN(120), pick(rng, streets)),
	}
}

// known is how a desk comes to know who is calling: seldom by all that there is.
func (p *Person) known(rng *rand.Rand) *domain.Customer {
	switch n := rng.IntN(10); {
	case n < 5:
		return &domain.Customer{Account: domain.Texts{p.Account}, Phone: domain.Texts{p.Phone}, Name: p.Name}
	case n < 8:
		return &domain.Customer{Line: domain.Texts{p.Line}, Account: domain.Texts{p.Account}}
	default:
		return &domain.Customer{Account: domain.Texts{p.Account}, Email: domain.Texts{p.Email}}
	}
}

// calling is what the telephone alone tells.
func (p *Person) calling() *domain.Customer {
	return &domain.Customer{Phone: domain.Texts{p.Phone}}
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }
