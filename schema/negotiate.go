package schema

import (
	"mime"
	"strconv"
	"strings"
)

// media is the media type of an answer (GraphQL over HTTP, section 6.4).
type media string

// In responseMedia the status says what became of the request; in jsonMedia a
// well-formed request is answered with 200 whatever became of it.
const (
	responseMedia media = "application/graphql-response+json"
	jsonMedia     media = "application/json"
)

// negotiate chooses the media type that a request accepts most; false where it
// accepts none of ours. Without a preference it is application/json.
func negotiate(accept []string) (media, bool) {
	list := strings.Join(accept, ",")
	if strings.TrimSpace(list) == "" {
		return jsonMedia, true
	}
	var best media
	most := 0.0
	for _, one := range strings.Split(list, ",") {
		name, params, err := mime.ParseMediaType(one)
		if err != nil {
			continue
		}
		weight := 1.0
		if q, ok := params["q"]; ok {
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
			continue
		}
		var offered media
		switch name {
		case string(responseMedia):
			offered = responseMedia
		case string(jsonMedia), "application/*", "*/*":
			offered = jsonMedia
		default:
			continue
		}
		if weight > most {
			best, most = offered, weight
		}
	}
	return best, best != ""
}
