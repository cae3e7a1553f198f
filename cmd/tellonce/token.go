package main

import (
	"fmt"
	"time"

	"github.com/tellonce/tellonce/internal/access"
)

type tokenCmd struct {
	Dir      string        `type:"path" default:".tellonce" placeholder:"D" help:"Folder of the embedded issuer."`
	Role     access.Role   `required:"" enum:"agent,supervisor,quality,planner,dispatcher,privacy,admin,publisher" help:"agent, supervisor, quality, planner, dispatcher, privacy, admin or publisher."`
	Vendor   string        `help:"The vendor whose token it is; a publisher needs one."`
	Employer string        `help:"Whom they are employed by, where that is not the vendor."`
	Site     string        `help:"The site they work at."`
	Country  string        `help:"The site's country, ISO 3166."`
	Agent    string        `help:"The agent's id at the vendor."`
	TTL      time.Duration `name:"ttl" default:"1h" help:"How long it is good for: 1h, 30m."`
}

// Run prints a token of the embedded issuer.
func (c *tokenCmd) Run(out output) error {
	issuer, err := access.OpenIssuer((&place{Dir: c.Dir}).issuerDir())
	if err != nil {
		return err
	}
	token, err := issuer.Token(access.Viewer{Role: c.Role, Vendor: c.Vendor, Employer: c.Employer, Site: c.Site, Country: c.Country, Agent: c.Agent}, c.TTL)
	if err != nil {
		return err
	}
	fmt.Fprintln(out.Out, token)
	return nil
}
