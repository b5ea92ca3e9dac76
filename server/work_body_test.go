package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// soon is a timeout that a test lets run out.
const soon = 20 * time.Millisecond

func TestSlowBody(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		for name, handle := range map[string]http.HandlerFunc{"read": readOnly, "unread": say("hi")} {
			t.Run(name, func(t *testing.T) {
				s := way.serve(t, &Server{ReadTimeout: 10 * soon, BodyBuffer: -1, Handler: handle}) // the head has to be read in it too
				c := s.call()
				c.send(post + "Content-Length: 3\r\n\r\nhi")
				if name == "read" {
					c.want(http.StatusRequestTimeout, "the body took too long\n")
				} else if r := c.want(200, "hi"); !r.Close {
					t.Error("the connection is kept after half a body")
				}
				c.expectEnd()
			})
		}
	})
}

// A client that sends far more than anyone reads gets to read the answer.
func TestLargeUnreadBody(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		const size = 4 << 20
		s := way.serveFunc(t, say("hi"))
		c := s.call()
		go func() {
			fmt.Fprintf(c.Conn, "%sContent-Length: %d\r\n\r\n", post, size)
			c.Conn.Write(make([]byte, size)) // fails once the server has had enough
		}()
		if r := c.want(200, "hi"); !r.Close {
			t.Error("the connection is kept after a body that nobody has read")
		}
	})
}

// The files that a form was uploaded into are gone with the request.
func TestUploadedFilesAreRemoved(t *testing.T) {
	const form = "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\nhi\r\n--b--\r\n"
	everyWay(t, func(t *testing.T, way way) {
		for _, panics := range []bool{false, true} {
			names := make(chan string, 1)
			s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
				r.ParseMultipartForm(0) // keep nothing in memory
				f, _, err := r.FormFile("f")
				if err != nil {
					t.Errorf("FormFile: %v", err)
					panic(http.ErrAbortHandler)
				}
				defer f.Close()
				if panics {
					defer panic("no")
				}
				onDisk, ok := f.(*os.File)
				if !ok {
					t.Errorf("the upload is a %T, not a file", f)
					panic(http.ErrAbortHandler)
				}
				names <- onDisk.Name()
			})
			c := s.call()
			c.send(fmt.Sprintf("%sContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s", post, len(form), form))
			c.response()
			name := within(t, names, "the handler")
			if _, err := os.Stat(name); !os.IsNotExist(err) {
				t.Errorf("%s still exists: %v", name, err)
			}
		}
	})
}

// A body that is known to be more than the server would discard is not waited
// for.
func TestHugeUnreadBodyIsNotAwaited(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		c := way.serve(t, &Server{MinRate: -1, Handler: say("hi")}).call() // however long a busy machine keeps the client
		c.send(post + "Content-Length: 1000000\r\n\r\n")
		if r := c.want(200, "hi"); !r.Close {
			t.Error("the connection is kept after a body that nobody has read")
		}
		c.expectEnd()
	})
}

func TestLargeBody(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		const size = 4 << 20
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
		c := s.call()
		sent := bytes.Repeat([]byte("0123456789abcdef"), size/16)
		go func() {
			fmt.Fprintf(c.Conn, "%sContent-Length: %d\r\n\r\n", post, size)
			c.Conn.Write(sent)
		}()
		r := c.response()
		if got, err := io.ReadAll(r.Body); !bytes.Equal(got, sent) || err != nil {
			t.Errorf("%d bytes came back, %v; want the same %d", len(got), err, size)
		}
		c.send(get + end)
		c.want(200, "")
	})
}

// A client that waits to be asked for the body is asked when the handler reads.
func TestContinueBeforeBody(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serveFunc(t, report)
		c := s.call()
		for range 2 {
			c.send(post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
			c.wantText("HTTP/1.1 100 Continue\r\n\r\n")
			c.send("hi")
			c.want(200, `"hi" EOF`)
		}
	})
}

// Request and response go on at the same time, whether or not that was asked
// for.
func TestFullDuplex(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serve(t, &Server{MinRate: -1, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			if err := rc.EnableFullDuplex(); err != nil {
				t.Errorf("EnableFullDuplex: %v", err)
			}
			b := make([]byte, 1)
			for {
				if _, err := io.ReadFull(r.Body, b); err != nil {
					return
				}
				w.Write(b)
				rc.Flush()
			}
		})})
		c := s.call()
		c.send(chunked)
		var r *http.Response
		for i := range 5 {
			c.send(fmt.Sprintf("1\r\n%d\r\n", i))
			if r == nil {
				r = c.response()
			}
			var b [1]byte
			if _, err := io.ReadFull(r.Body, b[:]); string(b[:]) != fmt.Sprint(i) || err != nil {
				t.Fatalf("got %q, %v; want %d", b, err, i)
			}
		}
		c.send("0\r\n\r\n")
		if rest, err := io.ReadAll(r.Body); len(rest) > 0 || err != nil {
			t.Errorf("got %q, %v; want the end", rest, err)
		}
	})
}

// A goroutine that still reads the body when the handler returns neither holds
// the worker nor reads on.
func TestBodyReadAcrossReturn(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		read := make(chan error, 1)
		var timeout time.Duration
		if way.name != "epoll" {
			timeout = soon // the server may be first, and wait for the rest of the body
		}
		s := way.serve(t, &Server{ReadTimeout: timeout, BodyBuffer: -1, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			started := make(chan struct{})
			go func() {
				close(started)
				_, err := io.Copy(io.Discard, r.Body)
				read <- err
			}()
			<-started
			io.WriteString(w, "hi")
		})})
		for range 50 {
			c := s.call()
			c.send(post + "Content-Length: 3\r\n\r\nhi")
			if r := c.want(200, "hi"); !r.Close {
				t.Error("the connection is kept after half a body")
			}
			if err := within(t, read, "the read to end"); err == nil {
				t.Error("half a body was read without an error")
			}
			c.Conn.Close()
		}
	})
}

func TestReadDeadline(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serve(t, &Server{BodyBuffer: -1, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			if err := rc.SetReadDeadline(time.Now().Add(soon)); err != nil {
				t.Errorf("SetReadDeadline: %v", err)
			}
			b, err := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %v", b, errors.Is(err, os.ErrDeadlineExceeded))
		})})
		c := s.call()
		c.send(post + "Content-Length: 2\r\n\r\nhi")
		c.want(200, "hi false")
		c.send(post + "Content-Length: 3\r\n\r\nhi")
		c.want(200, "hi true")
		c.expectEnd()
	})
}

// A read deadline that is over ends the reading of a body that keeps coming.
func TestReadDeadlineWhileBytesCome(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serve(t, &Server{MaxBodyBytes: -1, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.ReadFull(r.Body, make([]byte, 1<<10))
			http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
			n, err := io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, n < 1<<20, errors.Is(err, os.ErrDeadlineExceeded))
		})})
		c := s.call()
		c.send(chunked + "800000\r\n")
		go func() {
			for block := make([]byte, 1<<10); ; {
				if _, err := c.Conn.Write(block); err != nil {
					return // the server has closed the connection
				}
			}
		}()
		c.want(200, "true true")
	})
}

// A handler can read a body while it waits for the client to take a response.
func TestReadWhileAWriteWaits(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		const size = 32 << 20 // more than the kernel keeps, both ways
		body := make(chan struct{})
		s := way.serve(t, &Server{MaxBodyBytes: -1, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			go func() {
				defer close(body)
				if n, err := io.Copy(io.Discard, r.Body); n != size || err != nil {
					t.Errorf("read %d bytes of the body, %v; want %d", n, err, size)
				}
			}()
			w.Write(make([]byte, size))
			<-body
		})})
		c := s.call()
		go func() {
			fmt.Fprintf(c.Conn, "%sContent-Length: %d\r\n\r\n", post, size)
			c.Conn.Write(make([]byte, size))
		}()
		within(t, body, "the body to be read")
		r := c.response()
		if n, err := io.Copy(io.Discard, r.Body); n != size || err != nil {
			t.Errorf("read %d bytes of the response, %v; want %d", n, err, size)
		}
	})
}

// What one handler does to the deadlines does not reach the next request.
func TestDeadlinesEndWithTheResponse(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			if strings.HasPrefix(string(b), "first") {
				rc := http.NewResponseController(w)
				rc.SetReadDeadline(time.Now().Add(patienceOfTests))
				rc.SetWriteDeadline(time.Now().Add(patienceOfTests))
				rc.SetReadDeadline(time.Unix(1, 0))
			}
			w.Write(b)
		})
		c := s.call()
		c.send(post + "Content-Length: 5\r\n\r\nfirst")
		c.want(200, "first")
		c.send(post + "Content-Length: 6\r\n\r\n")
		c.send("second")
		c.want(200, "second")
	})
}
