package balance

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"millpond/pool"
	"millpond/server/servertest"
)

var goodputFor = flag.Duration("goodput", 0, "measure the goodput through HAProxy for so long, by agent-check and by turns")

const (
	handles = 50 * time.Millisecond // what a handler waits

	// Of nominal: somewhat more, and what leaves none idle even by turns.
	offered, flood = 1.1, 2.5

	settles = 40 * time.Second // what weights take to settle, from scratch
)

// workers are those of servers of unequal speed.
var workers = []int{2, 4, 8}

// nominal is what they could do in a second, were there nothing but the handlers.
func nominal() (rate float64) {
	for _, n := range workers {
		rate += float64(n) / handles.Seconds()
	}
	return rate
}

// TestGoodputThroughHAProxy has a real HAProxy share a load among real servers.
// Unless -goodput says how long to measure, it only checks that every request has
// an answer, and that each server gets some.
func TestGoodputThroughHAProxy(t *testing.T) {
	if *goodputFor == 0 {
		share(t, true, offered, 0, 2*time.Second)
		return
	}
	can := share(t, false, flood, time.Second, *goodputFor)
	turns := share(t, false, offered, time.Second, *goodputFor) / can
	got := share(t, true, offered, settles, *goodputFor) / can
	t.Logf("%v workers, handlers of %v: together they can do %.1f/s; offered %.2f times that, they do %.3f of it with agent-check, %.3f by turns",
		workers, handles, can, offered*nominal()/can, got, turns)
	if got < 0.97 {
		t.Errorf("goodput %.3f of what the servers can do, want 0.97", got)
	}
}

// share offers so much for some time after a warm-up, and returns what was served
// in a second.
func share(t *testing.T, agents bool, load float64, warm, length time.Duration) float64 {
	var addresses, ports []string
	var served [3]atomic.Int64
	for i, n := range workers {
		s := servertest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			served[i].Add(1)
			<-time.After(handles)
		}))
		s.Config.Pool, s.Config.Logger = pool.Config{Workers: n, MinWorkers: n}, slog.New(slog.DiscardHandler)
		m := New(s.Config)
		defer m.Close()
		defer s.Close()
		s.Start()
		addresses, ports = append(addresses, strings.TrimPrefix(s.URL, "http://")), append(ports, agent(t, m))
	}
	if !agents {
		ports = nil
	}
	p := startProxy(t, addresses, ports, time.Second)
	var l clients
	l.run(t, p, load*nominal(), warm)
	before := l.good.Load()
	sent := l.run(t, p, load*nominal(), length)
	good := l.good.Load() - before
	l.all.Wait()
	t.Logf("agent-check %t: %d sent, %d served, by each %d %d %d, %v", agents, sent, good, served[0].Load(), served[1].Load(), served[2].Load(), p.servers())
	if l.other.Load() > 0 {
		t.Errorf("%d answers were neither 200 nor 503", l.other.Load())
	}
	for i := range served {
		if served[i].Load() == 0 {
			t.Errorf("server %d got nothing", i)
		}
	}
	return float64(good) / length.Seconds()
}

// clients count what they get.
type clients struct {
	good, refused, other atomic.Int64
	all                  sync.WaitGroup
}

// run sends requests at random times at a rate, whatever becomes of them, and
// returns how many.
func (l *clients) run(t *testing.T, p *proxy, rate float64, length time.Duration) (sent int) {
	transport := &http.Transport{MaxIdleConnsPerHost: 1000, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", p.address)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	due := time.Duration(0)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for begun := time.Now(); time.Since(begun) < length; <-tick.C {
		for ; due < time.Since(begun); due += time.Duration(rand.ExpFloat64() / rate * float64(time.Second)) {
			sent++
			l.all.Go(func() { l.ask(client) })
		}
	}
	return sent
}

func (l *clients) ask(client *http.Client) {
	resp, err := client.Get("http://web/")
	if err != nil {
		l.other.Add(1)
		return
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	switch resp.StatusCode {
	case http.StatusOK:
		l.good.Add(1)
	case http.StatusServiceUnavailable:
		l.refused.Add(1)
	default:
		l.other.Add(1)
	}
}
