package schema

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"

	"github.com/tellonce/tellonce/internal/access"
)

// execute runs an operation and gives the answer's body.
func (s *Server) execute(ctx context.Context, viewer access.Viewer, doc *document, operation *ast.OperationDefinition, q *question) ([]byte, []*Refusal) {
	r := &request{Server: s, ctx: ctx, viewer: viewer, now: s.clock()}
	result := graphql.Execute(graphql.ExecuteParams{
		Schema: *s.schema, AST: doc.tree, OperationName: q.operation, Args: q.variables,
		Context: context.WithValue(ctx, requestKey{}, r),
	})
	// Past its time, Execute has left its goroutine with r: nothing of r is read.
	if ctx.Err() != nil {
		return nil, []*Refusal{timeRefusal(&s.limits)}
	}
	if r.failed == nil && result.Data == nil && len(result.Errors) > 0 && result.Errors[0].Path == nil {
		return nil, validationRefusals(CodeInvalidVariables, result.Errors)
	}
	if err := r.send(); err != nil {
		return nil, []*Refusal{s.readingRefusal(ctx, err)}
	}
	body, err := s.body(ctx, result, doc.orderOf(operation.SelectionSet), r.batch.asOf)
	if err != nil {
		return nil, []*Refusal{s.readingRefusal(ctx, err)}
	}
	return body, nil
}

func (s *Server) body(ctx context.Context, result *graphql.Result, o *order, fresh asOf) ([]byte, error) {
	b := []byte(`{`)
	if len(result.Errors) > 0 {
		faults := make([]fault, len(result.Errors))
		for i := range result.Errors {
			var inside error
			if faults[i], inside = faultOf(&result.Errors[i]); inside != nil {
				s.log.ErrorContext(ctx, "GraphQL field failed", "error", inside)
			}
		}
		text, err := json.Marshal(faults)
		if err != nil {
			return nil, fmt.Errorf("encode errors: %w", err)
		}
		b = append(append(append(b, `"errors":`...), text...), ',')
	}
	b, err := appendValue(append(b, `"data":`...), result.Data, o)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	text, err := json.Marshal(fresh)
	if err != nil {
		return nil, fmt.Errorf("encode asOf: %w", err)
	}
	b = append(append(b, `,"extensions":{"tellonce":{"asOf":`...), text...)
	return append(b, `}}}`...), nil
}

// refuse answers with refusals, all of one status.
func (s *Server) refuse(w http.ResponseWriter, out media, refusals ...*Refusal) {
	faults := make([]fault, len(refusals))
	for i, r := range refusals {
		faults[i] = r.fault()
		for name, value := range r.Header {
			w.Header().Set(name, value)
		}
	}
	status := refusals[0].Status
	if out == jsonMedia && !refusals[0].Malformed {
		status = http.StatusOK
	}
	body, err := json.Marshal(map[string]any{"errors": faults})
	if err != nil {
		body = []byte(`{"errors":[{"message":"the server could not answer","extensions":{"code":"INTERNAL"}}]}`)
	}
	s.write(w, out, status, body)
}

func (s *Server) write(w http.ResponseWriter, out media, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", string(out)+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Authorization")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// A client that went away reads no answer.
	_, _ = w.Write(body)
}
