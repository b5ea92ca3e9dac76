package server

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestDate(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serveFunc(t, say("hi"))
		c := s.call()
		for _, send := range []string{get + end, "GET\r\n"} {
			before := time.Now().Truncate(time.Second)
			c.send(send)
			r := c.response()
			io.Copy(io.Discard, r.Body)
			date, err := http.ParseTime(r.Header.Get("Date"))
			if err != nil || date.Before(before) || date.After(time.Now()) {
				t.Errorf("Date is %q, %v", r.Header.Get("Date"), err)
			}
		}
	})
}

// What is flushed arrives while the handler goes on.
func TestFlush(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		arrived := make(chan struct{})
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			for range 3 {
				io.WriteString(w, "tick")
				if err := rc.Flush(); err != nil {
					t.Errorf("Flush: %v", err)
				}
				<-arrived
			}
		})
		c := s.call()
		c.send(get + end)
		r := c.response()
		for range 3 {
			b := make([]byte, 4)
			if _, err := io.ReadFull(r.Body, b); string(b) != "tick" || err != nil {
				t.Fatalf("got %q, %v", b, err)
			}
			arrived <- struct{}{}
		}
		if rest, err := io.ReadAll(r.Body); len(rest) > 0 || err != nil {
			t.Errorf("got %q, %v; want the end", rest, err)
		}
	})
}

func TestReadFrom(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		body := strings.Repeat("0123456789abcdef", 100_000)
		failure := errors.New("no more")
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(w, io.MultiReader(strings.NewReader(body), errReader{failure}))
			if n != int64(len(body)) || err != failure {
				t.Errorf("copied %d bytes, %v; want %d, %v", n, err, len(body), failure)
			}
		})
		c := s.call()
		c.send(get + end)
		c.want(200, body)
	})
}

type errReader struct{ error }

func (r errReader) Read([]byte) (int, error) { return 0, r.error }

// A handler that writes without end finds out that the client has left.
func TestWriteToClientThatLeft(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		failed := make(chan error, 1)
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := io.WriteString(w, long); err != nil {
					failed <- err
					return
				}
			}
		})
		c := s.call()
		c.send(get + end)
		c.response()
		c.reset()
		within(t, failed, "a write to fail")
	})
}

// A client that does not read does not hold a worker beyond WriteTimeout, or
// the deadline that the handler has set.
func TestWriteTimeout(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		for name, deadline := range map[string]time.Duration{"WriteTimeout": 0, "SetWriteDeadline": soon} {
			t.Run(name, func(t *testing.T) {
				failed := make(chan error, 1)
				s := way.serve(t, &Server{WriteTimeout: soon, Handler: http.HandlerFunc(
					func(w http.ResponseWriter, r *http.Request) {
						if deadline > 0 {
							http.NewResponseController(w).SetWriteDeadline(time.Now().Add(deadline))
						}
						for {
							if _, err := io.WriteString(w, long); err != nil {
								failed <- err
								return
							}
						}
					})})
				c := s.call()
				c.send(get + end)
				if err := within(t, failed, "a write to fail"); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("Write: %v, want %v", err, os.ErrDeadlineExceeded)
				}
			})
		}
	})
}

// A deadline that has passed holds even where the client would take more.
func TestPastWriteDeadline(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			io.WriteString(w, "one")
			if err := rc.Flush(); err != nil {
				t.Errorf("Flush: %v", err)
			}
			rc.SetWriteDeadline(time.Unix(1, 0))
			io.WriteString(w, "two")
			if err := rc.Flush(); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("Flush past the deadline: %v, want %v", err, os.ErrDeadlineExceeded)
			}
			rc.SetWriteDeadline(time.Time{})
			if err := rc.Flush(); err == nil {
				t.Error("a response goes on after a write that failed")
			}
		})
		c := s.call()
		c.send(get + end)
		r := c.response()
		if b, err := io.ReadAll(r.Body); string(b) != "one" || err == nil {
			t.Errorf("got %q, %v; want \"one\" and no end", b, err)
		}
	})
}

// A deadline that is set meanwhile ends a Write that waits for the client.
func TestWriteDeadlineWhileAWriteWaits(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		begun, failed := make(chan struct{}), make(chan error, 1)
		s := way.serve(t, &Server{WriteTimeout: -1, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			go func() {
				<-begun
				http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0))
			}()
			_, err := w.Write(make([]byte, 32<<20)) // more than the kernel takes
			failed <- err
		})})
		c := s.call()
		c.send(get + end)
		c.response()
		close(begun)
		if err := within(t, failed, "the Write to end"); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the Write ended with %v, want %v", err, os.ErrDeadlineExceeded)
		}
	})
}

// Every one of many requests that a client sends at once is answered, in order.
func TestPipelining(t *testing.T) {
	const requests = 1000
	for name, target := range map[string]string{"handler": "/hi", "probe": "/live"} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, func(t *testing.T, way way) {
				s := way.serve(t, &Server{Handler: say("alive\n"), Control: Control{Live: "/live"}})
				c := s.call()
				go io.WriteString(c.Conn, strings.Repeat("GET "+target+" HTTP/1.1\r\nHost: h\r\n\r\n", requests))
				for range requests {
					c.want(200, "alive\n")
				}
			})
		})
	}
}
