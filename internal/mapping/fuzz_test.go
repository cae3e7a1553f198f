package mapping

import (
	"bytes"
	"context"
	"testing"
)

// Whatever a file holds, its rows are counted, and what is made of them is JSON.
func FuzzRead(f *testing.F) {
	const lines = "system: x\ninput: {format: jsonl}\nevents: [{type: note.added.v1, id: .id, time: .time, data: .data}]"
	f.Add(false, []byte(callsHeader+"c1,02/01/2026 10:00:00,02/07/2026 10:01:00,,1,12.5,1\n"))
	f.Add(false, []byte("\xef\xbb\xbf"+callsHeader+"\"c1,\"\"\",x\n\"\n"))
	f.Add(true, []byte(`{"id":"a","time":"2026-01-02T03:04:05Z","data":{"x":[null,{}]}}`+"\n{\n"))
	f.Add(true, []byte(`{"id":1e400,"time":"2026-01-02T03:04:05Z","data":[]}`))
	f.Fuzz(func(t *testing.T, asLines bool, file []byte) {
		document := calls
		if asLines {
			document = lines
		}
		m, err := Parse("m.yaml", []byte(document))
		if err != nil {
			t.Fatal(err)
		}
		run, err := m.NewRun("acme")
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		_ = run.Read(context.Background(), "f", bytes.NewReader(file), func(row *Row) error {
			rows++
			if (len(row.Events) > 0) == (row.Broken != nil || row.Skipped != "") {
				t.Errorf("%+v", row)
			}
			for i := range row.Events {
				if _, err := row.Events[i].JSON(); err != nil {
					t.Error(err)
				}
			}
			return nil
		})
		c := run.Coverage
		if c.Rows != rows || c.Rows != c.Mapped+c.Skipped+c.Broken {
			t.Errorf("%d rows, %+v", rows, c)
		}
	})
}
