package main

import (
	"io"
	"log/slog"
)

// logger returns the logger that --log-level and --log-format describe.
func (o *options) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.LogLevel)); err != nil {
		panic(err) // The parser lets only names of levels pass.
	}
	handler := &slog.HandlerOptions{Level: level}
	if o.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, handler))
	}
	return slog.New(slog.NewTextHandler(w, handler))
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
