package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// TestControlOnAnotherServer checks that the control lane answers a net/http
// server in the words in which it answers a Server.
func TestControlOnAnotherServer(t *testing.T) {
	lane := Control{Live: "/live", Ready: "/ready", Handlers: map[string]http.Handler{"/extra": say("extra\n")}}
	ours := serving(t, &Server{Handler: say("next\n"), Control: lane}, memory)
	state := ours.Readiness()
	theirs := lane.Handler(func() Readiness { return state }, say("next\n"))
	ask := func(method, path string) (*http.Response, string) {
		w := httptest.NewRecorder()
		theirs.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Result(), w.Body.String()
	}
	for _, path := range []string{"/live", "/ready", "/extra", "/live/", "/next"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			c := ours.call()
			c.send(method + " " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
			want, wantText, err := c.answer(method)
			if err != nil {
				t.Fatal(err)
			}
			got, text := ask(method, path)
			if got.StatusCode != want.StatusCode || text != wantText || !sameFields(got, want) {
				t.Errorf("%s %s: %v %q; want %v %q", method, path, got, text, want, wantText)
			}
		}
	}
	for of, want := range map[Readiness]string{Draining: "draining\n", Overloaded: "overloaded\n"} {
		state = of
		if resp, text := ask(http.MethodGet, "/ready"); resp.StatusCode != http.StatusServiceUnavailable ||
			resp.Header.Get("Retry-After") != "1" || text != want {
			t.Errorf("%v %q; want %q", resp, text, want)
		}
	}
}

// sameFields compares what the control lane itself sets.
func sameFields(a, b *http.Response) bool {
	for _, name := range []string{"Content-Type", "X-Content-Type-Options", "Allow", "Retry-After"} {
		if a.Header.Get(name) != b.Header.Get(name) {
			return false
		}
	}
	return true
}

// TestOrigin checks that Trace.Done is told who has answered, from request to
// request of one connection.
func TestOrigin(t *testing.T) {
	bothLinks(t, func(t *testing.T, wire wiring) {
		reported, entered, release := make(chan Request, 10), make(chan struct{}, 1), make(chan struct{})
		s := &Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/held" {
					entered <- struct{}{}
					<-release
				}
				io.WriteString(w, "hi")
			}),
			Control: Control{Live: "/live", Handlers: map[string]http.Handler{"/extra": say("extra")}},
			Trace:   &Trace{Done: func(r Request) { reported <- r }},
		}
		s.Pool.Workers, s.Pool.Queue = 1, -1
		r := serving(t, s, wire)
		held, c := r.call(), r.call()
		ask := func(path string) Origin {
			c.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
			if _, _, err := c.answer(http.MethodGet); err != nil {
				t.Fatal(err)
			}
			return (<-reported).Origin
		}
		got := []Origin{ask("/"), ask("/live"), ask("/"), ask("/extra"), ask("/")}
		held.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n")
		<-entered
		got = append(got, ask("/"), ask("/live"))
		close(release)
		got = append(got, (<-reported).Origin)
		c.send(garbage)
		got = append(got, (<-reported).Origin)
		want := []Origin{
			OriginHandler, OriginControl, OriginHandler, OriginControl, OriginHandler,
			OriginShed, OriginControl, OriginHandler, OriginRefused,
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v; want %v", got, want)
		}
	})
}

// TestControlByURL checks that a path is reserved also where the target is a URL.
func TestControlByURL(t *testing.T) {
	r := serving(t, &Server{Control: Control{Live: "/live"}, Handler: say("handler")}, sockets)
	c := r.call()
	c.send("GET http://h/live HTTP/1.1\r\nHost: h\r\n\r\n")
	c.want(200, "alive\n")
}
