// Package schema serves the read models as GraphQL over HTTP, at /graphql.
//
// [Server] is the handler. A request goes through it in this order, each step
// protecting the next: who asks (viewer.go), what is asked (negotiate.go,
// question.go), whether the document may be looked at at all (below), Tellonce-After,
// then execution (execute.go). Whatever is refused says in extensions.code what is
// wrong and in its message what to do (refusal.go has the codes).
//
// # The guard
//
// A document of a few hundred bytes can stop a server that parses or validates it
// without thought. So documents.go takes it in steps, each of which bounds the work of
// the next: bytes, tokens, names and brackets without parsing (lexical.go); fragment
// cycles, before anything follows a fragment; depth, aliases, root fields, selections
// and repetitions with fragments expanded, each fragment measured once (measure.go);
// the rules of the specification. What is valid is kept. At execution the cost is
// known, as variables say how long pages are (look.go), and it ends with its time.
// limits.go has every limit.
//
// # Fields are data
//
// The schema is the values in the files contract_*.go: objects, fields, arguments,
// with a description that states the contract, a cost, a class of who may see it, and
// a pure function of a row (declare.go has the forms). From them come the types and
// resolvers of graphql-go (build.go) and schema.graphql (sdl.go), which a test holds
// up to date. No field runs SQL.
//
// A field that needs more than its object's row has a reader. Before anything is
// executed, readers look ahead in the operation (look.go) and add statements to the
// request's batch (request.go, batch.go): all of it is one round trip and, on the
// connections of [NewPool], one snapshot. Each statement starts from the identifier
// again. All SQL is in sql.go and sql_*.go, and is made from a grant, which authorise
// alone gives. One thing needs a second round trip, seeds of another customer's person
// that an event of this one is sealed under (records.go), and it is rare.
//
// Rows come with records as the log has them, and with wrapped seeds. What the viewer
// may see is opened in memory (records.go) and nowhere else.
//
// # To add a field
//
// Declare it in its type's file; where it needs rows, give its reader a statement in
// sql_*.go; test it; run `go test ./schema -run SDL -update` and read what changed in
// schema.graphql.
//
// # What graphql-go does its own way
//
// Its answers are maps: encode.go puts them in the order of the document. The literal
// null is no syntax to it: it is refused with what to do instead. A variable of type
// String or ID takes any JSON scalar and reads it as text. Introspection lists types
// and fields in no order and lacks specifiedByURL, isRepeatable and isOneOf; that
// exactly one member of IdentifierInput is given is checked here. A compiled encoder
// will take the place of graphql.Execute: everything that it needs is in the batch by
// then.
package schema
