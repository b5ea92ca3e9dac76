package http1

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Hijack ends the Read of another goroutine, and waits for it; a handler that
// returns meanwhile waits for the Hijack.
func TestHijackWhileABodyIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, post+"Content-Length: 3\r\n\r\na")
		f.hold = make(chan struct{})
		x, in := f.exchange(testConfig())
		hijack, leave := make(chan struct{}), make(chan struct{})
		read, hijacked, served := make(chan error, 1), make(chan string, 1), make(chan struct{})
		go func() {
			defer close(served)
			x.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				go func() {
					_, err := io.ReadAll(r.Body)
					read <- err
				}()
				go func() {
					<-hijack
					hijacked <- hijackAndReport(w)
				}()
				<-leave
			}))
		}()
		for _, step := range []chan struct{}{hijack, leave} {
			synctest.Wait()
			close(step)
		}
		synctest.Wait()
		select {
		case <-served:
			t.Error("the exchange has ended while Hijack is under way")
		case got := <-hijacked:
			t.Errorf("Hijack does not wait for the Read: %s", got)
		default:
		}
		f.send("bc more")
		close(f.hold)
		<-served
		if err := <-read; err == nil {
			t.Error("the Read was not interrupted")
		}
		if got, want := <-hijacked, "buffered: bc more"; got != want {
			t.Errorf("%s; want %s", got, want)
		}
		if o := x.Outcome(); o.Ending != Hijacked || o.Fault != nil {
			t.Errorf("outcome %+v; want it hijacked, and no fault", o)
		}
		in.Reset()
	})
}

// Hijack waits until the client has taken what was flushed: what the handler
// writes itself comes after that.
func TestHijackBehindAQueuedFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		cfg.WriteBuffer, cfg.Memory = 1<<20, NewBudget(1<<20)
		f := newFake(t, getHost+end)
		f.room = 100
		time.AfterFunc(time.Second, func() { f.change(func() { f.room = -1 }) })
		o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, strings.Repeat("a", 10_000))
			w.(http.Flusher).Flush()
			if got, want := hijackAndReport(w), "buffered: "; got != want {
				t.Errorf("%s; want %s", got, want)
			}
		})
		if n := strings.Count(f.sent(), "a"); o.Ending != Hijacked || n < 10_000 {
			t.Errorf("ending %v; the client got %d bytes of 10,000", o.Ending, n)
		}
		if n := cfg.Memory.Used(); n != 0 {
			t.Errorf("%d bytes are taken of the budget", n)
		}
	})
}

// hijackAndReport takes the connection of w, and tells what was read ahead.
func hijackAndReport(w http.ResponseWriter) string {
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err.Error()
	}
	defer nc.Close()
	ahead, _ := rw.Reader.Peek(rw.Reader.Buffered())
	return "buffered: " + string(ahead)
}
