package server

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Running is a request that a handler works on.
type Running struct {
	Method string
	Path   string        // as the client sent it, without the query
	Age    time.Duration // since its first byte was read, queue included
}

// Running returns the requests that handlers work on, the oldest first, at most
// limit of them. It looks at every connection, which takes some microseconds for
// a thousand, and holds nobody up. It is safe for concurrent use.
func (s *Server) Running(limit int) []Running {
	e := s.running()
	if e == nil {
		return nil
	}
	now := e.now()
	var all []Running
	for _, c := range e.conns.all() {
		if x := c.serving.Load(); x != nil {
			asked := x.Asked()
			path, _, _ := strings.Cut(asked.Target, "?")
			all = append(all, Running{asked.Method, path, now - asked.Began})
		}
	}
	slices.SortFunc(all, func(a, b Running) int { return cmp.Compare(b.Age, a.Age) })
	return all[:min(len(all), limit)]
}
