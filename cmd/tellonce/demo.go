package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/simulate"
)

type demoCmd struct {
	Dir       string `type:"path" placeholder:"D" help:"Folder for everything; kept. A temporary one, removed at the end, where none is given."`
	Customers int    `default:"300" help:"How many customers the simulated operator has."`
	Listen    string `default:"127.0.0.1:8484" placeholder:"HOST:PORT" help:"Where HTTP is served, ${default} where not given; port 0 takes a free one."`
	Once      bool   `help:"Print one handover brief and end."`
}

// Validate refuses settings that cannot be meant; kong calls it.
func (c *demoCmd) Validate() error {
	if c.Customers < 1 || c.Customers > 1_000_000 {
		return fmt.Errorf("--customers %d: 1 to 1,000,000 expected", c.Customers)
	}
	return nil
}

// Run plays the simulated operator into the whole service, and shows what the next
// agent sees.
func (c *demoCmd) Run(ctx context.Context, out output) (err error) {
	dir := c.Dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "tellonce-demo-"); err != nil {
			return fmt.Errorf("make a folder for the demo: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	listen := c.Listen
	if c.Once {
		listen = "127.0.0.1:0"
	}
	settings := &serving{
		place:  place{Dir: dir, EventsTopic: "tellonce.events"},
		Listen: listen, Region: "FR", Zone: "Europe/Paris", Operator: "operator", FactSources: []string{"/vendors/operator/billing"},
	}
	spareCollections()
	begun := time.Now()
	until, err := storyEnd(dir, begun)
	if err != nil {
		return err
	}
	tell := func(line string) { fmt.Fprintln(out.Err, line) }
	n, err := startNode(ctx, settings, []string{roleIntake, roleProject, roleAPI}, logger(out.Err, settings.LogLevel), tell)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.run(ctx) })
	group.Go(func() error {
		show := &showing{demo: c, node: n, out: out, begun: begun, until: until}
		if err := show.run(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		if c.Once {
			stop()
		}
		return nil
	})
	return errors.Join(group.Wait(), n.close())
}

// storyEnd is the moment at which the simulated story ends: now, the first time, and
// on a folder that has had a demo before the same as then, so that its events are the
// same again and count as duplicates.
func storyEnd(dir string, now time.Time) (time.Time, error) {
	path := filepath.Join(dir, "demo-until")
	if text, err := os.ReadFile(path); err == nil {
		until, err := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
		if err != nil {
			return until, fmt.Errorf("read %s: %w; remove the folder to start anew", path, err)
		}
		return until, nil
	}
	now = now.UTC().Truncate(time.Second)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return now, fmt.Errorf("make the demo's folder: %w", err)
	}
	if err := os.WriteFile(path, []byte(now.Format(time.RFC3339)+"\n"), 0o644); err != nil {
		return now, fmt.Errorf("note when the story ends: %w", err)
	}
	return now, nil
}

// showing plays the story and shows it.
type showing struct {
	demo  *demoCmd
	node  *node
	out   output
	begun time.Time
	until time.Time // where the story ends
}

func (s *showing) run(ctx context.Context) error {
	published, err := s.publish(ctx)
	if err != nil {
		return err
	}
	who := simulate.Fourth()
	agent, err := s.token(access.Viewer{Role: access.Agent, Vendor: "borealis", Agent: "tunis-007", Site: "tunis", Country: "TN"})
	if err != nil {
		return err
	}
	brief, err := askHandover(ctx, s.node.url(), agent, published.after, who.Phone)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out.Err, "%d events of %d customers are in the log and folded, %.1f s after the start\n\n", published.events, s.demo.Customers, time.Since(s.begun).Seconds())
	if s.demo.Once {
		fmt.Fprint(s.out.Out, brief.text())
		return nil
	}
	return s.guide(agent, who, brief)
}

// guide says where everything is and what to look at first.
func (s *showing) guide(agent string, who simulate.Person, brief handover) error {
	w := s.out.Out
	fmt.Fprintf(w, "intake   %[1]s/v1/events\nGraphQL  %[1]s/graphql\nready    %[1]s/readyz\n\n", s.node.url())
	fmt.Fprintln(w, "tokens, good for a day:")
	viewers := []access.Viewer{{Role: access.Quality}, {Role: access.Admin}}
	for _, vendor := range simulate.Vendors() {
		viewers = append(viewers, access.Viewer{Role: access.Publisher, Vendor: vendor})
	}
	fmt.Fprintf(w, "  %-20s %s\n", "agent at borealis", agent)
	for _, v := range viewers {
		token, err := s.token(v)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  %-20s %s\n", strings.TrimSpace(string(v.Role)+" "+v.Vendor), token)
	}
	fmt.Fprintf(w, "\n%s is on the telephone, for the fourth time. The agent's desktop asks by the calling number:\n\n", who.Name)
	fmt.Fprintf(w, "curl -s %s/graphql \\\n  -H 'Authorization: Bearer %s' \\\n  -H 'Content-Type: application/json' \\\n  -d '%s'\n\n", s.node.url(), agent, handoverBody(who.Phone))
	fmt.Fprintf(w, "and sees:\n\n%s\nCtrl-C ends the demo.\n", brief.text())
	return nil
}

func (s *showing) token(v access.Viewer) (string, error) {
	return s.node.issuer.Token(v, 24*time.Hour)
}
