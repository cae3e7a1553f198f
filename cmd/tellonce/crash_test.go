package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tellonce/tellonce/internal/embedded"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/kafka"
)

// incidents writes an export in the form of the shipped mapping: tickets whose rows
// stand ticket after ticket, so that most of them land in their callers' past.
func incidents(t *testing.T, tickets, rows int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("number,ident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,category,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at\n")
	for ticket := range tickets {
		opened := fmt.Sprintf("%d/3/2016 0%d:%02d", 1+ticket%28, ticket%9, ticket%60)
		for row := range rows {
			state, resolved := "Active", "?"
			updated := fmt.Sprintf("%d/4/2016 1%d:%02d", 1+(ticket*7+row)%28, row%10, (ticket*13)%60)
			if row == 0 {
				state, updated = "New", opened
			}
			if row == rows-1 {
				state, updated, resolved = "Resolved", "30/4/2016 20:00", "30/4/2016 20:00"
			}
			fmt.Fprintf(&b, "%07d,%s,true,%d,0,%d,true,%d,8,%s,6,%s,21,%s,Phone,143,%d,%d,72,?,2,2,3,%d,%d,true,false,Do Not Notify,?,?,?,?,5,149,%s,?\n",
				ticket, state, row%3, row, ticket%17, opened, opened, updated, ticket%5, ticket%9, (ticket+row)%4, row%6, resolved)
		}
	}
	path := filepath.Join(t.TempDir(), "incidents.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const mappingFile = "../../deploy/mappings/servicenow.yaml"

func importArgs(s *process, token, file string, more ...string) []string {
	return append([]string{"import", "--to", s.url, "--token", token, "--vendor", "acme", "--mapping", mappingFile, "--json"}, append(more, file)...)
}

func TestNothingIsLostOrTwiceWhenServeIsKilledInAnImport(t *testing.T) {
	settings := given(t)
	survives(t, settings, func(s *process) *process {
		s.kill()
		return serveOn(t, strings.TrimPrefix(s.url, "http://"), settings...)
	})
}

func TestNothingIsLostOrTwiceWhenTheBrokerIsKilledInAnImport(t *testing.T) {
	if testing.Short() {
		return // the quick loop has no real broker
	}
	broker, err := embedded.StartKafka(t.Context(), embedded.KafkaOptions{Dir: embeddedtest.Folder(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Stop() })
	settings := given(t)
	settings[3] = broker.Address()
	survives(t, settings, func(s *process) *process {
		if err := broker.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := broker.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	})
}

// survives disturbs a service twice in the middle of an import, which waits and goes
// on. In the end every event is there once, and the read models equal those that an
// undisturbed process folds from the same log into an empty database.
func survives(t *testing.T, settings []string, disturb func(*process) *process) {
	t.Helper()
	const tickets, rows = 400, 40 // fewer, and the import is over before it is disturbed twice
	file := incidents(t, tickets, rows)
	s := serve(t, settings...)
	token := must(t, "token", "--dir", settings[1], "--role", "publisher", "--vendor", "acme")
	importing := command(t, importArgs(s, token, file, "--patience", "60s", "--in-flight", "1")...)
	var out, said bytes.Buffer
	importing.Stdout, importing.Stderr = &out, &said
	if err := importing.Start(); err != nil {
		t.Fatal(err)
	}
	client, err := kafka.Connect(kafka.Options{Brokers: strings.Split(settings[3], ",")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	var reached int64 // what the log had when the service was last disturbed
	for range 2 {
		before := written(t, client, settings[7])
		eventually(t, "the import to go on", func() bool { return written(t, client, settings[7]) > before })
		reached = written(t, client, settings[7])
		s = disturb(s)
	}
	if err := importing.Wait(); err != nil {
		t.Fatalf("import: %v\n%s", err, &said)
	}
	var counts struct{ Rows, Mapped, Skipped, Broken, Events, Accepted, Duplicate, Refused int }
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &counts); err != nil {
		t.Fatalf("read %q: %v", &out, err)
	}
	if counts.Rows != tickets*rows || counts.Rows != counts.Mapped+counts.Skipped+counts.Broken || counts.Events != counts.Accepted+counts.Duplicate+counts.Refused || counts.Refused > 0 {
		t.Errorf("the counts do not add up: %+v", counts)
	}
	if reached >= int64(counts.Events) {
		t.Errorf("the log had %d records when the service was last disturbed, of %d events: the import was over", reached, counts.Events)
	}
	folded(t, settings)
	if got := applied(t, settings); got != counts.Events {
		t.Errorf("%d events stand, want the %d of the file", got, counts.Events)
	}
	disturbed := must(t, append([]string{"project", "fingerprint"}, settings...)...)
	s.stop()

	fresh := slices.Clone(settings)
	fresh[1], fresh[5] = t.TempDir(), embeddedtest.Database(t)
	serve(t, append([]string{"--roles", "project"}, fresh...)...)
	folded(t, fresh)
	if undisturbed := must(t, append([]string{"project", "fingerprint"}, fresh...)...); undisturbed != disturbed {
		t.Errorf("the read models differ: %s disturbed, %s undisturbed", disturbed, undisturbed)
	}
}

// command is the binary as a process of its own, with its state in the test's folder.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}

// written is how many records the log has; -1 while it cannot be asked.
func written(t *testing.T, client *kafka.Client, topic string) int64 {
	t.Helper()
	ends, err := client.Ends(t.Context(), topic)
	if err != nil {
		return -1
	}
	var sum int64
	for _, end := range ends {
		sum += end
	}
	return sum
}

// applied is how many events the timeline has.
func applied(t *testing.T, settings []string) int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), settings[5])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var n int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM read.timeline_1").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
