package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/tellonce/tellonce/deploy"
	"github.com/tellonce/tellonce/domain"
)

// The roles that a process may have.
const (
	roleIntake  = "intake"
	roleProject = "project"
	roleAPI     = "api"
)

// serving are the settings of a process that serves.
type serving struct {
	place
	secrets

	Listen      string   `default:"127.0.0.1:8484" placeholder:"HOST:PORT" help:"Where HTTP is served, ${default} where not given; port 0 takes a free one."`
	Region      string   `default:"FR" placeholder:"CC" help:"The customers' own region (ISO 3166), ${default} where not given: for telephone numbers without a country code."`
	Zone        string   `default:"Europe/Paris" help:"The operator's time zone (IANA), in which days are told."`
	Operator    string   `default:"operator" help:"The operator's own name in sources: /vendors/<name>/<system>."`
	Catalogue   string   `type:"existingfile" placeholder:"FILE" help:"The operator's own reasons and steps, in place of the shipped ones."`
	FactSources []string `default:"/vendors/operator/billing,/vendors/operator/network" placeholder:"SOURCE" help:"Sources that may state the operator's facts (outages, bills, credits, released identifiers); ${default} where not given."`
	Partitions  int      `placeholder:"N" help:"Partitions of the log's topic where it is made; a topic that exists keeps its own. Not given: 8 on given brokers, 2 on the embedded one."`
	Replication int      `placeholder:"N" help:"Replicas of the log's topic where it is made. Not given: 3 on given brokers, 1 on the embedded one."`
}

// Validate refuses settings that cannot be meant; kong calls it.
func (s *serving) Validate() error {
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		return fmt.Errorf("--listen %q: host:port expected", s.Listen)
	}
	if s.Partitions < 0 || s.Partitions > 4096 {
		return fmt.Errorf("--partitions %d: 1 to 4096 expected", s.Partitions)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" {
		return fmt.Errorf("--zone %q: a zone of the IANA database expected, such as Europe/Paris", s.Zone)
	}
	if s.Replication < 0 {
		return fmt.Errorf("--replication %d: 1 or more expected", s.Replication)
	}
	// One that no numbering plan has, "fr" too, would leave every number unnamed.
	if !phonenumbers.GetSupportedRegions()[s.Region] {
		return fmt.Errorf("--region %q: two capital letters of ISO 3166 expected, of a region with telephone numbers, such as FR", s.Region)
	}
	return s.place.Validate()
}

// codes are the operator's reasons and steps.
func (s *serving) codes() (domain.Codes, error) {
	if s.Catalogue == "" {
		return deploy.Codes()
	}
	text, err := os.ReadFile(s.Catalogue)
	if err != nil {
		return domain.Codes{}, fmt.Errorf("read catalogue: %w", err)
	}
	codes, err := deploy.ParseCodes(text)
	if err != nil {
		return codes, fmt.Errorf("read catalogue %s: %w", s.Catalogue, err)
	}
	return codes, nil
}
