package main

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"sync"
	"time"
)

// logger returns the logger that --log-level and --log-format describe, and what all else for w
// is to go through, which waits for nobody. End that when there is nothing to log any more.
func (o *options) logger(w io.Writer) (*slog.Logger, *spill) {
	plain := slog.New(o.handlerTo(w))
	s := newSpill(w, func(lost uint64) { plain.Warn("log records were dropped", "records", lost) })
	return slog.New(o.handlerTo(s)), s
}

func (o *options) handlerTo(w io.Writer) slog.Handler {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.LogLevel)); err != nil {
		panic(err) // The parser lets only names of levels pass.
	}
	handler := &slog.HandlerOptions{Level: level}
	if o.LogFormat == "json" {
		return slog.NewJSONHandler(w, handler)
	}
	return slog.NewTextHandler(w, handler)
}

// warn logs what was set for nothing.
func (o *options) warn(log *slog.Logger) {
	for _, flag := range o.withoutEffect() {
		log.Warn("flag has no effect", "flag", flag.name, "why", flag.why)
	}
	for _, v := range o.unknown {
		log.Warn("variable has no effect", "variable", v.name, "why", v.why)
	}
}

// adopt has what net/http and others log by themselves logged too, a bit of it: each line may be the doing of a peer,
// such as a backend that answers what it was not asked.
func adopt(logger *slog.Logger) {
	slog.SetDefault(logger)
	log.SetOutput(&seldom{to: log.Writer()})
}

const (
	seldomLines = 10
	seldomEvery = time.Second // after which so many more may come
)

// A seldom is a writer that passes on a few lines at a time, and says later how many it left out. Each Write is a line.
type seldom struct {
	to io.Writer

	mu      sync.Mutex
	begun   time.Time // of the current seldomEvery
	taken   int       // since then
	leftOut int
}

// Write implements io.Writer.
func (s *seldom) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); now.Sub(s.begun) >= seldomEvery {
		if s.leftOut > 0 {
			fmt.Fprintf(s.to, "%d lines of this kind were left out\n", s.leftOut)
		}
		s.begun, s.taken, s.leftOut = now, 0, 0
	}
	if s.taken >= seldomLines {
		s.leftOut++
		return len(line), nil
	}
	s.taken++
	return s.to.Write(line)
}
