package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// traffic is clients that ask one request after another, by GET and by POST, on
// kept connections and on new ones. Each request has to be answered, and
// rightly.
type traffic struct {
	t       *testing.T
	addr    string
	refusal bool // a 503 is a right answer
	through bool // they connect until they are refused, which is right
	clients sync.WaitGroup
	begun   sync.WaitGroup // until each client has connected once

	connecting sync.RWMutex // held by who connects
	over       bool         // nobody connects any more; guarded by connecting

	mu      sync.Mutex // guards the rest
	more    *sync.Cond
	served  int
	refused int
}

// drive starts so many clients, and returns when all have connected. With
// fresh, every request has a connection of its own.
func (tr *traffic) drive(t *testing.T, addr string, clients int, fresh bool) {
	tr.t, tr.addr = t, addr
	tr.more = sync.NewCond(&tr.mu)
	tr.begun.Add(clients)
	for i := range clients {
		tr.clients.Go(func() { tr.client(i, fresh || i%2 == 0) })
	}
	tr.begun.Wait()
}

// client asks until it cannot connect any more. It leaves a connection only
// when the server says so, or with fresh.
func (tr *traffic) client(id int, fresh bool) {
	defer tr.more.Broadcast() // it may have failed
	begun := sync.OnceFunc(tr.begun.Done)
	for n := 0; ; {
		nc := tr.connect()
		begun()
		if nc == nil {
			return
		}
		for open := true; open; n++ {
			request, want := requestOf(id, n, fresh)
			resp, body, err := ask(nc, request)
			switch {
			case err != nil:
				tr.t.Errorf("client %d, request %d: %v", id, n, err)
				nc.Close()
				return
			case resp.StatusCode == http.StatusServiceUnavailable && tr.refusal:
				tr.count(&tr.refused)
			case resp.StatusCode != http.StatusOK || body != want:
				tr.t.Errorf("client %d, request %d: %s, %q", id, n, resp.Status, body)
			default:
				tr.count(&tr.served)
			}
			open = !resp.Close
		}
		nc.Close()
	}
}

// requestOf is the nth request of a client, and the body of its answer.
func requestOf(id, n int, fresh bool) (request, want string) {
	last := ""
	if fresh {
		last = "Connection: close\r\n"
	}
	if n%2 == 0 {
		name := fmt.Sprintf("client-%d-%d", id, n)
		return "GET /" + name + " HTTP/1.1\r\nHost: pond\r\n" + last + "\r\n", "Hello, " + name + "!"
	}
	body := strings.Repeat(fmt.Sprint(id, n, "."), 200)
	return fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: pond\r\n%sContent-Length: %d\r\n\r\n%s", last, len(body), body), body
}

// connect returns nil when the traffic is over.
func (tr *traffic) connect() net.Conn {
	if !tr.through {
		tr.connecting.RLock()
		defer tr.connecting.RUnlock()
		if tr.over {
			return nil
		}
	}
	nc, err := net.DialTimeout("tcp", tr.addr, patienceOfTests)
	switch {
	case tr.through && errors.Is(err, syscall.ECONNREFUSED):
		return nil
	case err != nil:
		tr.t.Error(err)
		return nil
	}
	return nc
}

func (tr *traffic) count(n *int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	*n++
	tr.more.Broadcast()
}

// await waits for so many more answers.
func (tr *traffic) await(answers int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for want := tr.served + tr.refused + answers; tr.served+tr.refused < want && !tr.t.Failed(); {
		tr.more.Wait()
	}
}

// end calls signal, unless clients connect through it when all who want to have
// connected, and waits until the last client has its answer.
func (tr *traffic) end(signal func()) {
	tr.connecting.Lock()
	tr.over = true
	signal()
	tr.connecting.Unlock()
	ended := make(chan struct{})
	go func() { tr.clients.Wait(); close(ended) }()
	within(tr.t, ended, "the last answers")
}
