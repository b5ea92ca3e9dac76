package main

import (
	"io"
	"log/slog"
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
