package deploy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tellonce/tellonce/domain"
)

// labelWidth is the most characters of a label: two of them and a frame stand in a
// line of a brief.
const labelWidth = 40

// longestValidity is ten years: what is longer is written as "until reset".
const longestValidity = 3650 * 24 * time.Hour

var (
	codeForm     = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
	nameForm     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	validityForm = regexp.MustCompile(`^([0-9]{1,6})([mhdw])$`)
)

// check holds the words together: form, parents, steps, resets.
func (r *reader) check() {
	for _, l := range r.languages {
		if !languageForm.MatchString(l.text) {
			r.add(l.at, "%q is no language; a BCP 47 tag is expected, as fr or pt-BR", l.text)
		}
	}
	for _, name := range slices.Concat(r.equipment, r.measures) {
		if !nameForm.MatchString(name.text) {
			r.add(name.at, "%q is no name; lower-case letters, digits and _ are expected", name.text)
		}
	}
	reasons, steps := codesOf(r.reasons), codesOf(r.steps)
	for i := range r.reasons {
		r.checkCode(&r.reasons[i])
		r.checkReason(&r.reasons[i], reasons, steps)
	}
	for i := range r.steps {
		r.checkCode(&r.steps[i])
		r.checkStep(&r.steps[i], steps)
	}
}

func codesOf(entries []entry) []string {
	codes := make([]string, len(entries))
	for i := range entries {
		codes[i] = entries[i].code.text
	}
	return codes
}

func (r *reader) checkCode(e *entry) {
	if !codeForm.MatchString(e.code.text) {
		r.add(e.code.at, "%q is no code; lower-case names joined by dots are expected, as internet.slow", e.code.text)
	}
	for i, l := range e.labels {
		switch {
		case l.at.line == 0:
			r.add(e.code.at, "a label is expected: %s", r.languages[i].text)
		case strings.TrimSpace(l.text) != l.text || l.text == "" || strings.ContainsFunc(l.text, unicode.IsControl):
			r.add(l.at, "a label of one line is expected")
		case utf8.RuneCountInString(l.text) > labelWidth:
			r.add(l.at, "a label has at most %d characters, this has %d", labelWidth, utf8.RuneCountInString(l.text))
		}
	}
}

func (r *reader) checkReason(e *entry, reasons, steps []string) {
	if dot := strings.LastIndexByte(e.code.text, '.'); dot >= 0 && !slices.Contains(reasons, e.code.text[:dot]) {
		r.add(e.code.at, "its parent %q is not there%s", e.code.text[:dot], meant(e.code.text[:dot], reasons))
	}
	for _, s := range e.steps {
		if !slices.Contains(steps, s.text) {
			r.add(s.at, "there is no step %q%s", s.text, meant(s.text, steps))
		}
	}
	if e.listed && len(e.steps) == 0 {
		if from := r.inherits(e.code.text); from != "" {
			r.add(e.code.at, "no steps are written, but it would have those of %q", from)
		}
	}
}

// inherits is the nearest ancestor that has steps, "" where none has.
func (r *reader) inherits(code string) string {
	for dot := strings.LastIndexByte(code, '.'); dot >= 0; dot = strings.LastIndexByte(code, '.') {
		code = code[:dot]
		if slices.ContainsFunc(r.reasons, func(e entry) bool { return e.code.text == code && len(e.steps) > 0 }) {
			return code
		}
	}
	return ""
}

func (r *reader) checkStep(e *entry, steps []string) {
	switch kind := domain.StepKind(e.kind.text); {
	case e.kind.at.line == 0:
		r.add(e.code.at, "a kind is expected: remedy, measure or check")
	case kind != domain.Remedy && kind != domain.Measure && kind != domain.Check:
		r.add(e.kind.at, "%q is no kind; remedy, measure or check is expected", e.kind.text)
	}
	validity, ok := validityOf(e.validity.text)
	if !ok {
		r.add(e.validity.at, "%q is no duration; a whole number of m, h, d or w is expected, as 72h, at most 3650d", e.validity.text)
	} else if validity == 0 && len(e.resets) == 0 {
		r.add(e.code.at, "a validity or a reset is expected: its failure would stay for ever")
	}
	for _, reset := range e.resets {
		r.checkReset(reset, steps)
	}
}

func (r *reader) checkReset(reset word, steps []string) {
	if code, ok := strings.CutPrefix(reset.text, domain.ResetStep); ok {
		if !slices.Contains(steps, code) {
			r.add(reset.at, "there is no step %q%s", code, meant(code, steps))
		}
		return
	}
	for _, of := range []struct {
		prefix, section string
		names           []word
	}{{domain.ResetEquipment, "equipment", r.equipment}, {domain.ResetMeasure, "measures", r.measures}} {
		if reset.text == strings.TrimSuffix(of.prefix, ":") {
			return
		}
		name, ok := strings.CutPrefix(reset.text, of.prefix)
		if !ok {
			continue
		}
		if !slices.ContainsFunc(of.names, func(w word) bool { return w.text == name }) {
			names := make([]string, len(of.names))
			for i, w := range of.names {
				names[i] = w.text
			}
			r.add(reset.at, "%q is not in section %s%s", name, of.section, meant(name, names))
		}
		return
	}
	r.add(reset.at, "%q resets nothing; equipment.changed, equipment.changed:<equipment>, line.measured, line.measured:<measure> or step:<code> is expected", reset.text)
}

// validityOf reads a duration; 0 and nothing are until reset.
func validityOf(text string) (time.Duration, bool) {
	if text == "" || text == "0" {
		return 0, true
	}
	parts := validityForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return 0, false
	}
	unit := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[parts[2]]
	validity := time.Duration(n) * unit
	return validity, validity <= longestValidity
}

// codes are what was read and found right.
func (r *reader) codes() domain.Codes {
	all := domain.Codes{Reasons: make(map[string]domain.Reason, len(r.reasons)), Steps: make(map[string]domain.Step, len(r.steps))}
	for i := range r.reasons {
		e := &r.reasons[i]
		reason := domain.Reason{Code: e.code.text, Labels: r.labels(e)}
		if e.listed {
			reason.Steps = texts(e.steps)
		}
		all.Reasons[reason.Code] = reason
	}
	for i := range r.steps {
		e := &r.steps[i]
		validity, _ := validityOf(e.validity.text)
		all.Steps[e.code.text] = domain.Step{
			Code: e.code.text, Labels: r.labels(e), Kind: domain.StepKind(e.kind.text), Validity: validity, Resets: texts(e.resets),
		}
	}
	return all
}

func (r *reader) labels(e *entry) map[string]string {
	labels := make(map[string]string, len(e.labels))
	for i, l := range e.labels {
		labels[r.languages[i].text] = l.text
	}
	return labels
}

func texts(words []word) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = w.text
	}
	return all
}

// meant proposes the word that is nearest to one that is not there, if one is near.
func meant(text string, known []string) string {
	best, least := "", 1+len(text)/4
	for _, k := range known {
		if d := distance(text, k); d <= least && (best == "" || d < least) {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; is " + strconv.Quote(best) + " meant?"
}

// distance is how many letters are to be changed, put in or taken out of one text to
// have the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
