package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/tellonce/tellonce/internal/access"
)

type tokenCmd struct {
	Dir      string        `type:"path" default:".tellonce" placeholder:"D" help:"Folder of the embedded issuer, that of serve; ${default} where not given."`
	Role     access.Role   `required:"" enum:"agent,supervisor,quality,planner,dispatcher,privacy,admin,publisher" help:"agent, supervisor, quality, planner, dispatcher, privacy, admin or publisher."`
	Vendor   string        `help:"The vendor whose token it is; a publisher needs one."`
	Employer string        `help:"Whom they are employed by, where that is not the vendor."`
	Site     string        `help:"The site they work at."`
	Country  string        `help:"The site's country, ISO 3166."`
	Agent    string        `help:"The agent's id at the vendor; an agent's token needs one."`
	TTL      time.Duration `name:"ttl" default:"1h" help:"How long it is good for: 1h, 30m."`
}

// Validate refuses settings that cannot be meant; kong calls it.
func (c *tokenCmd) Validate() error {
	switch {
	case c.Dir == "":
		return errors.New("--dir is empty: a folder expected")
	case c.Role == access.Publisher && c.Vendor == "":
		return errors.New("--vendor is missing: a publisher writes as its vendor")
	case c.Role == access.Agent && c.Agent == "":
		return errors.New("--agent is missing: an agent's token names the agent")
	case c.TTL <= 0:
		return fmt.Errorf("--ttl %s: more than 0 expected, such as 1h", c.TTL)
	}
	return nil
}

// Run prints a token of the embedded issuer.
func (c *tokenCmd) Run(out output) error {
	dir := (&place{Dir: c.Dir}).issuerDir()
	_, missing := os.Stat(dir)
	issuer, err := access.OpenIssuer(dir)
	if err != nil {
		return err
	}
	if errors.Is(missing, fs.ErrNotExist) {
		fmt.Fprintf(out.Err, "made a new issuer in %s: only a serve on the same --dir takes its tokens\n", dir)
	}
	token, err := issuer.Token(access.Viewer{Role: c.Role, Vendor: c.Vendor, Employer: c.Employer, Site: c.Site, Country: c.Country, Agent: c.Agent}, c.TTL)
	if err != nil {
		return err
	}
	fmt.Fprintln(out.Out, token)
	return nil
}
