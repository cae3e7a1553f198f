package importer_test

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/internal/embedded/embeddedtest"
	"github.com/tellonce/tellonce/internal/importer"
	"github.com/tellonce/tellonce/internal/intake"
	"github.com/tellonce/tellonce/internal/kafka"
	"github.com/tellonce/tellonce/internal/mapping"
	"github.com/tellonce/tellonce/internal/ring"
)

// memoryLog acknowledges at once what it is given.
type memoryLog struct {
	mu      sync.Mutex
	records [][]byte
}

func (l *memoryLog) Write(_ context.Context, messages []kafka.Message) ([]kafka.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	positions := make([]kafka.Position, len(messages))
	for i, m := range messages {
		positions[i] = kafka.Position{Offset: int64(len(l.records))}
		l.records = append(l.records, bytes.Clone(m.Value))
	}
	return positions, nil
}

// incidents is an export as the shipped mapping reads it: an incident that is
// handed over, resolved, reopened and closed, one without a caller, and a broken row.
const incidents = `number,ident_state,sys_mod_count,caller_id,opened_at,sys_updated_at,contact_type,category,category,priority,assignment_group,assigned_to,reassignment_count,reopen_count,closed_code,resolved_at,closed_at
1,New,0,77,1/3/2016 08:00,1/3/2016 08:05,Phone,5,170,3,56,?,0,0,6,2/3/2016 09:00,9/3/2016 10:00
1,Active,1,77,1/3/2016 08:00,1/3/2016 09:05,Phone,5,170,3,70,12,1,0,6,2/3/2016 09:00,9/3/2016 10:00
1,Resolved,2,77,1/3/2016 08:00,2/3/2016 09:00,Phone,5,170,3,70,12,1,0,6,2/3/2016 09:00,9/3/2016 10:00
1,Active,3,77,1/3/2016 08:00,3/3/2016 09:00,Phone,5,171,3,70,12,1,1,6,2/3/2016 09:00,9/3/2016 10:00
1,Closed,4,77,1/3/2016 08:00,9/3/2016 10:00,Phone,5,171,3,70,12,1,1,6,2/3/2016 09:00,9/3/2016 10:00
2,-100,0,?,1/3/2016 08:00,1/3/2016 08:05,Email,5,?,4,?,?,0,0,?,?,?
3,New,0,78,yesterday,1/3/2016 08:05,Phone,5,170,3,56,?,0,0,6,?,?
`

func TestARealIntakeTakesWhatTheShippedMappingSays(t *testing.T) {
	pool, err := pgxpool.New(t.Context(), embeddedtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	keys, err := ring.ParseKeys(strings.Repeat("01", 32), strings.Repeat("02", 32))
	if err != nil {
		t.Fatal(err)
	}
	names, err := ring.Open(t.Context(), pool, keys, ring.Options{})
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := access.OpenIssuer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := access.NewVerifier(issuer.Trust())
	if err != nil {
		t.Fatal(err)
	}
	log := &memoryLog{}
	server := httptest.NewServer(intake.NewHandler(intake.New(names, pool, log, intake.Options{Region: "FR"}), verifier, intake.Limits{}))
	t.Cleanup(server.Close)
	token, err := issuer.Token(access.Viewer{Role: "publisher", Vendor: "desk"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("../../deploy/mappings/servicenow.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Parse("servicenow.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "incidents.csv")
	if err := os.WriteFile(file, []byte(incidents), 0o600); err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	options := importer.Options{
		To: server.URL, Token: token, Vendor: "desk", Mapping: m, Files: []string{file}, State: t.TempDir(), Zip: true,
		Out: &told, Err: &told,
	}
	counts, err := importer.Import(t.Context(), options)
	var not *importer.NotAll
	if want := (importer.Counts{Rows: 7, Mapped: 6, Broken: 1, Events: 8, Accepted: 8}); !errors.As(err, &not) || counts != want {
		t.Errorf("%+v, %v\n%s", counts, err, &told)
	}
	types := map[string]int{}
	for _, raw := range log.records {
		r, err := domain.DecodeRecord(raw)
		if err != nil {
			t.Fatal(err)
		}
		types[r.Type]++
		if bytes.Contains(raw, []byte(`"77"`)) {
			t.Errorf("the caller stands in clear in %s", raw)
		}
	}
	if types["interaction.started.v1"] != 2 || types["ticket.opened.v1"] != 2 || types["ticket.assigned.v1"] != 1 || types["ticket.reopened.v1"] != 1 {
		t.Errorf("%v", types)
	}

	counts, _ = importer.Import(t.Context(), options)
	if want := (importer.Counts{Rows: 7, Mapped: 6, Broken: 1, Events: 8, Duplicate: 8}); counts != want || len(log.records) != 8 {
		t.Errorf("again: %+v, %d records", counts, len(log.records))
	}

	options.Vendor, options.Fresh = "acme", true
	counts, err = importer.Import(t.Context(), options)
	if counts.Refused != 8 || !errors.As(err, &not) || !strings.Contains(told.String(), "refused: interaction.started.v1 1/contact: ") {
		t.Errorf("as another vendor: %+v, %v\n%s", counts, err, &told)
	}
}
