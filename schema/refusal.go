package schema

import (
	"fmt"
	"net/http"
)

// Code says what is wrong in a form that programs read: extensions.code of an error.
type Code string

// The codes of what is refused before any field is read.
const (
	CodeMethod              Code = "METHOD_NOT_ALLOWED"
	CodeNotAcceptable       Code = "NOT_ACCEPTABLE"
	CodeMediaType           Code = "UNSUPPORTED_MEDIA_TYPE"
	CodeBodyTooLarge        Code = "BODY_TOO_LARGE"
	CodeUnauthenticated     Code = "UNAUTHENTICATED"
	CodeBadRequest          Code = "BAD_REQUEST"
	CodeBatch               Code = "BATCH_REFUSED"
	CodeMutationOverGet     Code = "MUTATION_OVER_GET"
	CodeDocumentTooLong     Code = "DOCUMENT_TOO_LONG"
	CodeTooManyTokens       Code = "TOO_MANY_TOKENS"
	CodeNameTooLong         Code = "NAME_TOO_LONG"
	CodeTooManyBrackets     Code = "TOO_MANY_BRACKETS"
	CodeNullLiteral         Code = "NULL_LITERAL"
	CodeSyntax              Code = "SYNTAX"
	CodeFragmentCycle       Code = "FRAGMENT_CYCLE"
	CodeTooDeep             Code = "TOO_DEEP"
	CodeTooManyAliases      Code = "TOO_MANY_ALIASES"
	CodeTooManyRootFields   Code = "TOO_MANY_ROOT_FIELDS"
	CodeTooManySelections   Code = "TOO_MANY_SELECTIONS"
	CodeRepeated            Code = "REPEATED_TOO_OFTEN"
	CodeTooCostly           Code = "TOO_COSTLY"
	CodeVariablesTooDeep    Code = "VARIABLES_TOO_DEEP"
	CodeInvalid             Code = "INVALID_DOCUMENT"
	CodeNoSuchOperation     Code = "NO_SUCH_OPERATION"
	CodeInvalidVariables    Code = "INVALID_VARIABLES"
	CodeBadAfter            Code = "BAD_AFTER"
	CodeBehind              Code = "BEHIND"
	CodeTimeLimit           Code = "TIME_LIMIT"
	CodeDatabaseUnavailable Code = "DATABASE_UNAVAILABLE"
	CodeInternal            Code = "INTERNAL"
)

// The codes of errors of a field.
const (
	CodeForbidden       Code = "FORBIDDEN"
	CodeInvalidArgument Code = "INVALID_ARGUMENT"
)

// Refusal is an error that its reader is told: what is wrong and what to do.
type Refusal struct {
	Code    Code
	Message string
	// Status is the HTTP status where the request is no well-formed GraphQL request,
	// or where the answer's media type lets the status speak (GraphQL over HTTP,
	// section 6.4.2).
	Status int
	// Malformed: it is no well-formed GraphQL request, so that the status speaks
	// whatever the media type of the answer.
	Malformed bool
	Places    []Place
	Header    map[string]string
}

// Place is a line and a column in a document, from 1.
type Place struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

func (r *Refusal) Error() string { return r.Message }

// refuse makes the refusal of a document or of its variables: 400.
func refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...), Status: http.StatusBadRequest}
}

// malformed makes the refusal of what is no GraphQL request.
func malformed(status int, code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...), Status: status, Malformed: true}
}

func internalRefusal() *Refusal {
	return &Refusal{Code: CodeInternal, Status: http.StatusInternalServerError, Message: "the server could not answer: try again, and report it where it stays"}
}
