package intake

import (
	"maps"
	"slices"
	"strings"

	"github.com/tellonce/tellonce/domain"
	"github.com/tellonce/tellonce/internal/lang"
)

// detectLanguage states the language of an event's free text where its sender did
// not, and marks that it is a guess. A text that does not show its language stays
// without.
func (it *item) detectLanguage() {
	words := it.taken[domain.Words]
	if _, stated := it.data["lang"]; stated || len(words) == 0 {
		return
	}
	var text strings.Builder
	for _, pointer := range slices.Sorted(maps.Keys(words)) {
		if s, ok := words[pointer].(string); ok && !slices.Contains(it.unknown, "/data"+pointer) {
			text.WriteString(s)
			text.WriteByte('\n')
		}
	}
	if tag, ok := lang.Detect(text.String()); ok {
		it.data["lang"] = tag
		it.record.Marks = append(it.record.Marks, MarkLanguage)
	}
}
