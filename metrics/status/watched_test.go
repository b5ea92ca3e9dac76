package status

import (
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"millpond/metrics"
	"millpond/server"
)

// watched is a server under its page.
type watched struct {
	t          *testing.T
	main, page string // the addresses of the server, and of the page
	end        func() // of what serves the page
}

// watch starts a server with one worker. If streams may stay open, its page is
// on a net/http server beside it, as on an admin address; otherwise it is in the
// control lane.
func watch(t *testing.T, streams int) *watched {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/{work}", func(w http.ResponseWriter, r *http.Request) {
		<-time.After(5 * time.Millisecond)
		io.WriteString(w, "done")
	})
	srv := &server.Server{Handler: mux}
	srv.Pool.Workers, srv.Pool.Queue = 1, 10
	c := metrics.New(srv)
	p := New(Config{Metrics: c, Running: srv.Running, Clients: srv.Clients, Settings: []Setting{{"model", "pool"}, {"workers", "1"}, {"queue", "10"}}})
	srv.Control.Handlers = p.Handlers(0)
	srv.Control.Handlers["/metrics"] = metrics.Handler(nil, c)
	p.Start()
	w := &watched{t: t, main: start(t, srv.Serve)}
	w.page = w.main
	admin := &http.Server{Handler: server.Control{Handlers: p.Handlers(streams)}.Handler(srv.Readiness, http.NotFoundHandler())}
	if streams > 0 {
		w.page = start(t, admin.Serve)
	}
	w.end = func() { p.Close(); admin.Close() }
	t.Cleanup(func() {
		w.end()
		srv.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return w
}

// start serves on an address of its own, which it returns. The end of the test
// waits for its end.
func start(t *testing.T, serve func(net.Listener) error) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- serve(l) }()
	t.Cleanup(func() { <-served })
	return "http://" + l.Addr().String()
}

// load has clients ask, and pause between two requests, until end is called.
func (w *watched) load(clients int, pause time.Duration) (end func()) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(pause):
				}
				resp, err := client.Get(w.main + "/work")
				if err != nil {
					w.t.Error(err)
					return
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	return func() { close(stop); all.Wait(); client.CloseIdleConnections() }
}
