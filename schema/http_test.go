package schema_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tellonce/tellonce/internal/access"
	"github.com/tellonce/tellonce/schema"
)

const (
	responseJSON = "application/graphql-response+json"
	plainJSON    = "application/json"
)

// TestPosts are requests by POST: what they bear and how they are answered.
func TestPosts(t *testing.T) {
	r := newRig(t, schema.Limits{Body: 2000, Wait: 50 * time.Millisecond})
	typename := `{"query":"{ __typename }"}`
	for name, tt := range map[string]struct {
		body   string
		change []func(*http.Request)
		status int
		media  string
		code   schema.Code
	}{
		"a query":                        {body: typename, status: 200, media: responseJSON},
		"as plain JSON":                  {body: typename, change: with("Accept", plainJSON), status: 200, media: plainJSON},
		"whatever comes":                 {body: typename, change: with("Accept", "*/*"), status: 200, media: plainJSON},
		"without a wish":                 {body: typename, change: with("Accept", ""), status: 200, media: plainJSON},
		"by weight":                      {body: typename, change: with("Accept", "application/json;q=0.5, application/graphql-response+json;q=0.9"), status: 200, media: responseJSON},
		"by weight, the other way":       {body: typename, change: with("Accept", "application/json, application/graphql-response+json;q=0.9"), status: 200, media: plainJSON},
		"in another charset":             {body: typename, change: with("Accept", "application/json; charset=iso-8859-1"), status: 406, media: plainJSON, code: schema.CodeNotAcceptable},
		"as a picture":                   {body: typename, change: with("Accept", "image/png"), status: 406, media: plainJSON, code: schema.CodeNotAcceptable},
		"with a name":                    {body: `{"query":"query A { __typename } query B { b: __typename }","operationName":"B"}`, status: 200, media: responseJSON},
		"with nulls":                     {body: `{"query":"{ __typename }","operationName":null,"variables":null,"extensions":null}`, status: 200, media: responseJSON},
		"with extensions":                {body: `{"query":"{ __typename }","extensions":{"a":1}}`, status: 200, media: responseJSON},
		"with a body in UTF-8":           {body: typename, change: with("Content-Type", "application/json; charset=UTF-8"), status: 200, media: responseJSON},
		"two operations and no name":     {body: `{"query":"query A { __typename } query B { __typename }"}`, status: 400, media: responseJSON, code: schema.CodeNoSuchOperation},
		"a name that is not there":       {body: `{"query":"query A { __typename }","operationName":"B"}`, status: 400, media: responseJSON, code: schema.CodeNoSuchOperation},
		"no operation":                   {body: `{"query":"fragment A on Query { __typename }"}`, status: 400, media: responseJSON, code: schema.CodeInvalid},
		"an empty document":              {body: `{"query":""}`, status: 400, media: responseJSON, code: schema.CodeNoSuchOperation},
		"no query":                       {body: `{}`, status: 400, media: responseJSON, code: schema.CodeBadRequest},
		"no body":                        {body: ``, status: 400, media: responseJSON, code: schema.CodeBadRequest},
		"no JSON":                        {body: `{"query"`, status: 400, media: responseJSON, code: schema.CodeBadRequest},
		"JSON that is no object":         {body: `"a"`, status: 400, media: responseJSON, code: schema.CodeBadRequest},
		"a query that is a number":       {body: `{"query":1}`, status: 400, media: responseJSON, code: schema.CodeBadRequest},
		"a name that is a number":        {body: `{"query":"{ __typename }","operationName":1}`, status: 400, media: responseJSON, code: schema.CodeBadRequest},
		"variables in a list":            {body: `{"query":"{ __typename }","variables":[1]}`, status: 400, media: responseJSON, code: schema.CodeBadRequest},
		"extensions in a string":         {body: `{"query":"{ __typename }","extensions":"a"}`, status: 400, media: responseJSON, code: schema.CodeBadRequest},
		"a batch":                        {body: "[" + typename + "," + typename + "]", status: 400, media: responseJSON, code: schema.CodeBatch},
		"bytes that are no UTF-8":        {body: "{\"query\":\"{ __typename }\",\"a\":\"\xff\"}", status: 400, media: responseJSON, code: schema.CodeBadRequest},
		"too much":                       {body: `{"query":"{ __typename }","a":"` + strings.Repeat("a", 3000) + `"}`, status: 413, media: responseJSON, code: schema.CodeBodyTooLarge},
		"too much, as plain JSON":        {body: `{"query":"{ __typename }","a":"` + strings.Repeat("a", 3000) + `"}`, change: with("Accept", plainJSON), status: 413, media: plainJSON, code: schema.CodeBodyTooLarge},
		"a form":                         {body: "query={__typename}", change: with("Content-Type", "application/x-www-form-urlencoded"), status: 415, media: responseJSON, code: schema.CodeMediaType},
		"no content type":                {body: typename, change: with("Content-Type", ""), status: 415, media: responseJSON, code: schema.CodeMediaType},
		"a body in Latin-1":              {body: typename, change: with("Content-Type", "application/json; charset=iso-8859-1"), status: 415, media: responseJSON, code: schema.CodeMediaType},
		"a body in gzip":                 {body: typename, change: with("Content-Encoding", "gzip"), status: 415, media: responseJSON, code: schema.CodeMediaType},
		"a syntax error":                 {body: `{"query":"{"}`, status: 400, media: responseJSON, code: schema.CodeSyntax},
		"a syntax error, as plain JSON":  {body: `{"query":"{"}`, change: with("Accept", plainJSON), status: 200, media: plainJSON, code: schema.CodeSyntax},
		"an unknown field":               {body: `{"query":"{ nothing }"}`, status: 400, media: responseJSON, code: schema.CodeInvalid},
		"an unknown field, as plain":     {body: `{"query":"{ nothing }"}`, change: with("Accept", plainJSON), status: 200, media: plainJSON, code: schema.CodeInvalid},
		"a variable of the wrong type":   {body: `{"query":"query($f: TimelineFilter) { __typename @include(if: true) customer(by: {account: \"1\"}) { ... on Customer { timeline(filter: $f) { edges { cursor } } } } }","variables":{"f":{"from":"yesterday"}}}`, status: 400, media: responseJSON, code: schema.CodeInvalidVariables},
		"a variable that is missing":     {body: `{"query":"query($id: ID!) { node(id: $id) { id } }"}`, status: 400, media: responseJSON, code: schema.CodeInvalidVariables},
		"the same, as plain JSON":        {body: `{"query":"query($id: ID!) { node(id: $id) { id } }"}`, change: with("Accept", plainJSON), status: 200, media: plainJSON, code: schema.CodeInvalidVariables},
		"a mutation":                     {body: `{"query":"mutation { a }"}`, status: 400, media: responseJSON, code: schema.CodeInvalid},
		"no token":                       {body: typename, change: with("Authorization", ""), status: 401, media: responseJSON, code: schema.CodeUnauthenticated},
		"no token, as plain JSON":        {body: typename, change: []func(*http.Request){header("Accept", plainJSON), header("Authorization", "")}, status: 401, media: plainJSON, code: schema.CodeUnauthenticated},
		"a token that is none":           {body: typename, change: with("Authorization", "Bearer none"), status: 401, media: responseJSON, code: schema.CodeUnauthenticated},
		"a publisher":                    {body: typename, change: []func(*http.Request){as(r.token(access.Viewer{Role: access.Publisher, Vendor: "acme"}))}, status: 403, media: responseJSON, code: schema.CodeForbidden},
		"an After that was made up":      {body: typename, change: with("Tellonce-After", "x"), status: 400, media: responseJSON, code: schema.CodeBadAfter},
		"an After that is not there yet": {body: typename, change: with("Tellonce-After", "MDo5OTk5OTk"), status: 503, media: responseJSON, code: schema.CodeBehind},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.post(tt.body, tt.change...)
			if s.Status != tt.status || s.code() != tt.code {
				t.Errorf("answered %d %q, want %d %q: %s", s.Status, s.code(), tt.status, tt.code, s.Body)
			}
			if got := s.Header.Get("Content-Type"); got != tt.media+"; charset=utf-8" {
				t.Errorf("Content-Type %q, want %s in UTF-8", got, tt.media)
			}
			var members map[string]json.RawMessage
			if err := json.Unmarshal(s.Body, &members); err != nil {
				t.Fatal(err)
			}
			if _, has := members["data"]; has != (tt.code == "") {
				t.Errorf("data stands in the answer: %t: %s", has, s.Body)
			}
			if tt.code != "" && len(s.Errors[0].Message) < 20 {
				t.Errorf("message does not tell what to do: %s", s.Errors[0].Message)
			}
			if tt.status == 401 && !strings.HasPrefix(s.Header.Get("WWW-Authenticate"), "Bearer") {
				t.Error("401 without a challenge")
			}
			if tt.status == 503 && s.Header.Get("Retry-After") == "" {
				t.Error("503 without Retry-After")
			}
		})
	}
}

func with(name, value string) []func(*http.Request) {
	return []func(*http.Request){header(name, value)}
}

func TestGets(t *testing.T) {
	r := newRig(t, noLimits)
	for name, tt := range map[string]struct {
		method string
		query  url.Values
		status int
		code   schema.Code
	}{
		"a query":              {query: url.Values{"query": {"{ __typename }"}}, status: 200},
		"with variables":       {query: url.Values{"query": {"query($n: String!) { __type(name: $n) { name } }"}, "variables": {`{"n":"Query"}`}}, status: 200},
		"with a name":          {query: url.Values{"query": {"query A { __typename } query B { __typename }"}, "operationName": {"A"}}, status: 200},
		"nothing":              {query: url.Values{}, status: 400, code: schema.CodeBadRequest},
		"variables in no JSON": {query: url.Values{"query": {"{ __typename }"}, "variables": {"{"}}, status: 400, code: schema.CodeBadRequest},
		"variables in a list":  {query: url.Values{"query": {"{ __typename }"}, "variables": {"[]"}}, status: 400, code: schema.CodeBadRequest},
		"extensions that are":  {query: url.Values{"query": {"{ __typename }"}, "extensions": {"1"}}, status: 400, code: schema.CodeBadRequest},
		"a PUT":                {method: http.MethodPut, query: url.Values{"query": {"{ __typename }"}}, status: 405, code: schema.CodeMethod},
		"a DELETE":             {method: http.MethodDelete, query: url.Values{}, status: 405, code: schema.CodeMethod},
	} {
		t.Run(name, func(t *testing.T) {
			method := tt.method
			if method == "" {
				method = http.MethodGet
			}
			request, err := http.NewRequestWithContext(t.Context(), method, r.url+"?"+tt.query.Encode(), nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Accept", responseJSON)
			request.Header.Set("Authorization", "Bearer "+r.token(access.Viewer{Role: access.Admin}))
			s := r.send(request)
			if s.Status != tt.status || s.code() != tt.code {
				t.Errorf("answered %d %q, want %d %q: %s", s.Status, s.code(), tt.status, tt.code, s.Body)
			}
			if tt.status == 405 && s.Header.Get("Allow") != "GET, POST" {
				t.Errorf("Allow %q", s.Header.Get("Allow"))
			}
		})
	}
}

func TestAnswersStandInTheOrderOfTheQuery(t *testing.T) {
	r := newRig(t, noLimits)
	s := r.ask(`{ z: __typename ...F a: __typename m: __type(name: "Query") { name kind } } fragment F on Query { b: __typename m: __type(name: "Query") { description } }`, nil)
	want := `"data":{"z":"Query","b":"Query","m":{"description":`
	if !strings.Contains(string(s.Body), want) || !strings.Contains(string(s.Body), `,"name":"Query","kind":"OBJECT"},"a":"Query"}`) {
		t.Errorf("got %s", s.Body)
	}
}

// TestIntrospection asks what the usual tools ask.
func TestIntrospection(t *testing.T) {
	r := newRig(t, noLimits)
	var got struct {
		Schema struct{ Types []struct{ Name string } } `json:"__schema"`
	}
	r.must(introspection, nil, &got)
	if len(got.Schema.Types) < 20 {
		t.Errorf("got %d types", len(got.Schema.Types))
	}
}

// TestTimeLimit: an answer that takes too long is given up, and the next is served.
func TestTimeLimit(t *testing.T) {
	r := newRig(t, schema.Limits{Time: time.Second})
	tx, err := r.owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), "LOCK TABLE engine.person"); err != nil {
		t.Fatal(err)
	}
	query := `{ customer(by: {account: "A1"}) { __typename } }`
	if s := r.ask(query, nil); s.Status != 503 || s.code() != schema.CodeTimeLimit {
		t.Errorf("answered %d %s", s.Status, s.Body)
	}
	if s := r.ask(query, nil, header("Accept", plainJSON)); s.Status != 200 || s.code() != schema.CodeTimeLimit {
		t.Errorf("answered %d %s", s.Status, s.Body)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.must(query, nil, nil)
}

// TestSlowClient: a body that never ends is given up, too.
func TestSlowClient(t *testing.T) {
	r := newRig(t, schema.Limits{Time: 200 * time.Millisecond})
	c, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(r.url, "http://"), "/graphql"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	fmt.Fprintf(c, "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: 100\r\n\r\n{", r.token(access.Viewer{Role: access.Quality}))
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusRequestTimeout {
		t.Errorf("answered %d", answer.StatusCode)
	}
}

func TestDatabaseAway(t *testing.T) {
	r := newRig(t, noLimits)
	nowhere, err := schema.NewPool(t.Context(), "postgres://tellonce@127.0.0.1:1/tellonce", schema.PoolOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nowhere.Close)
	r.serve(nowhere, noLimits)
	s := r.ask(`{ __typename }`, nil)
	if s.Status != 503 || s.code() != schema.CodeDatabaseUnavailable || s.Header.Get("Retry-After") == "" {
		t.Errorf("answered %d %s", s.Status, s.Body)
	}
}

// TestManyAtOnce is for the race detector: types and documents are shared.
func TestManyAtOnce(t *testing.T) {
	r := newRig(t, noLimits)
	r.tell(told{id: "1", at: now, account: "A1", words: "hello"})
	token := r.token(access.Viewer{Role: access.Quality})
	var wait sync.WaitGroup
	errs := make(chan string, 100)
	for i := range 8 {
		wait.Go(func() {
			for j := range 10 {
				query := fmt.Sprintf(`{ n%d: node(id: "e_AAAAAAAAAAAAAAAAAAAAAA") { id ... on Customer { id } } customer(by: {account: "A1"}) { ... on Customer { timeline(filter: {kinds: ["note"], from: "2020-01-01T00:00:00Z"}) { edges { node { personal text } } } problems(status: OPEN) { edges { node { id } } } } } __schema { types { name } } }`, (i+j)%5)
				body, _ := json.Marshal(map[string]any{"query": query})
				request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url, strings.NewReader(string(body)))
				if err != nil {
					errs <- err.Error()
					return
				}
				request.Header.Set("Content-Type", plainJSON)
				request.Header.Set("Authorization", "Bearer "+token)
				answer, err := http.DefaultClient.Do(request)
				if err != nil {
					errs <- err.Error()
					return
				}
				var got said
				err = json.NewDecoder(answer.Body).Decode(&got)
				_ = answer.Body.Close()
				if err != nil || len(got.Errors) > 0 {
					errs <- fmt.Sprint(err, got.Errors)
				}
			}
		})
	}
	wait.Wait()
	close(errs)
	for e := range errs {
		t.Error(e)
	}
}

const introspection = `query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
  types { ...FullType } directives { name description locations args { ...InputValue } } } }
fragment FullType on __Type { kind name description
  fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`
