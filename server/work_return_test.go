package server

import (
	"errors"
	"io"
	"net/http"
	"testing"
)

// A handler may use what it was given when it has returned: that must do no
// harm, and say so.
func TestHandlerOutlivesItsReturn(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		type kept struct {
			w http.ResponseWriter
			r *http.Request
		}
		given := make(chan kept, 1)
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			given <- kept{w, r}
			io.WriteString(w, "hi")
		})
		c := s.call()
		c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")
		c.want(200, "hi")
		k := within(t, given, "the handler")
		if n, err := k.r.Body.Read(make([]byte, 1)); n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("Body.Read: %d, %v; want %v", n, err, http.ErrBodyReadAfterClose)
		}
		k.r.Body.Close()
		if _, err := k.w.Write([]byte("late")); err == nil {
			t.Error("Write: no error")
		}
		k.w.WriteHeader(500)
		rc := http.NewResponseController(k.w)
		if err := rc.Flush(); err == nil {
			t.Error("Flush: no error")
		}
		if _, _, err := rc.Hijack(); err == nil {
			t.Error("Hijack: no error")
		}
		if err := k.r.Context().Err(); err == nil {
			t.Error("the context goes on")
		}
		c.send(get + end)
		c.want(200, "hi")
	})
}
