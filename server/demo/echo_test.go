package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

func readAll(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestEchoReturnsTheBody(t *testing.T) {
	server := httptest.NewServer(New(Config{BurnPerMs: -1}))
	defer server.Close()
	for _, size := range []int{0, 1, echoBuffer - 1, echoBuffer, echoBuffer + 1, 1 << 20} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("size=%d/chunked=%t", size, chunked), func(t *testing.T) {
				sent := bytes.Repeat([]byte("x"), size)
				var body io.Reader = bytes.NewReader(sent)
				if chunked {
					body = io.MultiReader(body) // Hides the length.
				}
				resp, err := server.Client().Post(server.URL+"/echo", "application/x-mill", body)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				if got := readAll(t, resp); got != string(sent) {
					t.Errorf("%d bytes came back, want %d", len(got), size)
				}
				if got := resp.Header.Get("Content-Type"); got != "application/x-mill" {
					t.Errorf("Content-Type %q", got)
				}
				if !chunked && resp.ContentLength != int64(size) {
					t.Errorf("Content-Length %d, want %d", resp.ContentLength, size)
				}
			})
		}
	}
}

func TestEchoAnswersEachPieceBeforeTheNext(t *testing.T) {
	server := httptest.NewServer(New(Config{BurnPerMs: -1}))
	defer server.Close()
	read, write := io.Pipe()
	answered := make(chan *http.Response, 1)
	go func() {
		defer close(answered)
		resp, err := server.Client().Post(server.URL+"/echo", "", read)
		if err != nil {
			t.Error(err)
			return
		}
		answered <- resp
	}()
	io.WriteString(write, "first")
	resp, ok := <-answered
	if !ok {
		t.FailNow()
	}
	defer resp.Body.Close()
	for i, piece := range []string{"first", "second", "third"} {
		if i > 0 {
			io.WriteString(write, piece)
		}
		got := make([]byte, len(piece))
		if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != piece {
			t.Fatalf("%q came back, want %q: %v", got, piece, err)
		}
	}
	write.Close()
	if rest := readAll(t, resp); rest != "" {
		t.Errorf("%q came after the last piece", rest)
	}
}

func TestEchoDefaultsToOctets(t *testing.T) {
	resp := serve(t, httptest.NewRequest("POST", "/echo", strings.NewReader("x")))
	if got := resp.Header.Get("Content-Type"); got != "application/octet-stream" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestEchoFaultBeforeTheAnswer(t *testing.T) {
	for want, err := range map[int]error{
		http.StatusRequestEntityTooLarge: &http.MaxBytesError{Limit: 10},
		http.StatusRequestTimeout:        fmt.Errorf("read: %w", os.ErrDeadlineExceeded),
		http.StatusBadRequest:            errors.New("malformed chunked encoding"),
	} {
		r := httptest.NewRequest("POST", "/echo", iotest.ErrReader(err))
		r.ContentLength = 11
		resp := serve(t, r)
		if resp.StatusCode != want {
			t.Errorf("%v: status %d, want %d", err, resp.StatusCode, want)
		}
		if got := resp.Header.Get("Content-Length"); got == "11" {
			t.Errorf("%v: the error answer still claims the length of the echo", err)
		}
	}
}

// failingWriter is a client that has gone.
type failingWriter struct{ discard }

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestEchoAbortsAnAnswerThatItCannotFinish(t *testing.T) {
	half := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF))
	for name, c := range map[string]struct {
		w    http.ResponseWriter
		body io.Reader
	}{
		"read fails after a write": {httptest.NewRecorder(), half},
		"write fails":              {failingWriter{discard{make(http.Header)}}, strings.NewReader("all")},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != http.ErrAbortHandler {
					t.Errorf("panic %v, want http.ErrAbortHandler", got)
				}
			}()
			New(Config{BurnPerMs: -1}).ServeHTTP(c.w, httptest.NewRequest("POST", "/echo", c.body))
		})
	}
}
