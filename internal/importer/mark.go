package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sort"
)

// refusedRanges bounds a mark: it stops moving where more ranges of refused events
// would have to be remembered, and the next run sends what comes after again.
const refusedRanges = 50_000

// mark is how far a file has been answered for.
type mark struct {
	Installation string `json:"installation"`
	Vendor       string `json:"vendor"`
	Mapping      string `json:"mapping"` // SHA-256
	Log          string `json:"log"`     // SHA-256 of the file, or of the files up to it
	Name         string `json:"name"`    // of the file, for who looks into the folder
	// Answered is how many events, from the first, have been answered for.
	Answered int64 `json:"answered"`
	// Refused are the ranges of events before Answered that were refused, [from,
	// until), in order: they are sent again.
	Refused [][2]int64 `json:"refused,omitempty"`

	path  string // "" where it is not kept
	moved bool   // since it was saved
}

// markFolder is where marks are kept unless said otherwise: the user's folder for
// state (XDG Base Directory Specification), else for configuration.
func markFolder() (string, error) {
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "tellonce", "imports"), nil
	}
	if runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the folder of marks: %w", err)
		}
		return filepath.Join(home, ".local", "state", "tellonce", "imports"), nil
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of marks: %w", err)
	}
	return filepath.Join(config, "tellonce", "imports"), nil
}

// newMark is the mark at a file's beginning.
func newMark(folder, installation, vendor string, mapping, log [sha256.Size]byte, name string) *mark {
	m := &mark{Installation: installation, Vendor: vendor, Mapping: hex.EncodeToString(mapping[:]), Log: hex.EncodeToString(log[:]), Name: name}
	if folder != "" && installation != "" {
		key := sha256.Sum256([]byte(m.Installation + "\n" + m.Vendor + "\n" + m.Mapping + "\n" + m.Log))
		m.path = filepath.Join(folder, hex.EncodeToString(key[:16])+".json")
	}
	return m
}

// load moves the mark to where an earlier run left it. One that cannot be read, or
// is another's, counts as none: sending again does no harm.
func (m *mark) load() error {
	if m.path == "" {
		return nil
	}
	body, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	var kept mark
	if err := json.Unmarshal(body, &kept); err != nil {
		return fmt.Errorf("read mark %s: %w", m.path, err)
	}
	if kept.Installation != m.Installation || kept.Vendor != m.Vendor || kept.Mapping != m.Mapping || kept.Log != m.Log {
		return fmt.Errorf("read mark %s: it is another import's", m.path)
	}
	last := int64(0)
	for _, r := range kept.Refused {
		if r[0] < last || r[1] <= r[0] || r[1] > kept.Answered {
			return fmt.Errorf("read mark %s: its ranges are out of order", m.path)
		}
		last = r[1]
	}
	m.Answered, m.Refused = kept.Answered, kept.Refused
	return nil
}

// settled reports whether the event needs not be sent again.
func (m *mark) settled(ordinal int64) bool {
	if ordinal >= m.Answered {
		return false
	}
	i := sort.Search(len(m.Refused), func(i int) bool { return m.Refused[i][1] > ordinal })
	return i == len(m.Refused) || ordinal < m.Refused[i][0]
}

// move takes the mark over a batch that was answered. It never goes back: what an
// earlier run settled further on stays settled. Where it would grow too large it is
// not kept any more, and what was kept of it stays true.
func (m *mark) move(b *batch) {
	refused := make([][2]int64, 0, len(m.Refused)+1)
	refused = appendRanges(refused, m.Refused, 0, b.from)
	for i := range b.events {
		if e := &b.events[i]; e.answer.Outcome == refusedOutcome {
			refused = appendRange(refused, [2]int64{e.ordinal, e.ordinal + 1})
		}
	}
	m.Refused = appendRanges(refused, m.Refused, b.upto, math.MaxInt64)
	m.Answered = max(m.Answered, b.upto)
	m.moved = true
	if len(m.Refused) > refusedRanges {
		m.path = ""
	}
}

// appendRanges appends what of ranges lies in [from, until).
func appendRanges(to, ranges [][2]int64, from, until int64) [][2]int64 {
	for _, r := range ranges {
		if cut := [2]int64{max(r[0], from), min(r[1], until)}; cut[0] < cut[1] {
			to = appendRange(to, cut)
		}
	}
	return to
}

func appendRange(to [][2]int64, r [2]int64) [][2]int64 {
	if n := len(to); n > 0 && to[n-1][1] == r[0] {
		to[n-1][1] = r[1]
		return to
	}
	return append(to, r)
}

// save writes the mark, in one step, so that a run that is killed leaves a whole one.
func (m *mark) save() error {
	if m.path == "" || !m.moved {
		return nil
	}
	m.moved = false
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write mark: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(m.path), 0o700); err != nil {
		return fmt.Errorf("write mark: %w", err)
	}
	draft, err := os.CreateTemp(filepath.Dir(m.path), ".mark-*")
	if err != nil {
		return fmt.Errorf("write mark: %w", err)
	}
	_, err = draft.Write(body)
	if closed := draft.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(draft.Name(), m.path)
	}
	if err != nil {
		_ = os.Remove(draft.Name())
		return fmt.Errorf("write mark: %w", err)
	}
	return nil
}
