package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"unicode/utf8"
)

// question is what a request asks (GraphQL over HTTP, section 5).
type question struct {
	query     string
	operation string
	variables map[string]any
}

// readQuestion reads the question of a GET or a POST.
func readQuestion(w http.ResponseWriter, r *http.Request, limits *Limits) (*question, *Refusal) {
	if r.Method == http.MethodGet {
		return questionOfURL(r.URL, limits)
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, malformed(http.StatusUnsupportedMediaType, CodeMediaType, "the body is of type %q: send application/json", r.Header.Get("Content-Type"))
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return nil, malformed(http.StatusUnsupportedMediaType, CodeMediaType, "the body is in %s: send UTF-8", charset)
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, malformed(http.StatusUnsupportedMediaType, CodeMediaType, "the body is encoded as %s: send it as it is", encoding)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limits.Body))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, malformed(http.StatusRequestEntityTooLarge, CodeBodyTooLarge, "the body has more than %d bytes: ask for less at a time", limits.Body)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, malformed(http.StatusRequestTimeout, CodeTimeLimit, "the body did not come within %s: send it faster", limits.Time)
	case err != nil:
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, "the body broke off: send it again")
	}
	return questionOfBody(body, limits)
}

func questionOfURL(u *url.URL, limits *Limits) (*question, *Refusal) {
	params, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, "the query of the URL cannot be read: encode it as application/x-www-form-urlencoded")
	}
	parts := parts{}
	for name, to := range map[string]*json.RawMessage{"query": &parts.Query, "operationName": &parts.OperationName} {
		if params.Has(name) {
			*to, _ = json.Marshal(params.Get(name)) // a string always has JSON
		}
	}
	for name, to := range map[string]*json.RawMessage{"variables": &parts.Variables, "extensions": &parts.Extensions} {
		text := params.Get(name)
		if text == "" {
			continue
		}
		if !json.Valid([]byte(text)) {
			return nil, malformed(http.StatusBadRequest, CodeBadRequest, "%s is not JSON: send a JSON object", name)
		}
		*to = json.RawMessage(text)
	}
	return parts.question(limits)
}

func questionOfBody(body []byte, limits *Limits) (*question, *Refusal) {
	if !utf8.Valid(body) {
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, "the body is not UTF-8: send JSON in UTF-8")
	}
	if start := bytes.TrimLeft(body, " \t\r\n"); len(start) > 0 && start[0] == '[' {
		return nil, malformed(http.StatusBadRequest, CodeBatch, "the body is a list: send one request at a time, several in one connection")
	}
	parts := parts{}
	if err := json.Unmarshal(body, &parts); err != nil {
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, `the body is not a JSON object: send {"query": "…"}`)
	}
	return parts.question(limits)
}

// parts are the members of a question, not yet of the right types.
type parts struct {
	Query         json.RawMessage `json:"query"`
	OperationName json.RawMessage `json:"operationName"`
	Variables     json.RawMessage `json:"variables"`
	Extensions    json.RawMessage `json:"extensions"`
}

func (p *parts) question(limits *Limits) (*question, *Refusal) {
	q := &question{}
	if isNull(p.Query) {
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, `the request has no query: send {"query": "…"}`)
	}
	if json.Unmarshal(p.Query, &q.query) != nil {
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, "query is not a string: send the document's text")
	}
	if !isNull(p.OperationName) && json.Unmarshal(p.OperationName, &q.operation) != nil {
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, "operationName is not a string: send the operation's name, or leave it out")
	}
	if !isNull(p.Extensions) && p.Extensions[0] != '{' {
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, "extensions is not an object: send an object, or leave it out")
	}
	if isNull(p.Variables) {
		return q, nil
	}
	if p.Variables[0] != '{' {
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, "variables is not an object: send one member for each variable")
	}
	if deepest(p.Variables) > limits.Variables {
		return nil, refuse(CodeVariablesTooDeep, "more than %d brackets are open at once in variables: nest less deeply", limits.Variables)
	}
	if json.Unmarshal(p.Variables, &q.variables) != nil {
		return nil, malformed(http.StatusBadRequest, CodeBadRequest, "variables cannot be read: send a JSON object whose numbers fit a float64")
	}
	return q, nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// deepest is how many brackets are open at once in valid JSON.
func deepest(text []byte) int {
	open, most := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			open++
			most = max(most, open)
		case '}', ']':
			open--
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return most
}
