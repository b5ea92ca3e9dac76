package http1

import (
	"errors"
	"io"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// bothTransports runs a test in a bubble for a transport of each kind.
func bothTransports(t *testing.T, input string, test func(*testing.T, *fake)) {
	for name, waits := range map[string]bool{"polled": false, "waiting": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t, input)
				f.waits = waits
				test(t, f)
			})
		})
	}
}

// wantTimeout wants err to say that a deadline has passed.
func wantTimeout(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s: %v, want %v", what, err, os.ErrDeadlineExceeded)
	}
}

const half = post + "Content-Length: 100\r\n\r\n"

// ReadTimeout begins with the first byte of a request, and neither progress nor
// the handler's own time extends it.
func TestReadTimeout(t *testing.T) {
	bothTransports(t, half, func(t *testing.T, f *fake) {
		cfg := testConfig()
		cfg.ReadTimeout = 5 * time.Second
		start := time.Now()
		o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
			for range 2 {
				time.Sleep(time.Second)
				time.AfterFunc(time.Second, func() { f.send("x") })
				if n, err := r.Body.Read(make([]byte, 9)); n != 1 || err != nil {
					t.Errorf("Read: %d, %v; want a byte", n, err)
				}
			}
			for range 2 {
				_, err := r.Body.Read(make([]byte, 9))
				wantTimeout(t, "Read", err)
			}
			f.send("x")
			_, err := r.Body.Read(make([]byte, 9))
			wantTimeout(t, "Read of what has come too late", err)
		})
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("took %v", took)
		}
		if o.Fault != faultBodySlow || o.Status != http.StatusRequestTimeout || o.Ending != SentLast || o.Why != CauseBad {
			t.Errorf("outcome %+v", o)
		}
	})
}

// A body that the handler has left is read to its end only where that takes no
// waiting or, on a transport that must wait, within a second, whatever deadline
// the handler has set.
func TestDiscardIsBounded(t *testing.T) {
	bothTransports(t, half+"some", func(t *testing.T, f *fake) {
		cfg := testConfig()
		start := time.Now()
		o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
			http.NewResponseController(w).SetReadDeadline(time.Time{})
		})
		want := time.Duration(0)
		if f.waits {
			want = time.Second
		}
		if took := time.Since(start); took != want {
			t.Errorf("took %v, want %v", took, want)
		}
		if o.Ending != SentLast || o.Clean || o.Fault != nil || o.Status != 200 {
			t.Errorf("outcome %+v; want it sent last, not clean", o)
		}
	})
}

// WriteTimeout begins with the end of the head, and neither progress nor the
// handler's own time extends it.
func TestWriteTimeout(t *testing.T) {
	bothTransports(t, getHost+end, func(t *testing.T, f *fake) {
		cfg := testConfig()
		cfg.WriteTimeout = 4 * time.Second
		f.room = 0
		start := time.Now()
		o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			time.AfterFunc(2*time.Second, func() { f.change(func() { f.room = 1000 }) })
			if err := rc.Flush(); err != nil {
				t.Errorf("Flush: %v", err)
			}
			time.Sleep(time.Second)
			_, err := w.Write(make([]byte, 5000))
			wantTimeout(t, "Write", err)
			_, err = io.WriteString(w, "more")
			wantTimeout(t, "Write after that", err)
		})
		if took := time.Since(start); took != 4*time.Second {
			t.Errorf("took %v", took)
		}
		if o.Ending != Failed || o.Why != CauseWrite || o.Output != nil || o.Sent != int64(len(f.sent())) || o.Status != 200 {
			t.Errorf("outcome %+v", o)
		}
	})
}

// A response that is late fails, even if the client would take all of it.
func TestWriteTimeoutOfTheHandler(t *testing.T) {
	bothTransports(t, getHost+end, func(t *testing.T, f *fake) {
		cfg := testConfig()
		cfg.WriteTimeout = time.Second
		for late, want := range []Ending{Sent, Failed} {
			f.in = []byte(getHost + end)
			o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(time.Second - 1 + time.Duration(late))
				io.WriteString(w, "hi")
			})
			if o.Ending != want {
				t.Errorf("%d ns late: outcome %+v", late, o)
			}
		}
	})
}

// A deadline of the handler replaces the timeouts, holds for who waits already,
// and ends with the response.
func TestDeadlines(t *testing.T) {
	bothTransports(t, half, func(t *testing.T, f *fake) {
		cfg := testConfig()
		f.room = 0
		o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			read, written := make(chan error), make(chan error)
			go func() {
				_, err := io.ReadAll(r.Body)
				read <- err
			}()
			go func() { written <- rc.Flush() }()
			synctest.Wait()
			rc.SetReadDeadline(time.Now().Add(time.Second))
			wantTimeout(t, "Read", <-read)
			rc.SetWriteDeadline(time.Unix(1, 0))
			wantTimeout(t, "Flush", <-written)
		})
		if o.Ending != Failed || o.Fault != faultBodySlow {
			t.Errorf("outcome %+v", o)
		}
		if f.deadline != [2]time.Time{} {
			t.Errorf("deadlines %v stay", f.deadline)
		}
	})
}

// Where nothing bounds a wait, a deadline that somebody else has set holds.
func TestForeignDeadline(t *testing.T) {
	bothTransports(t, getHost+end, func(t *testing.T, f *fake) {
		f.room = 0
		o, _ := f.serve(testConfig(), func(w http.ResponseWriter, r *http.Request) {
			f.SetWriteDeadline(time.Now().Add(time.Second))
			wantTimeout(t, "Flush", http.NewResponseController(w).Flush())
		})
		if o.Ending != Failed {
			t.Errorf("outcome %+v", o)
		}
	})
}

// A body can be read while a Write waits for the client.
func TestFullDuplex(t *testing.T) {
	bothTransports(t, post+"Content-Length: 4\r\n\r\nab", func(t *testing.T, f *fake) {
		f.room = 0
		o, _ := f.serve(testConfig(), func(w http.ResponseWriter, r *http.Request) {
			if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
				t.Errorf("EnableFullDuplex: %v", err)
			}
			written := make(chan error)
			go func() {
				_, err := w.Write(make([]byte, 9000))
				written <- err
			}()
			synctest.Wait() // it waits
			f.send("cd")
			if b, err := io.ReadAll(r.Body); string(b) != "abcd" || err != nil {
				t.Errorf("ReadAll: %q, %v", b, err)
			}
			for n := 1; len(f.sent()) < 9000; n *= 2 {
				f.change(func() { f.room = n })
				synctest.Wait()
			}
			f.change(func() { f.room = -1 })
			if err := <-written; err != nil {
				t.Errorf("Write: %v", err)
			}
		})
		if o.Ending != Sent || !o.Clean {
			t.Errorf("outcome %+v", o)
		}
	})
}
