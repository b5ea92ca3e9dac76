package http1

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// blocked runs a test in a bubble with a handler whose Write of many bytes waits
// for its client, on a transport where reading cannot but wait. It returns when the
// client takes all; the request is what the client has sent so far.
func blocked(t *testing.T, request string, test func(f *fake, w http.ResponseWriter, r *http.Request, written <-chan error)) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, request)
		f.waits, f.room = true, 0
		cfg := testConfig()
		cfg.MaxBody = 1 << 20
		o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
			written := make(chan error, 1)
			go func() {
				_, err := w.Write(make([]byte, 2*bodyBuffer))
				written <- err
			}()
			time.Sleep(2 * waitGrace)
			test(f, w, r, written)
		})
		if o.Ending != Sent && o.Ending != SentLast {
			t.Errorf("outcome %+v; want it sent", o)
		}
		if f.deadline != [2]time.Time{} {
			t.Errorf("deadlines %v stay", f.deadline)
		}
	})
}

// takeAll has the client take everything, and waits until that was written.
func (f *fake) takeAll(written <-chan error) {
	f.change(func() { f.room = -1 })
	if err := <-written; err != nil {
		f.t.Errorf("Write: %v", err)
	}
}

// unread is how much of what the client has sent was not read from the transport.
func (f *fake) unread() int {
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.in)
}

// What a client sends before it takes the response is read, and kept for the
// handler.
func TestReadsBesideWrite(t *testing.T) {
	first, second := strings.Repeat("a", 10<<10), strings.Repeat("b", 90<<10)
	blocked(t, post+"Content-Length: 102400\r\n\r\n"+first, func(f *fake, _ http.ResponseWriter, r *http.Request, written <-chan error) {
		if n := f.unread(); n > 0 {
			t.Errorf("%d bytes are not read from the client that sends first", n)
		}
		f.send(second)
		if n := f.unread(); n > 0 {
			t.Errorf("%d bytes are not read from the client that sends more", n)
		}
		f.takeAll(written)
		if b, err := io.ReadAll(r.Body); string(b) != first+second || err != nil {
			t.Errorf("the handler reads %d bytes, %v; want all", len(b), err)
		}
	})
}

// No more is read than a handler may leave.
func TestReadsBesideWriteWithinBounds(t *testing.T) {
	const size = 1 << 20
	blocked(t, post+"Content-Length: 1048576\r\n\r\n"+strings.Repeat("a", size), func(f *fake, _ http.ResponseWriter, _ *http.Request, written <-chan error) {
		if n := size - f.unread(); n < discardBytes || n > 2*discardBytes {
			t.Errorf("%d bytes are read ahead; want %d, or what more there is room for", n, discardBytes)
		}
		f.takeAll(written)
	})
}

// A deadline that the handler sets while somebody reads beside its Write holds for
// what it reads after it.
func TestDeadlineBesideWrite(t *testing.T) {
	blocked(t, half, func(f *fake, w http.ResponseWriter, r *http.Request, written <-chan error) {
		start := time.Now()
		http.NewResponseController(w).SetReadDeadline(start.Add(time.Second))
		f.takeAll(written)
		_, err := r.Body.Read(make([]byte, 1))
		wantTimeout(t, "Read", err)
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v; want a second", took)
		}
	})
}

// A handler that reads while its Write waits gets what comes, also if somebody has
// begun to read ahead.
func TestHandlerReadsBesideWrite(t *testing.T) {
	blocked(t, half, func(f *fake, _ http.ResponseWriter, r *http.Request, written <-chan error) {
		for _, want := range []string{"one", "two"} {
			got := make(chan string)
			go func() {
				b := make([]byte, 9)
				n, _ := r.Body.Read(b)
				got <- string(b[:n])
			}()
			synctest.Wait()
			f.send(want)
			if got := <-got; got != want {
				t.Errorf("the handler reads %q; want %q", got, want)
			}
		}
		f.takeAll(written)
	})
}
