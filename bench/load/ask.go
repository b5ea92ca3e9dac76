package load

import (
	"bufio"
	"bytes"
	"context"
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

// readAnswer reads one whole answer, which must be a good one.
func readAnswer(r io.Reader, head bool) error {
	var resp response
	resp.reset(head)
	var said []byte
	buf := make([]byte, 4<<10)
	for !resp.done() {
		n, err := r.Read(buf)
		if err == io.EOF && resp.eof() {
			break
		}
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		said = append(said, buf[:min(n, mostSaid-len(said))]...)
		if _, err := resp.feed(buf[:n]); err != nil {
			return err
		}
	}
	if resp.status < 200 || resp.status > 299 {
		return fmt.Errorf("it answers %d %s%s", resp.status, http.StatusText(resp.status), reason(said))
	}
	return nil
}

// mostSaid is how much of an answer is kept for what it says.
const mostSaid = 4 << 10

// reason is what an answer that is not good says in its first line, for people.
func reason(answer []byte) string {
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	line, _ := bufio.NewReader(resp.Body).ReadString('\n')
	line = strings.TrimSpace(line)
	if line == "" || len(line) > 200 || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return ": " + line
}
