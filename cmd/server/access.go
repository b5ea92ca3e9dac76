package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"syscall"

	"millpond/server/accesslog"
)

// accessLog opens the access log, if one is wanted. Call end when all requests
// have ended.
func (o *options) accessLog(stdout io.Writer, log *slog.Logger) (l *accesslog.Log, end func(), err error) {
	if o.AccessLog == "" || o.Model == modelNetHTTP {
		return nil, func() {}, nil
	}
	to, closeFile := stdout, func() error { return nil }
	if o.AccessLog != "-" {
		// A pipe that nobody reads is a fault, not something to wait for.
		file, err := os.OpenFile(o.AccessLog, os.O_CREATE|os.O_APPEND|os.O_WRONLY|syscall.O_NONBLOCK, 0o640)
		if err != nil {
			return nil, nil, fmt.Errorf("--access-log: %w; it must be a file that can be written, a pipe that is read, or -", err)
		}
		to, closeFile = file, file.Close
	}
	l = accesslog.New(accesslog.Config{Writer: to, Rate: o.AccessLogRate, Log: log})
	return l, func() {
		l.Close()
		if s := l.Stats(); s.Dropped+s.Waiting > 0 {
			log.Warn("access log: requests were not logged", "dropped", s.Dropped+s.Waiting, "sampled_out", s.SampledOut, "written", s.Written)
		}
		if err := closeFile(); err != nil {
			log.Error("access log: close failed", "err", err)
		}
	}, nil
}
