package importer

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// lineEvery is how often progress is told where there is no terminal.
const lineEvery = 5 * time.Second

// progress tells how far an import is: a bar on a terminal, else a line now and
// then. Lines told through it do not mix with the bar.
type progress struct {
	mu    sync.Mutex
	to    io.Writer
	total int64 // bytes
	bar   *progressbar.ProgressBar
	began time.Time
	lined time.Time
}

func newProgress(to io.Writer, total int64) *progress {
	p := &progress{to: to, total: max(total, 1), began: time.Now(), lined: time.Now()}
	if f, ok := to.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(p.total,
			progressbar.OptionSetWriter(to), progressbar.OptionFullWidth(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetRenderBlankState(true), progressbar.OptionClearOnFinish())
	}
	return p
}

// at tells that the bytes up to read have been answered for, and how many rows.
func (p *progress) at(read int64, rows int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	passed := time.Since(p.began).Seconds()
	rate := int(float64(rows) / max(passed, 0.001))
	if p.bar != nil {
		p.bar.Describe(fmt.Sprintf("%s rows, %s rows/s", number(rows), number(rate)))
		_ = p.bar.Set64(min(read, p.total))
		return
	}
	if time.Since(p.lined) < lineEvery {
		return
	}
	p.lined = time.Now()
	left := "?"
	if read > 0 {
		left = time.Duration(passed * float64(p.total-read) / float64(read) * float64(time.Second)).Round(time.Second).String()
	}
	_, _ = fmt.Fprintf(p.to, "%3d %%  %s rows, %s rows/s, %s left\n", read*100/p.total, number(rows), number(rate), left)
}

// line tells something beside the progress.
func (p *progress) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	_, _ = fmt.Fprintln(p.to, text)
}

// end takes the bar away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
		_ = p.bar.Exit()
	}
}

// number writes 141712 as 141,712.
func number(n int) string {
	s := strconv.Itoa(n)
	digits := len(s)
	if n < 0 {
		digits--
	}
	out := make([]byte, 0, len(s)+digits/3)
	for i := range len(s) {
		if left := len(s) - i; i > len(s)-digits && left%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, s[i])
	}
	return string(out)
}
