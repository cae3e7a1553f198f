package schema

import (
	"encoding/json"
	"time"
)

var leaves = []scalar{
	{
		name:  "DateTime",
		doc:   "An instant in ISO 8601, to the microsecond. Answers are in UTC: \"2026-01-02T03:04:05Z\". Arguments take any offset, and need one.",
		write: writeTime, parse: parseTime,
	},
	{
		name:  "JSON",
		doc:   "Any JSON value.",
		write: func(v any) any { return v },
		parse: func(any) any { return nil },
	},
}

// formatTime is a time as every answer writes it.
func formatTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func writeTime(v any) any {
	switch t := v.(type) {
	case time.Time:
		if !t.IsZero() {
			return formatTime(t)
		}
	case *time.Time:
		if t != nil {
			return formatTime(*t)
		}
	}
	return nil
}

func parseTime(v any) any {
	text, ok := v.(string)
	if !ok {
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return nil
	}
	return t.UTC().Truncate(time.Microsecond)
}

// orNull is the text, null where it is empty.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// orNone is what p points to, null where it points nowhere.
func orNone[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// rawJSON is a JSON value for the answer, as it stands.
func rawJSON(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return json.RawMessage(b)
}
