package intake

// knownNames are texts that stand in most events.
var knownNames = func() map[string]string {
	m := map[string]string{}
	for _, n := range []string{
		"specversion", "1.0", "id", "source", "subject", "type", "time", "datacontenttype", "application/json",
		"sequence", "revision", "correlationid", "causationid", "partitionkey", "data", "customer", "account",
		"line", "email", "phone", "device", "name", "interaction", "problem", "ticket", "space", "number",
		"reason", "asset", "contract", "agent", "team", "site", "employer", "lot", "channel", "note", "lang",
		"recording", "words", "symptoms", "how", "by", "step", "label", "outcome", "text", "article", "what",
		"amount", "currency", "due", "made_by", "owed_by", "promise", "holder", "vendor", "group", "status",
		"severity", "opened_time", "direction", "queue", "end", "talk_seconds", "hold_seconds", "waited",
	} {
		m[n] = n
	}
	return m
}()

// interned spares an allocation for the names and codes that stand in most events.
func interned(raw []byte) string {
	if known, ok := knownNames[string(raw)]; ok {
		return known
	}
	return string(raw)
}
