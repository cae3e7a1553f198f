package schema

import "slices"

// declared is the whole schema.
func declared() *declaration {
	return &declaration{
		query: "Query",
		objects: slices.Concat(
			[]object{queryObject, customerObject, candidatesObject, notFoundObject, identifierObject},
			[]object{briefObject, briefDetailObject, contactObject, briefStepObject, answerObject, promiseObject, moneyObject},
			[]object{problemObject, ticketObject, assetObject, reasonObject, stepObject},
			connectionOf("Problem", "Problems of one customer, the last opened first."),
			[]object{entryObject, referenceObject, textObject},
			connectionOf("TimelineEntry", "Events of one customer's life, the newest first."),
			[]object{pageInfoObject},
		),
		interfaces: []iface{nodeInterface},
		unions:     []union{customerResult},
		inputs:     []input{identifierInput, subjectInput, timelineFilterInput},
		enums:      []enum{identifierKinds, problemStatuses, joinedBys, personalStatuses, stepKinds, promiseStates},
		scalars:    leaves,
	}
}

var nodeInterface = iface{
	name: "Node", doc: "Anything that has an id and answers to `node`.",
	fields: []field{{name: "id", typ: "ID!", doc: "Opaque; never changes."}},
}

// connection is a page of rows, in the order of the connection.
type connection struct {
	edges []any
	info  pageInfo
}

// edge is one row of a connection.
type edge struct {
	cursor string
	node   any
}

// connectionOf declares the connection and the edge of a node (Relay, Cursor Connections).
func connectionOf(node, doc string) []object {
	return []object{
		{name: connectionName(node), doc: doc, fields: []field{
			{name: "edges", typ: "[" + edgeName(node) + "!]!", doc: "The page.", get: column(func(c *connection) any { return c.edges })},
			{name: "pageInfo", typ: "PageInfo!", doc: "The page's place in the whole.", get: column(func(c *connection) any { return &c.info })},
		}},
		{name: edgeName(node), doc: "One entry of a page.", fields: []field{
			{name: "cursor", typ: "String!", doc: "The entry's place, for `after` and `before`. Opaque.", get: column(func(e *edge) any { return e.cursor })},
			{name: "node", typ: node + "!", doc: "The entry.", get: column(func(e *edge) any { return e.node })},
		}},
	}
}

func connectionName(node string) string { return shortOf(node) + "Connection" }

func edgeName(node string) string { return shortOf(node) + "Edge" }

// shortOf is what a node's connection is called after.
func shortOf(node string) string {
	if node == "TimelineEntry" {
		return "Timeline"
	}
	return node
}

var pageInfoObject = object{
	name: "PageInfo", doc: "A page's place in its connection (Relay, Cursor Connections).",
	fields: []field{
		{name: "hasNextPage", typ: "Boolean!", doc: "Whether entries follow. With `last`: whether `before` was given.", get: column(func(p *pageInfo) any { return p.next })},
		{name: "hasPreviousPage", typ: "Boolean!", doc: "Whether entries come before. With `first`: whether `after` was given.", get: column(func(p *pageInfo) any { return p.previous })},
		{name: "startCursor", typ: "String", doc: "The first entry's cursor; null where the page is empty.", get: column(func(p *pageInfo) any { return orNull(p.start) })},
		{name: "endCursor", typ: "String", doc: "The last entry's cursor; null where the page is empty.", get: column(func(p *pageInfo) any { return orNull(p.end) })},
	},
}

// pageArguments are the arguments of a connection that is read from either end.
var pageArguments = []argument{
	{name: "first", typ: "Int", doc: "How many entries from the start, or after `after`: 0 to 500. Neither `first` nor `last`: 20."},
	{name: "after", typ: "String", doc: "Only entries after the one of this cursor."},
	{name: "last", typ: "Int", doc: "How many entries from the end, or before `before`: 0 to 500. Not together with `first`."},
	{name: "before", typ: "String", doc: "Only entries before the one of this cursor."},
}
