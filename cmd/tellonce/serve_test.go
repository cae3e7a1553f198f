package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
)

// given are the settings of a service on the test's own database and topic.
func given(t *testing.T) []string {
	t.Helper()
	brokers := embeddedtest.Brokers(t)
	return []string{
		"--dir", t.TempDir(), "--kafka-brokers", strings.Join(brokers, ","), "--database-url", embeddedtest.Database(t),
		"--events-topic", "e2e." + strings.ReplaceAll(t.Name(), "/", ".") + "." + filepath.Base(t.TempDir()),
	}
}

func TestAnEventReachesTheNextAgent(t *testing.T) {
	for name, settings := range map[string]func(*testing.T) []string{
		"on a broker and a database that are given": given,
		"on embedded ones":                          func(t *testing.T) []string { return []string{"--dir", t.TempDir()} },
	} {
		t.Run(name, func(t *testing.T) {
			settings := settings(t)
			dir := settings[1]
			s := serve(t, settings...)
			publisher := must(t, "token", "--dir", dir, "--role", "publisher", "--vendor", "acme")
			agent := must(t, "token", "--dir", dir, "--role", "agent", "--vendor", "borealis", "--agent", "b-7")

			status, header, answer := post(t, s.url+"/v1/events", publisher, "application/cloudevents+json", "", stepTried("e1", "i1", "A1"))
			if status != 202 {
				t.Fatalf("intake answered %d: %s", status, answer)
			}
			var got struct {
				Customer struct {
					Brief    struct{ Headline []string }
					Timeline struct {
						Edges []struct {
							Node struct{ Type, Outcome, Text string }
						}
					}
				}
			}
			query(t, s.url, agent, header.Get("Tellonce-After"), `{ customer(by: {account: "a1"}, ground: "call on the line") { ... on Customer {
				brief { headline } timeline(first: 5) { edges { node { type outcome text } } } } } }`, nil, &got)
			if edges := got.Customer.Timeline.Edges; len(edges) != 1 || edges[0].Node.Text != "Le voyant reste rouge" {
				t.Errorf("the timeline shows %+v", edges)
			}
			if len(got.Customer.Brief.Headline) == 0 {
				t.Error("the brief has no headline")
			}
			status, _, answer = post(t, s.url+"/v1/events", publisher, "application/cloudevents+json", "", stepTried("e1", "i1", "A1"))
			if status != 202 || !strings.Contains(answer, "duplicate") {
				t.Errorf("the same event again: %d %s, want a duplicate", status, answer)
			}
		})
	}
}

func TestASecondServeOnOneFolderNamesTheFirst(t *testing.T) {
	dir := t.TempDir()
	first := serve(t, "--dir", dir)
	r := tellonce(t, "serve", "--dir", dir, "--listen", "127.0.0.1:0")
	if pid := first.cmd.Process.Pid; r.code == 0 || !strings.Contains(r.err, strconv.Itoa(pid)) {
		t.Fatalf("exit %d, %q; want a refusal that names process %d", r.code, r.err, pid)
	}
}

// A second installation on the log, a copy for tests or a mistake in a database's
// address, must not take partitions of the first.
func TestTwoInstallationsReadAllOfOneLogEach(t *testing.T) {
	one := given(t)
	two := append([]string{"--dir", t.TempDir(), "--database-url", embeddedtest.Database(t)}, one[2:4]...)
	two = append(two, one[6:]...)
	s := serve(t, one...)
	serve(t, two...)
	publisher := must(t, "token", "--dir", one[1], "--role", "publisher", "--vendor", "acme")
	for i := range 20 {
		id := strconv.Itoa(i)
		if status, _, answer := post(t, s.url+"/v1/events", publisher, "application/cloudevents+json", "", stepTried("e"+id, "i"+id, "A"+id)); status != 202 {
			t.Fatalf("intake answered %d: %s", status, answer)
		}
	}
	folded(t, one)
	folded(t, two)
}

func TestOnlyReplicasThatTheBrokersRefuseAreSaidToBeTooMany(t *testing.T) {
	const advice = "--replication 1"
	for name, tt := range map[string]struct {
		brokers string
		want    bool
	}{
		"one broker": {strings.Join(embeddedtest.Brokers(t), ","), true},
		"none":       {"127.0.0.1:1", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := tellonce(t, "serve", "--dir", t.TempDir(), "--listen", "127.0.0.1:0", "--kafka-brokers", tt.brokers,
				"--database-url", embeddedtest.Database(t), "--events-topic", "e2e.replicas."+filepath.Base(filepath.Dir(t.TempDir())))
			if r.code != 1 || strings.Contains(r.err, advice) != tt.want {
				t.Errorf("exit %d, %q; advice %q wanted: %t", r.code, r.err, advice, tt.want)
			}
		})
	}
}

func TestAStatusWithoutATopicSaysWhoMakesIt(t *testing.T) {
	if r := tellonce(t, append([]string{"project", "status"}, given(t)...)...); r.code != 1 || !strings.Contains(r.err, "tellonce serve") {
		t.Errorf("exit %d, %q; want what makes the topic", r.code, r.err)
	}
}

func TestATokenOfAFolderThatNobodyServesIsSaidToBeSo(t *testing.T) {
	args := []string{"token", "--dir", t.TempDir(), "--role", "quality"}
	if r := tellonce(t, args...); r.code != 0 || !strings.Contains(r.err, "new issuer") {
		t.Errorf("exit %d, %q; want word of the new issuer", r.code, r.err)
	}
	if r := tellonce(t, args...); r.code != 0 || r.err != "" {
		t.Errorf("the second time: exit %d, %q; want silence", r.code, r.err)
	}
}

func TestWrongSettingsAreRefusedAtStart(t *testing.T) {
	for name, tt := range map[string]struct {
		environ []string
		args    []string
		want    string // in what is said
	}{
		"an unknown flag":      {args: []string{"serve", "--brokers", "x:1"}, want: "--brokers"},
		"an unknown variable":  {environ: []string{"TELLONCE_BROKERS=x:1"}, args: []string{"serve"}, want: "TELLONCE_BROKERS"},
		"an unknown role":      {args: []string{"serve", "--roles", "intake,projection"}, want: "projection"},
		"no port to listen on": {args: []string{"serve", "--listen", "localhost"}, want: "host:port"},
		"a wrong variable":     {environ: []string{"TELLONCE_LISTEN=here"}, args: []string{"serve"}, want: "host:port"},
		"a broker without port": {
			args: []string{"project", "status", "--dir", t.TempDir(), "--kafka-brokers", "kafka", "--database-url", embeddedtest.Database(t)}, want: "host:port",
		},
		"a region that is none":         {args: []string{"serve", "--region", "France"}, want: "ISO 3166"},
		"a region in small letters":     {args: []string{"serve", "--region", "fr"}, want: "such as FR"},
		"a region without numbers":      {args: []string{"serve", "--region", "XX"}, want: "such as FR"},
		"no role at all":                {args: []string{"serve", "--roles", ""}, want: "intake, project, api"},
		"no role in a variable":         {environ: []string{"TELLONCE_ROLES="}, args: []string{"serve"}, want: "intake, project, api"},
		"a level that does not exist":   {args: []string{"serve", "--log-level", "loud"}, want: "debug, info, warn or error expected"},
		"a source that none can be":     {args: []string{"event", "show", "acme", "b1"}, want: "/vendors/<vendor>/<system>"},
		"a publisher without a vendor":  {args: []string{"token", "--dir", t.TempDir(), "--role", "publisher"}, want: "--vendor"},
		"an agent without a name":       {args: []string{"token", "--dir", t.TempDir(), "--role", "agent"}, want: "--agent"},
		"a token for no time":           {args: []string{"token", "--dir", t.TempDir(), "--role", "quality", "--ttl", "0s"}, want: "--ttl"},
		"a token of no folder":          {args: []string{"token", "--dir", "", "--role", "quality"}, want: "--dir is empty"},
		"a role that does not exist":    {args: []string{"token", "--role", "boss"}, want: "boss"},
		"an unknown command":            {args: []string{"sevre"}, want: "sevre"},
		"no customers in a demo":        {args: []string{"demo", "--customers", "0"}, want: "1 to 1,000,000"},
		"a database that is no address": {args: []string{"project", "status", "--dir", t.TempDir(), "--database-url", "nowhere"}, want: "database"},
	} {
		t.Run(name, func(t *testing.T) {
			r := tellonceWith(t, tt.environ, tt.args...)
			if r.code == 0 || !strings.Contains(r.err, tt.want) {
				t.Errorf("exit %d, %q; want a refusal that says %q", r.code, r.err, tt.want)
			}
		})
	}
}

func TestTheDemoPrintsAHandoverBriefOnce(t *testing.T) {
	dir := t.TempDir()
	out := must(t, "demo", "--dir", dir, "--customers", "20", "--once")
	headline, details, _ := strings.Cut(out, "\n\n")
	lines := strings.Split(headline, "\n")
	if len(lines) < 4 || len(lines) > 6 || !strings.Contains(headline, "4th contact") || !strings.Contains(details, "do not redo") {
		t.Errorf("not the brief of a fourth call:\n%s", out)
	}
	for _, line := range lines {
		if strings.Contains(line, "acme") || strings.Contains(line, "borealis") {
			t.Errorf("a vendor is named: %s", line)
		}
	}
	if again := must(t, "demo", "--dir", dir, "--customers", "20", "--once"); again != out {
		t.Errorf("the same demo again shows\n%s\nwhere the first showed\n%s", again, out)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Errorf("the folder given is gone: %v", err)
	}
}
