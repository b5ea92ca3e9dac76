package thirdparty

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"conformance/standin"
)

// An exchange is a handler that a library makes, and what a client does with
// it. Ask returns all that the client gets to see.
type exchange struct {
	name    string
	handler http.Handler
	ask     func(c *client)
}

// TestExchanges has each exchange with net/http and with millpond under each
// model, and compares what the client saw.
func TestExchanges(t *testing.T) {
	for _, e := range slices.Concat(frameworkExchanges, middlewareExchanges, protocolExchanges) {
		t.Run(e.name, func(t *testing.T) {
			want := e.with(t, &http.Server{Handler: e.handler})
			if want == "" {
				t.Fatal("the client saw nothing")
			}
			for _, model := range standin.Models {
				t.Setenv(standin.ModelVar, model)
				if got := e.with(t, standin.For(&http.Server{Handler: e.handler})); got != want {
					t.Errorf("%s: %s", model, firstDifference(got, want))
				}
			}
		})
	}
}

// firstDifference quotes where two texts part.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < min(len(a), len(b))-1 && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("in line %d, behind %.300q: %.300q; with net/http: %.300q", i, a[max(0, i-6):i], a[i], b[i])
}

// with has the exchange with a server.
func (e exchange) with(t *testing.T, s interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
}) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- s.Serve(l) }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := &client{t: t, ctx: ctx, addr: l.Addr().String()}
	e.ask(c)
	http.DefaultClient.CloseIdleConnections()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if err := <-served; err != http.ErrServerClosed {
		t.Errorf("Serve: %v", err)
	}
	return strings.ReplaceAll(c.seen.String(), c.addr, "ADDR")
}

// A client asks one server, and remembers what it saw.
type client struct {
	t    *testing.T
	ctx  context.Context
	addr string
	seen strings.Builder
}

// see remembers something.
func (c *client) see(what ...string) {
	c.seen.WriteString(strings.Join(what, " ") + "\n")
}

// check sees an error.
func (c *client) check(err error) bool {
	if err != nil {
		c.see("error:", err.Error())
	}
	return err == nil
}

// request sends a request with fields in pairs, and sees the response, but for
// what is new each time.
func (c *client) request(method, path, body string, fields ...string) {
	req, err := http.NewRequestWithContext(c.ctx, method, "http://"+c.addr+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for pair := range slices.Chunk(fields, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if !c.check(err) {
		return
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	resp.Header.Del("Date")
	var head strings.Builder
	resp.Header.Write(&head)
	resp.Trailer.Write(&head)
	c.see(resp.Status, strings.Join(resp.TransferEncoding, ","), "\n"+head.String(), string(b))
	c.check(err)
}

func (c *client) get(path string, fields ...string) { c.request(http.MethodGet, path, "", fields...) }
