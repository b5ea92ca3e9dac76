package server

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestCloseNotify checks that a client that leaves is told of, once, and that
// the end of the handler is not.
func TestCloseNotify(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		got := make(chan []<-chan bool, 1)
		stay := make(chan struct{})
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			//lint:ignore SA1019 handlers that are older than contexts use it
			cn := w.(http.CloseNotifier)
			got <- []<-chan bool{cn.CloseNotify(), cn.CloseNotify()}
			if r.URL.Path == "/stay" {
				<-stay
			}
		})
		c := s.call()
		c.send(getRoot)
		c.expect(http.StatusOK)
		if both := <-got; both[0] != both[1] || len(both[0]) > 0 {
			t.Errorf("two channels, or a notice that the client has left")
		}
		c.send("GET /stay HTTP/1.1\r\nHost: h\r\n\r\n")
		both := within(t, got, "the request")
		c.Close()
		if !within(t, both[0], "the notice") {
			t.Error("it is false")
		}
		close(stay)
	})
}

// TestKeepAlivesEnabled checks that connections are kept as long as that is
// enabled.
func TestKeepAlivesEnabled(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serveFunc(t, hello)
		idle := s.call()
		idle.send(getRoot)
		idle.expect(http.StatusOK)
		until(t, "it is idle", func() bool { return s.Stats().Conns[StateIdle] == 1 })
		s.SetKeepAlivesEnabled(false)
		idle.expectEnd()
		c := s.call()
		c.send(getRoot)
		if r, _ := c.expect(http.StatusOK); !r.Close {
			t.Error("the response does not say that it is the last")
		}
		c.expectEnd()
		s.SetKeepAlivesEnabled(true)
		c = s.call()
		for range 2 {
			c.send(getRoot)
			c.expect(http.StatusOK)
		}
	})
}

// TestServeOfThePackage checks the functions that make a Server themselves.
func TestServeOfThePackage(t *testing.T) {
	l, dial := sockets(t)
	served := make(chan error)
	go func() { served <- Serve(l, http.HandlerFunc(hello)) }()
	nc, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	c := newCaller(t, nc)
	c.send("GET /hi HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
	c.want(200, "hi")
	l.Close()
	if err := within(t, served, "Serve to notice that its listener is closed"); err == nil || !strings.Contains(err.Error(), net.ErrClosed.Error()) {
		t.Errorf("Serve: %v", err)
	}
	if err := ListenAndServe("nowhere:x", nil); err == nil {
		t.Error("ListenAndServe found an address that is none")
	}
}

// TestContextEndsWithAFailedWrite checks that a loop which only writes can wait
// for the end of its context.
func TestContextEndsWithAFailedWrite(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		ended := make(chan struct{})
		s := way.serve(t, &Server{WriteTimeout: soon, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(ended)
			for r.Context().Err() == nil {
				io.WriteString(w, long)
			}
		})})
		c := s.call()
		c.send(getRoot)
		within(t, ended, "the context to end")
	})
}

// TestOptions checks who answers OPTIONS *.
func TestOptions(t *testing.T) {
	for disabled, want := range map[bool]string{false: "", true: "*"} {
		s := serving(t, &Server{DisableGeneralOptionsHandler: disabled, Handler: http.HandlerFunc(
			func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RequestURI) })}, sockets)
		c := s.call()
		c.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
		c.want(200, want)
	}
}

// TestOnShutdown checks that every function is called, and not waited for.
func TestOnShutdown(t *testing.T) {
	var s Server
	called := make(chan int, 2)
	for i := range 2 {
		s.RegisterOnShutdown(func() { called <- i; <-t.Context().Done() })
	}
	s.Close()
	if len(called) > 0 {
		t.Error("Close has called it")
	}
	s.Shutdown(t.Context())
	got := []int{within(t, called, "a call"), within(t, called, "another call")}
	if slices.Sort(got); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("called %v", got)
	}
}
