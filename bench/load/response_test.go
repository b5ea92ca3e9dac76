package load

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// readAll feeds b in pieces and returns the reader, what was left over and the
// error.
func readAll(b []byte, piece int, head bool) (*response, int, error) {
	r := new(response)
	r.reset(head)
	used := 0
	for used < len(b) && !r.done() {
		n, err := r.feed(b[used:min(used+piece, len(b))])
		used += n
		if err != nil {
			return r, len(b) - used, err
		}
	}
	if !r.done() {
		r.eof()
	}
	return r, len(b) - used, nil
}

func TestResponse(t *testing.T) {
	for name, tc := range map[string]struct {
		in     string
		head   bool
		status int
		close  bool
		done   bool
		rest   int
	}{
		"length":              {in: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", status: 200, done: true},
		"length, two at once": {in: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n\r\n", status: 200, done: true, rest: 19},
		"empty body":          {in: "HTTP/1.1 503 Busy\r\ncontent-length:0\r\nConnection: close\r\n\r\n", status: 503, close: true, done: true},
		"no reason":           {in: "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", status: 200, done: true},
		"bare line feeds":     {in: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", status: 200, done: true},
		"chunks":              {in: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n", status: 200, done: true},
		"until the end":       {in: "HTTP/1.1 200 OK\r\n\r\nwhatever", status: 200, close: true, done: true},
		"1.0 closes":          {in: "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, close: true, done: true},
		"1.0 kept":            {in: "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", status: 200, done: true},
		"interim":             {in: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", status: 204, done: true},
		"not modified":        {in: "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", status: 304, done: true},
		"HEAD":                {in: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", head: true, status: 200, done: true},
		"cut in the head":     {in: "HTTP/1.1 200 OK\r\nContent-", status: 200},
		"cut in the body":     {in: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", status: 200},
		"cut in a chunk":      {in: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", status: 200},
	} {
		t.Run(name, func(t *testing.T) {
			for piece := 1; piece <= len(tc.in); piece++ {
				r, rest, err := readAll([]byte(tc.in), piece, tc.head)
				if err != nil {
					t.Fatalf("pieces of %d: %v", piece, err)
				}
				if r.status != tc.status || r.done() != tc.done || r.done() && r.close != tc.close || rest != tc.rest {
					t.Fatalf("pieces of %d: status %d, done %v, close %v, %d bytes left", piece, r.status, r.done(), r.close, rest)
				}
			}
		})
	}
}

func TestResponseRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"another protocol":  "SSH-2.0-OpenSSH\r\n",
		"another version":   "HTTP/2.0 200 OK\r\n",
		"no status":         "HTTP/1.1 abc OK\r\n",
		"status too low":    "HTTP/1.1 099 OK\r\n",
		"status too long":   "HTTP/1.1 2000 OK\r\n",
		"no colon":          "HTTP/1.1 200 OK\r\nfield\r\n",
		"negative length":   "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
		"huge length":       "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n",
		"two lengths":       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
		"bad chunk":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
		"endless head":      "HTTP/1.1 200 OK\r\n" + strings.Repeat("a: b\r\n", maxHead/6),
		"endless line":      "HTTP/1.1 200 OK\r\nx:" + strings.Repeat("y", maxHead),
		"endless chunkline": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("y", maxHead),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := readAll([]byte(in), 4<<10, false); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestResponseAllocatesNothing(t *testing.T) {
	in := []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello")
	r := new(response)
	if n := testing.AllocsPerRun(100, func() {
		r.reset(false)
		for i := 0; i < len(in); i += 10 {
			if _, err := r.feed(in[i:min(i+10, len(in))]); err != nil {
				t.Fatal(err)
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations for each response", n)
	}
}

// FuzzResponse checks that pieces do not matter, and that whatever net/http reads
// as a response is one here too, with the same status and the same end.
func FuzzResponse(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), 3)
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), 1)
	f.Add([]byte("HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\n\r\nbye"), 7)
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n"), 2)
	f.Fuzz(func(t *testing.T, b []byte, piece int) {
		if len(b) > 8<<10 {
			return
		}
		whole, left, err := readAll(b, max(len(b), 1), false)
		parts, leftParts, errParts := readAll(b, max(1, piece%64), false)
		if (err == nil) != (errParts == nil) {
			t.Fatalf("whole: %v, in pieces: %v", err, errParts)
		}
		if err == nil && (whole.status != parts.status || whole.done() != parts.done() || left != leftParts) {
			t.Fatalf("whole: %d %v %d, in pieces: %d %v %d",
				whole.status, whole.done(), left, parts.status, parts.done(), leftParts)
		}
		if left < 0 || left > len(b) {
			t.Fatalf("%d bytes left of %d", left, len(b))
		}
		reader := bufio.NewReader(bytes.NewReader(b))
		theirs, terr := http.ReadResponse(reader, nil)
		if terr != nil || theirs.StatusCode < 200 || theirs.ProtoMajor != 1 || err != nil {
			return
		}
		if _, terr = io.Copy(io.Discard, theirs.Body); terr != nil {
			return
		}
		if whole.status >= 200 && whole.done() && whole.status != theirs.StatusCode {
			t.Fatalf("status %d, net/http says %d", whole.status, theirs.StatusCode)
		}
	})
}

func BenchmarkResponse(b *testing.B) {
	in := []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nDate: Fri, 20 Nov 2026 22:00:00 GMT\r\nContent-Length: 6\r\n\r\nhello\n")
	r := new(response)
	b.ReportAllocs()
	for b.Loop() {
		r.reset(false)
		if _, err := r.feed(in); err != nil || !r.done() {
			b.Fatal(err)
		}
	}
}
