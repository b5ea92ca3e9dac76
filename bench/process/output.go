package process

import (
	"regexp"
	"strings"
	"sync"
)

// wordsSize is how much of a server's standard error is kept.
const wordsSize = 4 << 10

// lastWords keeps the beginning and the end of what is written to it. A Go
// program that crashes says why first, and then lists its goroutines.
type lastWords struct {
	mu   sync.Mutex
	head []byte
	end  []byte
}

func (t *lastWords) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := wordsSize - len(t.head); room > 0 {
		t.head = append(t.head, b[:min(room, len(b))]...)
	}
	t.end = append(t.end, b...)
	t.end = t.end[max(0, len(t.end)-wordsSize):]
	return len(b), nil
}

// last returns the line that tells most: that of a crash, or else the last one.
func (t *lastWords) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(t.head) + "\n" + string(t.end)
	last := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "fatal error:") || strings.HasPrefix(line, "panic:") {
			return line
		}
		if line != "" {
			last = line
		}
	}
	return last
}

// find returns what a pattern's group matches in what was written first.
func (t *lastWords) find(pattern *regexp.Regexp) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m := pattern.FindSubmatch(t.head); m != nil {
		return string(m[1])
	}
	return ""
}
