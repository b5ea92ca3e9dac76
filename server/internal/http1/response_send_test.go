package http1

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What the transport does not take is kept, in order, within the limits of one
// response and of all; the rest is waited for.
func TestWriteBuffer(t *testing.T) {
	for name, test := range map[string]struct {
		memory int64
		waits  bool
	}{"room for all": {memory: 1 << 20}, "room for some": {memory: 1 << 10, waits: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := testConfig()
				cfg.WriteBuffer, cfg.Memory = 100_000, NewBudget(test.memory)
				f := newFake(t, getHost+end)
				f.room = 10_000
				want := bytes.Repeat([]byte("0123456789"), 9_000)
				var written int
				time.AfterFunc(time.Hour, func() { f.change(func() { f.room = 50_000 }) })
				time.AfterFunc(2*time.Hour, func() { f.change(func() { f.room = -1 }) })
				start := time.Now()
				o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
					for written < len(want) {
						n, err := w.Write(want[written : written+9_000])
						if written += n; err != nil {
							t.Fatalf("Write: %v", err)
						}
					}
					if waited := time.Since(start) > 0; waited != test.waits {
						t.Errorf("the handler has waited: %v, want %v", waited, test.waits)
					}
					time.Sleep(3 * time.Hour)
					w.(*Exchange).Room()
					if n := cfg.Memory.Used(); n != 0 {
						t.Errorf("%d bytes are taken of the budget, and nothing is kept", n)
					}
				})
				resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(f.sent())), nil)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := io.ReadAll(resp.Body); !bytes.Equal(got, want) || err != nil || o.Ending != Sent {
					t.Errorf("got %d bytes, %v, %v; want %d", len(got), err, o.Ending, len(want))
				}
			})
		})
	}
}

// A large Write goes out with all that is queued before it, as one.
func TestLargeWriteGoesOutWithHead(t *testing.T) {
	for name, length := range map[string]string{"declared": strconv.Itoa(2*len(long) + 5), "chunked": ""} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, getHost+end)
			f.serve(testConfig(), func(w http.ResponseWriter, r *http.Request) {
				if length != "" {
					w.Header().Set("Content-Length", length)
				}
				for i, s := range []string{long, "small", long} {
					io.WriteString(w, s)
					if want := [...]int{1, 1, 2}[i]; f.tries != want {
						t.Errorf("after Write %d, the transport was called %d times, want %d", i, f.tries, want)
					}
				}
			})
			resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(f.sent())), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(resp.Body); string(got) != long+"small"+long || err != nil {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
}

// A response as large as WriteBuffer is kept, head included; one with a byte more
// is waited for.
func TestWriteBufferAtItsEdge(t *testing.T) {
	all := newFake(t, getHost+end)
	all.serve(testConfig(), say(long))
	size := len(all.sent()) - len("\r\n0\r\n\r\n") // which comes when the handler has returned
	for spare, waits := range map[int]bool{-1: true, 0: false, 1: false} {
		synctest.Test(t, func(t *testing.T) {
			cfg := testConfig()
			cfg.WriteBuffer = size + spare
			f := newFake(t, getHost+end)
			f.room = 0
			time.AfterFunc(time.Hour, func() { f.change(func() { f.room = -1 }) })
			start := time.Now()
			f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, long)
				if waited := time.Since(start) > 0; waited != waits {
					t.Errorf("with room for %d of %d bytes, the handler has waited: %v", cfg.WriteBuffer, size, waited)
				}
				time.Sleep(2 * time.Hour)
				w.(*Exchange).Room()
			})
			if got := len(f.sent()); got != len(all.sent()) {
				t.Errorf("%d bytes were sent; want %d", got, len(all.sent()))
			}
		})
	}
}

// A handler learns that what it has written earlier cannot be sent.
func TestBufferedWriteFails(t *testing.T) {
	cfg := testConfig()
	cfg.WriteBuffer, cfg.Memory = 100_000, NewBudget(1<<20)
	f := newFake(t, getHost+end)
	f.room = 1000
	broken := errors.New("broken")
	o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
		if _, err := w.Write(make([]byte, 9000)); err != nil {
			t.Errorf("Write: %v", err)
		}
		f.end(writing, broken)
		if err := r.Context().Err(); err != nil {
			t.Errorf("the context has ended early: %v", err)
		}
		w.(*Exchange).Room()
		if err := r.Context().Err(); err == nil {
			t.Error("the context goes on without a client")
		}
		if _, err := w.Write(make([]byte, 9)); err != broken {
			t.Errorf("Write: %v, want %v", err, broken)
		}
	})
	if o.Ending != Failed || o.Why != CauseWrite {
		t.Errorf("outcome %+v", o)
	}
	if f.gone = true; cfg.Memory.Used() < 0 {
		t.Errorf("%d bytes are taken of the budget", cfg.Memory.Used())
	}
}

// Room touches nothing of an exchange that has ended, or not begun to answer.
func TestRoomAtAnyTime(t *testing.T) {
	f := newFake(t, getHost+end)
	x, _ := f.exchange(testConfig())
	x.Room()
	x.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		x.Room()
		if got := f.sent(); got != "" {
			t.Errorf("%q was sent of a head that is not complete", got)
		}
	}))
	f.gone = true
	x.Room()
}

// What is kept of a response that nobody gets is given back, whoever gives it up:
// the client before or after the handler's return, or the handler.
func TestAbandonedResponseKeepsNothing(t *testing.T) {
	for name, test := range map[string]struct {
		after  func(*fake, *Exchange)
		ending Ending
	}{
		"reset": {func(f *fake, x *Exchange) {
			f.end(writing, net.ErrClosed)
			x.Room()
			if n := x.cfg.Memory.Used(); n != 0 {
				t.Errorf("%d bytes are kept of a response that has failed", n)
			}
		}, Failed},
		"abort":   {func(*fake, *Exchange) { panic(http.ErrAbortHandler) }, Aborted},
		"overdue": {func(_ *fake, x *Exchange) { x.due[writing] = 1 }, Failed},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig()
			cfg.WriteBuffer, cfg.Memory = 1<<20, NewBudget(1<<20)
			f := newFake(t, getHost+end)
			f.room = 100
			o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
				w.Write(make([]byte, 10_000))
				if cfg.Memory.Used() == 0 {
					t.Error("nothing is kept for a client that does not read")
				}
				test.after(f, w.(*Exchange))
			})
			if o.Ending != test.ending || o.Output != nil {
				t.Errorf("ending %v, output %v; want %v and none", o.Ending, o.Output, test.ending)
			}
			if n := cfg.Memory.Used(); n != 0 {
				t.Errorf("%d bytes are taken of the budget for a response that is given up", n)
			}
		})
	}
}
