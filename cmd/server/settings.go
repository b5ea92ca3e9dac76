package main

import (
	"strconv"
	"time"

	"millpond/metrics/status"
	"millpond/pool"
	"millpond/server"
)

// settings are limits in the words of the flags.
func settings(l server.Limits) []status.Setting {
	all := []status.Setting{{Name: "model", Value: l.Model.String()}}
	add := func(name, value string) { all = append(all, status.Setting{Name: name, Value: value}) }
	if l.Model == server.ModelPool {
		add("workers", workersText(l))
		add("queue", strconv.Itoa(l.Queue))
		add("overflow", l.Overflow.String())
		add("discipline", l.Discipline.String())
		add("max-wait", maxWaitText(l))
		add("unready-after", orNone(l.UnreadyAfter, time.Duration.String))
	}
	if l.Model == server.ModelThread {
		add("threads", orNone(l.MaxThreads, strconv.Itoa))
	}
	add("max-conns", orNone(l.MaxConns, strconv.Itoa))
	add("max-head", orNone(int64(l.MaxHeaderBytes), sizeText))
	add("max-body", orNone(l.MaxBodyBytes, sizeText))
	add("body-buffer", orNone(int64(l.BodyBuffer), sizeText))
	if l.Model == server.ModelPool {
		add("write-buffer", orNone(int64(l.WriteBuffer), sizeText))
		add("streams", orNone(l.Streams, strconv.Itoa))
	}
	add("buffer-memory", orNone(l.BufferMemory, sizeText))
	add("head-timeout", orNone(l.ReadHeaderTimeout, time.Duration.String))
	add("body-timeout", orNone(l.ReadTimeout, time.Duration.String))
	add("write-timeout", orNone(l.WriteTimeout, time.Duration.String))
	add("idle-timeout", orNone(l.IdleTimeout, time.Duration.String))
	return all
}

// maxWaitText says how long requests wait at most.
func maxWaitText(l server.Limits) string {
	switch {
	case l.MaxWait > 0:
		return l.MaxWait.String()
	case l.Discipline == pool.FIFO:
		return "none"
	}
	return "found out"
}

// orNone is the text of a limit, if there is one.
func orNone[N int | int64 | time.Duration](limit N, text func(N) string) string {
	if limit < 0 {
		return "none"
	}
	return text(limit)
}
