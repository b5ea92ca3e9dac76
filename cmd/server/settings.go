package main

import (
	"strconv"
	"time"

	"millpond/metrics/status"
	"millpond/server"
)

// settings are limits in the words of the flags.
func settings(l server.Limits) []status.Setting {
	all := []status.Setting{{Name: "model", Value: l.Model.String()}}
	add := func(name, value string) { all = append(all, status.Setting{Name: name, Value: value}) }
	if l.Model == server.ModelPool {
		add("workers", strconv.Itoa(l.Workers))
		add("queue", strconv.Itoa(l.Queue))
		add("discipline", l.Discipline.String())
		add("overflow", l.Overflow.String())
	}
	if l.Model == server.ModelThread {
		add("threads", orNone(l.MaxThreads, strconv.Itoa))
	}
	add("max-conns", orNone(l.MaxConns, strconv.Itoa))
	add("max-head", orNone(int64(l.MaxHeaderBytes), sizeText))
	add("max-body", orNone(l.MaxBodyBytes, sizeText))
	add("head-timeout", orNone(l.ReadHeaderTimeout, time.Duration.String))
	add("body-timeout", orNone(l.ReadTimeout, time.Duration.String))
	add("write-timeout", orNone(l.WriteTimeout, time.Duration.String))
	add("idle-timeout", orNone(l.IdleTimeout, time.Duration.String))
	return all
}

// orNone is the text of a limit, if there is one.
func orNone[N int | int64 | time.Duration](limit N, text func(N) string) string {
	if limit < 0 {
		return "none"
	}
	return text(limit)
}
