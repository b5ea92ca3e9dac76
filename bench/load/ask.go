package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// Ask sends each request of e once, one after the other and each on a connection
// of its own. It fails on the first that has no 2xx answer in time.
func (e *Endpoint) Ask(ctx context.Context, timeout time.Duration) error {
	for _, r := range e.requests {
		if err := e.ask(ctx, r, timeout); err != nil {
			line, _, _ := strings.Cut(string(r.bytes), " HTTP/")
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return nil
}

func (e *Endpoint) ask(ctx context.Context, r rawRequest, timeout time.Duration) error {
	deadline := time.Now().Add(timeout)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", e.addr.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	_, err = conn.Write(r.bytes)
	if err == nil {
		err = readAnswer(conn, r.head)
	}
	if err != nil && time.Now().After(deadline) {
		return fmt.Errorf("no answer within %v: %w", timeout, context.DeadlineExceeded)
	}
	return err
}

// readAnswer reads one whole answer, which must be a good one. What it says in
// its first line, if that is for people, becomes part of the error.
func readAnswer(r io.Reader, head bool) error {
	in, asked := bufio.NewReader(r), &http.Request{Method: http.MethodGet}
	if head {
		asked.Method = http.MethodHead
	}
	resp, err := http.ReadResponse(in, asked)
	for err == nil && resp.StatusCode < 200 { // an interim answer: the real one follows
		resp, err = http.ReadResponse(in, asked)
	}
	if err != nil {
		return unanswered(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, mostSaid))
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil {
		return err
	}
	if resp.StatusCode > 299 {
		return fmt.Errorf("it answers %d %s%s", resp.StatusCode, http.StatusText(resp.StatusCode), reason(said))
	}
	return nil
}

// unanswered says what the lack of an answer means.
func unanswered(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it closes the connection without an answer: %w", err)
	}
	if _, broken := errors.AsType[net.Error](err); broken {
		return err
	}
	return fmt.Errorf("%w: %w", errNotHTTP, err)
}

// mostSaid is how much of an answer is kept for what it says.
const mostSaid = 4 << 10

// reason is the first line of a body, if that is for people.
func reason(body []byte) string {
	line, _, _ := strings.Cut(string(body), "\n")
	line = strings.TrimSpace(line)
	if line == "" || len(line) > 200 || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return ": " + line
}
