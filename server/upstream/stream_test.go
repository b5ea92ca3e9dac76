package upstream

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"testing"
)

// TestEvents reads each server-sent event before the next one is sent.
func TestEvents(t *testing.T) {
	next := make(chan bool)
	rig := newRig(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n", i)
			http.NewResponseController(w).Flush()
			<-next
		}
	})}})
	res, err := rig.client.Get(rig.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	in := bufio.NewReader(res.Body)
	for i := range 3 {
		if line, err := in.ReadString('\n'); line != fmt.Sprintf("data: %d\n", i) {
			t.Errorf("event %d: %q, %v", i, line, err)
		}
		next <- true
	}
	if rest, err := io.ReadAll(in); len(rest) != 0 || err != nil {
		t.Errorf("the end: %q, %v", rest, err)
	}
	rig.result(t, OutcomeServed)
}

// TestHeadIsFlushed has a backend send a head and nothing else for a while.
func TestHeadIsFlushed(t *testing.T) {
	seen := make(chan bool)
	rig := newRig(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		<-seen
	})}})
	res, err := rig.client.Get(rig.URL)
	if err != nil {
		t.Fatal(err)
	}
	close(seen)
	res.Body.Close()
	<-rig.results
}

// TestTrailers sends trailers both ways, announced and not.
func TestTrailers(t *testing.T) {
	rig := newRig(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.Copy(w, r.Body)
		w.Header().Set("X-Sum", fmt.Sprint(r.Trailer))
		w.Header().Set(http.TrailerPrefix+"X-Late", "late")
	})}})
	text := exchangeRaw(t, rig, "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n"+
		"Trailer: X-Check, X-Forwarded-For, X-Absent\r\n\r\n5\r\nhello\r\n0\r\nX-Check: c\r\nX-Forwarded-For: 1.1.1.1\r\nX-Unannounced: u\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(text)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if string(body) != "hello" || err != nil {
		t.Errorf("body %q, %v", body, err)
	}
	if got := fmt.Sprint(res.Trailer); got != "map[X-Late:[late] X-Sum:[map[X-Absent:[] X-Check:[c]]]]" {
		t.Errorf("trailers %s", got)
	}
	rig.result(t, OutcomeServed)
}

// TestInterim sends 103 twice, and checks that what the server has set in the
// response is still there at last.
func TestInterim(t *testing.T) {
	backend := app(t, func(w http.ResponseWriter, r *http.Request) {
		for _, link := range []string{"</a.css>", "</b.css>"} {
			w.Header().Set("Link", link)
			w.WriteHeader(103)
		}
		w.Header().Del("Link")
		w.Header().Add("Server-Timing", "db;dur=2")
		io.WriteString(w, "ok")
	})
	h := newHandler(t, Config{Backends: []string{backend}})
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server-Timing", "queue;dur=1")
		h.ServeHTTP(w, r)
	}))
	defer front.Close()
	var links []string
	req, _ := http.NewRequest("GET", front.URL, nil)
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			links = append(links, fmt.Sprint(code, h.Get("Link")))
			return nil
		}}))
	res, err := front.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got, want := links, []string{"103</a.css>", "103</b.css>"}; !slices.Equal(got, want) {
		t.Errorf("interim responses %q, want %q", got, want)
	}
	if got, want := res.Header["Server-Timing"], []string{"queue;dur=1", "db;dur=2"}; !slices.Equal(got, want) {
		t.Errorf("Server-Timing %q, want %q", got, want)
	}
	if res.Header.Get("Link") != "" {
		t.Errorf("Link %q is left from an interim response", res.Header.Get("Link"))
	}
}

// TestContinue checks that the backend decides whether a client that asks may
// send its body.
func TestContinue(t *testing.T) {
	for _, welcome := range []bool{true, false} {
		rig := newRig(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
			if !welcome {
				w.Header().Set("Connection", "close")
				w.WriteHeader(413)
				return
			}
			io.Copy(w, r.Body)
		})}})
		conn := rig.dial(t)
		io.WriteString(conn, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
		in := bufio.NewReader(conn)
		line, _ := in.ReadString('\n')
		if want := map[bool]string{true: "HTTP/1.1 100 Continue\r\n", false: "HTTP/1.1 413 Request Entity Too Large\r\n"}[welcome]; line != want {
			t.Errorf("welcome %v: %q", welcome, line)
		}
		if welcome {
			in.ReadString('\n')
			io.WriteString(conn, "hello")
			res, err := http.ReadResponse(in, nil)
			for err == nil && res.StatusCode == http.StatusContinue { // net/http says it again where the app does so late
				res, err = http.ReadResponse(in, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			if body, _ := io.ReadAll(io.LimitReader(res.Body, 5)); string(body) != "hello" {
				t.Errorf("body %q", body)
			}
		}
		conn.Close()
		rig.result(t, OutcomeServed)
	}
}

// TestBodiless has responses that must not have a body, with the fields that
// speak of one.
func TestBodiless(t *testing.T) {
	for _, test := range []struct{ method, head string }{
		{"HEAD", "200 OK\nContent-Length: 7"},
		{"HEAD", "200 OK\nTransfer-Encoding: chunked"},
		{"GET", "304 Not Modified\nContent-Length: 7\nEtag: e"},
		{"GET", "204 No Content"},
		{"GET", "200 OK\nContent-Length: 0"},
	} {
		rig := newRig(t, Config{Backends: []string{raw(t, answering(crlf("HTTP/1.1 "+test.head+"\n\n")))}})
		for range 2 { // The second one finds the connections in order.
			res, body, err := rig.do(t, test.method, "/", nil)
			if want := test.head[:3]; res.Status[:3] != want || body != "" || err != nil {
				t.Errorf("%s, %q: status %s, body %q, %v", test.method, test.head, res.Status, body, err)
			}
			if test.method == "HEAD" && strings.Contains(test.head, "Length: 7") && res.Header.Get("Content-Length") != "7" {
				t.Errorf("%s, %q: Content-Length %q", test.method, test.head, res.Header.Get("Content-Length"))
			}
			rig.result(t, OutcomeServed)
		}
		if n := rig.handler.Stats().Backends[0].Connections; n != 1 {
			t.Errorf("%s, %q: %d connections", test.method, test.head, n)
		}
	}
}

// TestLargeBodies sends bodies both ways that no buffer holds: the second half
// of each is made only when the other side has the first.
func TestLargeBodies(t *testing.T) {
	const half = 8 << 20
	up, down := make(chan bool), make(chan bool)
	rig := newRig(t, Config{Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		io.CopyN(sum, r.Body, half)
		up <- true
		io.Copy(sum, r.Body)
		w.Header().Set("X-Sum", fmt.Sprintf("%x", sum.Sum(nil)))
		w.Header().Set("Content-Length", fmt.Sprint(2*half))
		w.Write(bytes.Repeat([]byte("d"), half))
		<-down
		w.Write(bytes.Repeat([]byte("e"), half))
	})}})
	body, writer := io.Pipe()
	sum := sha256.New()
	go func() {
		w := io.MultiWriter(writer, sum)
		w.Write(bytes.Repeat([]byte("a"), half))
		<-up
		w.Write(bytes.Repeat([]byte("b"), half))
		writer.Close()
	}()
	res, err := rig.client.Post(rig.URL, "", body)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got, want := res.Header.Get("X-Sum"), fmt.Sprintf("%x", sum.Sum(nil)); got != want {
		t.Errorf("the backend got a body of sum %s, want %s", got, want)
	}
	if n, err := io.CopyN(io.Discard, res.Body, half/2); n != half/2 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	close(down)
	if n, err := io.Copy(io.Discard, res.Body); n != half*3/2 || err != nil {
		t.Errorf("%d more bytes, %v", n, err)
	}
	rig.result(t, OutcomeServed)
}
