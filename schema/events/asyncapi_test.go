package events

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/tellonce/tellonce/domain"
)

// asyncAPI is the AsyncAPI 3 document of what tellonce receives: one channel, one
// operation, a message for each event type.
func asyncAPI(types []Type) string {
	var b strings.Builder
	b.WriteString(`asyncapi: 3.0.0
info:
  title: tellonce
  version: "1"
  description: >-
    The events that vendors and the operator send, as CloudEvents 1.0 with JSON
    data. Each message is described by a JSON Schema beside this file. Members
    marked x-personal are sealed before the event reaches the log. A member that
    no schema describes is kept and counted, except in customer, where it is
    refused.
defaultContentType: application/cloudevents+json
channels:
  events:
    address: /v1/events
    description: >-
      Post one event (structured or binary mode) or a batch of up to 1,000. The
      answer 202 comes once the log has acknowledged them, with an answer for each
      event of a batch. Sending an event again changes nothing.
    messages:
`)
	for _, t := range types {
		fmt.Fprintf(&b, "      %s:\n        $ref: '#/components/messages/%s'\n", t.Name, t.Name)
	}
	b.WriteString(`operations:
  receiveEvents:
    action: receive
    channel:
      $ref: '#/channels/events'
    bindings:
      http:
        method: POST
        bindingVersion: 0.3.0
components:
  messages:
`)
	for _, t := range types {
		fmt.Fprintf(&b, `    %s:
      name: %s
      title: %s
      summary: %s
      contentType: application/cloudevents+json
      payload:
        schemaFormat: application/schema+json;version=2020-12
        schema:
          allOf:
            - $ref: ./%s#/$defs/cloudevent
            - properties:
                type:
                  const: %s
                data:
                  $ref: ./%s
`, t.Name, t.Name, t.Title, strconv.Quote(t.Description), definitionsFile, t.Name, t.File)
	}
	return b.String()
}

func TestAsyncAPIListsEveryType(t *testing.T) {
	if err := compiled().err; err != nil {
		t.Fatal(err)
	}
	document := asyncAPI(Types())
	sameAsFile(t, "asyncapi.yaml", document)
	var read struct {
		Channels struct {
			Events struct {
				Messages map[string]struct {
					Ref string `yaml:"$ref"`
				} `yaml:"messages"`
			} `yaml:"events"`
		} `yaml:"channels"`
		Components struct {
			Messages map[string]struct {
				Summary string `yaml:"summary"`
			} `yaml:"messages"`
		} `yaml:"components"`
	}
	if err := yaml.Unmarshal([]byte(document), &read); err != nil {
		t.Fatal(err)
	}
	types := Types()
	for _, typ := range domain.Catalogue {
		i := slices.IndexFunc(types, func(t Type) bool { return t.Name == typ.Name })
		if read.Components.Messages[typ.Name].Summary != types[i].Description {
			t.Errorf("%s: the summary is %q", typ.Name, read.Components.Messages[typ.Name].Summary)
		}
		if ref := read.Channels.Events.Messages[typ.Name].Ref; ref != "#/components/messages/"+typ.Name {
			t.Errorf("%s: the channel refers to %q", typ.Name, ref)
		}
	}
}
