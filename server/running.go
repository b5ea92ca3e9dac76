package server

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A Running is a request that a handler works on.
type Running struct {
	Method string
	Path   string        // as the client sent it, without the query
	Route  string        // the pattern that it matches; see Running
	Age    time.Duration // since its first byte was read, queue included
}

// Running returns the requests that handlers work on, the oldest first, at most
// limit of them. It looks at every connection, which takes some microseconds for
// a thousand, and holds nobody up. It is safe for concurrent use.
//
// The Route is known if Handler is an [http.ServeMux], or has its method Handler,
// as one that wraps a mux may.
func (s *Server) Running(limit int) []Running {
	e := s.started()
	if e == nil {
		return nil
	}
	now := e.now()
	var all []Running
	for _, c := range e.conns.all() {
		if x := c.serving.Load(); x != nil {
			asked := x.Asked()
			path, _, _ := strings.Cut(asked.Target, "?")
			all = append(all, Running{Method: asked.Method, Path: path, Age: now - asked.Began})
		}
	}
	slices.SortFunc(all, func(a, b Running) int { return cmp.Compare(b.Age, a.Age) })
	all = all[:max(0, min(len(all), limit))]
	for i := range all {
		all[i].Route = e.patternOf(&all[i])
	}
	return all
}

// Clients returns the clients that asked most in the last seconds, at most limit
// of them and at most 64, those of the largest share first. It knows those that
// Server.FairBy tells apart, in ModelPool. It is safe for concurrent use.
func (s *Server) Clients(limit int) []Client {
	e := s.started()
	if e == nil {
		return nil
	}
	return e.clients.top(e.now(), limit)
}

// patternOf is the pattern of the handler that a request matches.
func (e *engine) patternOf(r *Running) string {
	mux, ok := e.handler.(router)
	if !ok {
		return ""
	}
	target, err := url.ParseRequestURI(r.Path)
	if err != nil {
		return ""
	}
	_, pattern := mux.Handler(&http.Request{Method: r.Method, URL: target, Host: target.Host})
	return pattern
}
