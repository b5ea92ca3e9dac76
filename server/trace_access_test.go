package server

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// ask sends a request, and takes the answer when that comes.
func (r *rig) ask(request string) {
	c := r.call()
	c.send(request)
	go io.Copy(io.Discard, c)
}

// collect is what was told so far.
func collect(told chan *Access) (all []*Access) {
	for len(told) > 0 {
		all = append(all, <-told)
	}
	return all
}

// What is told of a request for a log is what has happened to it, however it
// ended.
func TestAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := make(chan *Access, 10)
		s := &Server{
			Pool:    pool.Config{Workers: 2, Queue: 1, Discipline: pool.FIFO, MaxWait: 3 * time.Second},
			Classes: []Class{{Class: pool.Class{Name: "slow", Workers: 1}, Path: "/slow/*"}},
			Control: Control{Live: "/live"}, MaxBodyBytes: 10,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if waited, ok := pool.QueueWait(r.Context()); !ok || r.URL.Path == "/slow/b" && waited != time.Second {
					t.Errorf("%s has waited %v, %t", r.URL.Path, waited, ok)
				}
				time.Sleep(2 * time.Second)
			}),
			Trace: &Trace{Accessed: func(a *Access) { told <- a }},
		}
		r := serving(t, s, memory)
		ask := func(request string) {
			r.ask(request)
			time.Sleep(time.Second)
		}
		begun := time.Now()
		ask("GET /slow/a?b=c HTTP/1.1\r\nHost: h\r\n\r\n")
		ask("GET /slow/b HTTP/1.1\r\nHost: h\r\n\r\n")
		synctest.Wait() // until b has begun, as a ends now
		r.ask("GET /slow/c HTTP/1.1\r\nHost: h\r\n\r\n")
		synctest.Wait()
		ask("PUT /slow/d HTTP/1.1\r\nHost: h\r\n\r\n") // no room
		ask("GET /live HTTP/1.1\r\nHost: h\r\n\r\n")
		ask("PUT /large HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n")
		ask("nonsense\r\n\r\n")
		synctest.Wait()
		got := map[string]Access{}
		for _, a := range collect(told) {
			got[a.Path] = *a
		}
		for path, want := range map[string]Access{
			"/slow/a": {Request: Request{Origin: OriginHandler, Method: "GET", Status: 200}, Class: "slow", Run: 2 * time.Second, At: begun},
			"/slow/b": {Request: Request{Origin: OriginHandler, Method: "GET", Status: 200}, Class: "slow", Queued: time.Second, Run: 2 * time.Second, At: begun.Add(time.Second)},
			"/slow/d": {Request: Request{Origin: OriginShed, Method: "PUT", Status: 503}, Class: "slow", Reason: "queue_full", At: begun.Add(2 * time.Second)},
			"/live":   {Request: Request{Origin: OriginControl, Method: "GET", Status: 200}, At: begun.Add(3 * time.Second)},
			"/large":  {Request: Request{Origin: OriginRefused, Method: "PUT", Status: 413}, Reason: "body_too_large", At: begun.Add(4 * time.Second)},
			"":        {Request: Request{Origin: OriginRefused, Status: 400}, Reason: "malformed", At: begun.Add(5 * time.Second)},
		} {
			a := got[path]
			want.Path = path
			want.Received, want.Sent, want.Duration = a.Received, a.Sent, a.Duration
			if a != want || a.Sent == 0 || a.Received == 0 {
				t.Errorf("%s: %+v, want %+v", path, a, want)
			}
		}
		if len(got) != 7 {
			t.Errorf("%d were told of, want 7", len(got))
		}
	})
}

// A request that was dropped says for how long it had waited.
func TestAccessOfDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := make(chan *Access, 10)
		s := &Server{
			Pool:    pool.Config{Workers: 1, Queue: 1, Discipline: pool.FIFO, MaxWait: time.Second},
			Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(3 * time.Second) }),
			Trace:   &Trace{Accessed: func(a *Access) { told <- a }},
		}
		r := serving(t, s, memory)
		r.ask(getRoot)
		synctest.Wait()
		r.ask(getRoot)
		time.Sleep(4 * time.Second)
		synctest.Wait()
		got := collect(told)
		for _, a := range got {
			if a.Reason == "waited_too_long" && a.Queued >= time.Second && a.Run == 0 {
				return
			}
		}
		t.Errorf("told of %+v", got)
	})
}

// The client is the one that a trusted proxy names.
func TestAccessClient(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		told := make(chan *Access, 1)
		s := &Server{Handler: http.NotFoundHandler(), TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
			Trace: &Trace{Accessed: func(a *Access) { told <- a }}}
		r := serving(t, s, wire)
		c := r.call()
		for forwarded, want := range map[string]string{"X: y": "127.0.0.1", "X-Forwarded-For: 10.0.0.9, 192.0.2.7, 127.0.0.2": "192.0.2.7"} {
			c.send("GET / HTTP/1.1\r\nHost: h\r\n" + forwarded + "\r\n\r\n")
			c.want(http.StatusNotFound, "404 page not found\n")
			if a := within(t, told, "it is told of"); a.Client.Unmap().String() != want {
				t.Errorf("%s: %v", forwarded, a.Client)
			}
		}
	})
}

func TestQueueWaitOutside(t *testing.T) {
	if waited, ok := pool.QueueWait(context.Background()); waited != 0 || ok {
		t.Errorf("%v, %t", waited, ok)
	}
}
