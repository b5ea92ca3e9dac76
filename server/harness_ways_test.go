package server

import (
	"net/http"
	"testing"

	"millpond/pool"
)

// A way is one of those in which a connection can be served. HTTP must be the
// same in all of them.
type way struct {
	name  string
	model Model
	wire  wiring
}

var ways = []way{
	{"epoll", ModelPool, sockets},
	{"stream", ModelPool, streams},
	{"goroutine", ModelGoroutine, sockets},
	{"thread", ModelThread, sockets},
}

// fakeWays are those ways with everything in memory.
var fakeWays = []way{
	{"epoll", ModelPool, polled},
	{"stream", ModelPool, memory},
	{"goroutine", ModelGoroutine, memory},
	{"thread", ModelThread, memory},
}

// inBubbles runs test once for each way, with fake time.
func inBubbles(t *testing.T, name string, test func(*testing.T, way)) {
	for _, w := range fakeWays {
		t.Run(name+"/"+w.name, bubble(func(t *testing.T) { test(t, w) }))
	}
}

// everyWay runs test once for each way.
func everyWay(t *testing.T, test func(*testing.T, way)) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) { test(t, w) })
	}
}

// serve starts s until the test ends.
func (w way) serve(t *testing.T, s *Server) *rig {
	t.Helper()
	s.Model = w.model
	s.Pool = pool.Config{Workers: 4}
	return serving(t, s, w.wire)
}

// serveFunc starts a server that has nothing but a handler.
func (w way) serveFunc(t *testing.T, h http.HandlerFunc) *rig {
	t.Helper()
	return w.serve(t, &Server{Handler: h})
}
