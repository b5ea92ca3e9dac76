package upstream

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestUpgrade speaks through an upgraded connection, both ways at once, and
// closes one side after the other.
func TestUpgrade(t *testing.T) {
	backend := raw(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		req, err := http.ReadRequest(in)
		if err != nil || req.Header.Get("Upgrade") != "websocket" || req.Header.Get("Connection") != "Upgrade" {
			t.Errorf("backend got %v, %v", req, err)
			return
		}
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Key: v\r\n\r\nhello\n")
		io.Copy(c, in)
		io.WriteString(c, "bye\n") // The client has closed its side, and still listens.
	})
	rig := newRig(t, Config{Backends: []string{backend}})
	conn := rig.dial(t)
	defer conn.Close()
	// The first message comes with the request: it belongs to the tunnel.
	io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\nearly\n")
	in := bufio.NewReader(conn)
	res, err := http.ReadResponse(in, nil)
	if err != nil || res.StatusCode != 101 || res.Header.Get("X-Key") != "v" || res.Header.Get("Upgrade") != "websocket" {
		t.Fatalf("%v, %v", res, err)
	}
	expect := func(want string) {
		t.Helper()
		if line, err := in.ReadString('\n'); line != want {
			t.Errorf("got %q, %v, want %q", line, err, want)
		}
	}
	expect("hello\n")
	expect("early\n")
	if st := rig.handler.Stats(); st.InFlight != 1 || st.Backends[0].InFlight != 1 {
		t.Errorf("an open tunnel is not in flight: %+v", st)
	}
	for i := range 3 {
		line := fmt.Sprintf("message %d\n", i)
		io.WriteString(conn, line)
		expect(line)
	}
	conn.(*net.TCPConn).CloseWrite()
	expect("bye\n")
	if got := rig.result(t, OutcomeServed); got.Status != 101 {
		t.Errorf("result %+v", got)
	}
}

// TestUpgradeRefused has the backend answer an upgrade with a response.
func TestUpgradeRefused(t *testing.T) {
	rig := newRig(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(426) })}})
	res, _, _ := rig.do(t, "GET", "/", nil, "Connection", "Upgrade", "Upgrade", "websocket")
	if res.StatusCode != 426 {
		t.Errorf("status %d", res.StatusCode)
	}
	rig.result(t, OutcomeServed)
}

// TestUpgradeWithBody checks that a request with a body is no upgrade.
func TestUpgradeWithBody(t *testing.T) {
	rig := newRig(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Header.Get("Upgrade")+r.Header.Get("Connection"))
	})}})
	if _, body, _ := rig.do(t, "POST", "/", strings.NewReader("x"), "Connection", "Upgrade", "Upgrade", "websocket"); body != "" {
		t.Errorf("the backend is asked to upgrade: %q", body)
	}
	rig.result(t, OutcomeServed)
}

// TestNoUpgradeWithoutHijack has a server whose connections cannot be taken
// over: nothing may leak then.
func TestNoUpgradeWithoutHijack(t *testing.T) {
	closed := make(chan bool)
	h := newHandler(t, Config{Backends: []string{raw(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		readRequest(in)
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		in.ReadByte()
		close(closed)
	})}})
	r := httptest.NewRequest("GET", "/", nil)
	r.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"x"}}
	if w, p := serveOne(h, r); w.Code != 502 || p != nil {
		t.Errorf("status %d, panic %v", w.Code, p)
	}
	<-closed
	checkBooks(t, h)
}
