package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestHandlerThatDoesNotReturn checks every way in which a handler can leave
// other than by returning: the client knows, the connection goes, and the next
// one is served.
func TestHandlerThatDoesNotReturn(t *testing.T) {
	leave := map[string]func(){
		"panic":  func() { panic("oh") },
		"abort":  func() { panic(http.ErrAbortHandler) },
		"Goexit": runtime.Goexit,
		"bug": func() {
			var none []int
			_ = none[len(none)]
		},
	}
	for name, leave := range leave {
		inBubbles(t, name, func(t *testing.T, way way) {
			panics := 0
			s := &Server{Model: way.model, Trace: &Trace{Panicked: func(any) { panics++ }},
				Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch r.URL.Path {
					case "/early":
						leave()
					case "/late":
						http.NewResponseController(w).Flush()
						leave()
					}
				})}
			s.Pool.Workers = 1
			r := serving(t, s, way.wire)
			const request = "GET %s HTTP/1.1\r\nHost: h\r\n\r\n"
			c := r.call()
			c.send(strings.Replace(request, "%s", "/early", 1))
			if name == "abort" {
				c.expectEnd()
			} else {
				c.expect(http.StatusInternalServerError)
				c.expectEnd()
			}
			c.Close()
			c = r.call()
			c.send(strings.Replace(request, "%s", "/late", 1))
			if _, _, err := c.answer(http.MethodGet); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %v; want a response that is cut", err)
			}
			c.Close()
			c = r.call()
			c.send(getRoot)
			c.expect(http.StatusOK)
			synctest.Wait()
			if s := r.Stats(); s.Closed[CloseHandler] != 2 || s.InFlight != 0 {
				t.Errorf("closed %v, %d in flight; want 2 for the handler", s.Closed, s.InFlight)
			}
			if want := map[string]int{"panic": 2, "bug": 2}[name]; panics != want {
				t.Errorf("%d panics were reported; want %d", panics, want)
			}
		})
	}
}

// TestBodyReadByAnother checks that a goroutine which a handler has left behind
// in Body.Read does not hold the worker, wherever it is just then.
func TestBodyReadByAnother(t *testing.T) {
	left := make(chan chan struct{}, 1)
	r := serving(t, &Server{ReadTimeout: -1, BodyBuffer: -1, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		begun, done := make(chan struct{}), make(chan struct{})
		go func() {
			close(begun)
			io.Copy(io.Discard, r.Body)
			close(done)
		}()
		<-begun
		left <- done
	})}, sockets)
	for range 200 {
		c := r.call()
		c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nabc")
		c.expect(http.StatusOK)
		c.Close()
		<-<-left
	}
}

// TestUseAfterReturn checks that what a handler keeps is safe, and of no use.
func TestUseAfterReturn(t *testing.T) {
	inBubbles(t, "", func(t *testing.T, way way) {
		var left sync.WaitGroup
		over := make(chan struct{})
		r := serving(t, &Server{Model: way.model, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				io.WriteString(w, "second")
				return
			}
			io.Copy(io.Discard, r.Body)
			io.WriteString(w, "first")
			left.Go(func() {
				<-over
				if r.Context().Err() == nil {
					t.Error("the context goes on")
				}
				if n, err := io.WriteString(w, "HTTP/1.1 666 Evil\r\n\r\n"); n != 0 || err == nil {
					t.Errorf("Write: %d, %v; want an error", n, err)
				}
				if n, err := r.Body.Read(make([]byte, 9)); n != 0 || err == nil {
					t.Errorf("Body.Read: %d, %v; want an error", n, err)
				}
				rc := http.NewResponseController(w)
				_, _, hijack := rc.Hijack()
				for what, err := range map[string]error{"Flush": rc.Flush(), "Hijack": hijack,
					"SetReadDeadline": rc.SetReadDeadline(time.Unix(1, 0)), "SetWriteDeadline": rc.SetWriteDeadline(time.Unix(1, 0))} {
					if err == nil {
						t.Errorf("%s succeeded; want an error", what)
					}
				}
				w.WriteHeader(http.StatusTeapot)
			})
		})}, way.wire)
		c := r.call()
		c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
		if _, body := c.expect(http.StatusOK); body != "first" {
			t.Errorf("body %q", body)
		}
		close(over)
		left.Wait()
		c.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n")
		if _, body := c.expect(http.StatusOK); body != "second" {
			t.Errorf("body %q", body)
		}
	})
}

// TestHijackIsLeftAlone checks that a hijacked connection does not hold up a
// Shutdown, survives Close, and that its request's context goes on while the
// handler does, although it was asked for before.
func TestHijackIsLeftAlone(t *testing.T) {
	for m := range numModels {
		bothLinks(t, func(t *testing.T, wire wiring) {
			taken, proceed := make(chan error, 1), make(chan struct{})
			got := make(chan net.Conn, 1)
			r := serving(t, &Server{Model: m, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				done := r.Context().Done()
				nc, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Errorf("Hijack: %v", err)
				}
				got <- nc
				taken <- r.Context().Err()
				<-proceed
				select {
				case <-done:
					t.Error("the context ended with the hijacking")
				default:
				}
			})}, wire)
			c := r.call()
			c.send(getRoot)
			if err := <-taken; err != nil {
				t.Errorf("the context ended: %v", err)
			}
			nc := <-got
			defer nc.Close()
			if err := r.Shutdown(context.Background()); err != nil {
				t.Errorf("Shutdown: %v", err)
			}
			r.Close()
			close(proceed)
			io.WriteString(nc, "still here\n")
			if line, err := c.br.ReadString('\n'); err != nil || line != "still here\n" {
				t.Errorf("read %q, %v", line, err)
			}
			c.send("so am I\n")
			if line, err := bufio.NewReader(nc).ReadString('\n'); err != nil || line != "so am I\n" {
				t.Errorf("the handler read %q, %v", line, err)
			}
			if s := r.Stats(); s.Open() != 0 || s.Closed[CloseHijacked] != 1 {
				t.Errorf("%d open, closed %v; want one hijacked", s.Open(), s.Closed)
			}
		})
	}
}
