package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"millpond/server/internal/poll"
)

// A simClient sends what its script says, in pieces, and takes what it gets.
type simClient struct {
	*simSocket
	script []byte
	sent   int
	asked  []simAsk
	quiet  bool // in the end it waits for the server to close
}

// A simAsk is a request of a client.
type simAsk struct{ id, method string }

func (c *simClient) String() string { return c.name }

func (w *world) newClient(number int) *simClient {
	s := &simSocket{w: w, name: fmt.Sprint("client ", number), capacity: 50 << w.rnd.IntN(10),
		rnd:    rand.New(rand.NewPCG(w.seed, uint64(1+number))),
		reader: simWaiter{bell: make(chan struct{}, 1)}, writer: simWaiter{bell: make(chan struct{}, 1)}}
	c := &simClient{simSocket: s, quiet: w.rnd.IntN(2) == 0}
	for k := range w.rnd.IntN(5) {
		c.ask(w.rnd, fmt.Sprintf("%d-%d", number, k))
	}
	if w.rnd.IntN(10) == 0 { // that the server lets others have their turn
		c.script = append(c.script, bytes.Repeat([]byte("GET /live HTTP/1.1\r\nHost: h\r\n\r\n"), 150)...)
		c.asked = append(c.asked, slices.Repeat([]simAsk{{"", http.MethodGet}}, 150)...)
	}
	s.event = func() { c.move(s.rnd) }
	return c
}

// ask adds a request to the script.
func (c *simClient) ask(r *rand.Rand, id string) {
	method, path, fields, body := http.MethodGet, "/"+id, "", ""
	data := strings.Repeat(id, r.IntN(200))
	switch r.IntN(12) {
	case 0:
		path = "/live"
	case 1:
		path = "/control?" + id
	case 2:
		method = http.MethodHead
	case 3:
		fields = "Connection: close\r\n"
	case 4:
		fields = "malformed\r\n"
	case 5:
		fields = "X: " + strings.Repeat("x", r.IntN(600)) + "\r\n"
	case 6, 7:
		method, fields, body = http.MethodPost, fmt.Sprintf("Content-Length: %d\r\n", len(data)), data
	case 8:
		method, fields, body = http.MethodPost, "Transfer-Encoding: chunked\r\n", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(data), data)
		if data == "" {
			body = "0\r\n\r\n"
		}
	case 9:
		method, fields, body = http.MethodPost, "Transfer-Encoding: chunked\r\n", "2\r\nab\r\nwrong\r\n"
	case 10:
		method, fields, body = http.MethodPost, fmt.Sprintf("Expect: 100-continue\r\nContent-Length: %d\r\n", len(data)), data
	}
	c.script = fmt.Appendf(c.script, "%s %s HTTP/1.1\r\nHost: h\r\n%s\r\n%s", method, path, fields, body)
	c.asked = append(c.asked, simAsk{id, method})
}

// act is something that the client does.
func (c *simClient) act() {
	c.w.kernelMu.Lock()
	defer c.w.kernelMu.Unlock()
	c.move(c.w.rnd)
}

// move is act with the lock held.
func (c *simClient) move(r *rand.Rand) {
	switch n := r.IntN(100); {
	case n < 65:
		rest := len(c.script) - c.sent
		if most := 1 << r.IntN(13); rest > 0 {
			c.send(1 + r.IntN(min(rest, most)))
		}
	case n < 92:
		if n := len(c.out) - c.taken; n > 0 {
			c.take(1 + r.IntN(n))
		}
	case n < 95:
		c.endOutput()
	case n < 97 && c.sent == len(c.script):
		c.endOutput()
		c.left = true
	case n < 98:
		c.w.say("%v resets", c)
		c.die()
	}
}

func (c *simClient) send(n int) {
	if c.eof || c.dead || c.closed {
		return
	}
	c.w.say("%v sends %d bytes", c, n)
	c.in = append(c.in, c.script[c.sent:c.sent+n]...)
	c.sent += n
	c.edges |= poll.Readable
}

func (c *simClient) take(n int) {
	c.w.say("%v takes %d bytes", c, n)
	c.taken += n
	if c.full && c.room() >= c.capacity/3 {
		c.full = false
		c.edges |= poll.Writable
	}
}

func (c *simClient) endOutput() {
	if !c.eof {
		c.w.say("%v has nothing more to send", c)
		c.eof = true
		c.edges |= poll.Readable | poll.HalfClosed
	}
}

func (c *simClient) reset() {
	c.w.kernelMu.Lock()
	defer c.w.kernelMu.Unlock()
	c.die()
}

// finish has the client send and take all; then it leaves, or waits. It reports
// whether that was anything.
func (c *simClient) finish() bool {
	c.w.kernelMu.Lock()
	defer c.w.kernelMu.Unlock()
	sent, taken := c.sent, c.taken
	c.capacity = 1 << 20
	if n := len(c.script) - c.sent; n > 0 {
		c.send(n)
	}
	if n := len(c.out) - c.taken; n > 0 {
		c.take(n)
	}
	if !c.quiet {
		c.endOutput()
	}
	return c.sent > sent || c.taken > taken
}

// checkAnswers checks that each request had one answer at most, in order, and
// its own; and that a handler that has taken the connection wrote after all that
// it had written before.
func (c *simClient) checkAnswers() {
	c.w.say("%v asked %.1000q", c, c.script)
	c.w.say("%v got %.1000q", c, c.out)
	answers, taken, isTaken := strings.Cut(string(c.out), "taken ")
	br := bufio.NewReader(strings.NewReader(answers))
	var ask simAsk
	got, last := 0, false
	for i := 0; ; i++ {
		if _, err := br.Peek(1); err != nil {
			break
		}
		if i >= len(c.asked) || i > 0 && last {
			c.w.broken(fmt.Sprintf("%v got an answer behind %d, of %d", c, i, len(c.asked)))
			return
		}
		ask = c.asked[i]
		resp, err := http.ReadResponse(br, &http.Request{Method: ask.method})
		for err == nil && resp.StatusCode == http.StatusContinue {
			resp, err = http.ReadResponse(br, &http.Request{Method: ask.method})
		}
		if _, end := br.Peek(1); err != nil && end != nil {
			break // it was cut
		} else if err != nil {
			c.w.broken(fmt.Sprintf("%v got an answer to %s that is none: %v", c, ask.id, err))
			return
		}
		body, cut := io.ReadAll(resp.Body)
		got, last = len(body), resp.Close
		if last && ask.method == http.MethodHead {
			cut = io.EOF // whose head was not whole may get the text of a fault
		}
		if id := resp.Header.Get("X-Id"); id != "" && (id != ask.id || strings.Trim(string(body), id+";") != "") {
			c.w.broken(fmt.Sprintf("%v got for %s the answer to %s: %.100q", c, ask.id, id, body))
		}
		if cut != nil {
			break
		}
	}
	var id string
	var wrote int
	if fmt.Sscan(taken, &id, &wrote); isTaken && (id != ask.id && wrote > 0 || ask.method != http.MethodHead && wrote > 0 && wrote != got) {
		c.w.broken(fmt.Sprintf("%v has %d bytes of the answer to %s, and is taken by %s behind %d", c, got, ask.id, id, wrote))
	}
}

// A simTaken is what a handler has of a connection that it has taken.
type simTaken struct{ *simSocket }

func (h simTaken) Write(p []byte) (int, error) {
	h.w.kernelMu.Lock()
	defer h.w.kernelMu.Unlock()
	if !h.dead && !h.left {
		h.out = append(h.out, p...)
	}
	return len(p), nil
}

func (h simTaken) Close() error {
	h.w.kernelMu.Lock()
	defer h.w.kernelMu.Unlock()
	h.free()
	return nil
}

func (simTaken) SetDeadline(time.Time) error { return nil }
