package server

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"millpond/pool"
)

// full is a server whose only worker is busy, and that has no queue.
func full(t *testing.T, refusals Refusals) *rig {
	t.Helper()
	entered, release := make(chan struct{}), make(chan struct{})
	s := &Server{Refusals: refusals, Pool: pool.Config{Workers: 1, Queue: -1}, MaxBodyBytes: 10,
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				close(entered)
				<-release
			}
		})}
	r := serving(t, s, memory)
	t.Cleanup(func() { close(release) })
	r.call().send(getRoot)
	<-entered
	return r
}

// refusal sends a request, and returns what it is refused with.
func (r *rig) refusal(request string) (*http.Response, string) {
	r.t.Helper()
	c := r.call()
	c.send(request)
	resp, body, err := c.answer(http.MethodPut)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp, string(body)
}

const (
	put     = "PUT / HTTP/1.1\r\nHost: h\r\n\r\n"
	putJSON = "PUT / HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\n\r\n"
	large   = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nAccept: application/json\r\n\r\n"
)

func TestRefusalAsProblem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := full(t, Refusals{})
		for request, want := range map[string]struct {
			status int
			reason string
		}{putJSON: {503, "queue_full"}, large: {413, "body_too_large"}} {
			resp, body := r.refusal(request)
			var problem struct {
				Title, Detail, Reason string
				Status                int
			}
			if err := json.Unmarshal([]byte(body), &problem); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != want.status || problem.Status != want.status || problem.Reason != want.reason ||
				problem.Title != http.StatusText(want.status) || problem.Detail == "" {
				t.Errorf("%s %+v, want %v", resp.Status, problem, want)
			}
			if got := resp.Header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("it is %s", got)
			}
			if got := resp.Header.Get("Retry-After"); (got != "") != (want.status == 503) {
				t.Errorf("%d has Retry-After %q", want.status, got)
			}
		}
		if resp, body := r.refusal(put); !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") || body != shedTexts[ShedQueueFull] {
			t.Errorf("without Accept: %v %q", resp.Header, body)
		}
	})
}

func TestRefusalOfOnesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := full(t, Refusals{
			Header: http.Header{"Access-Control-Allow-Origin": {"*"}, "X-App": {"shop"}},
			Shed: map[ShedReason]Refusal{ShedQueueFull: {
				Header: http.Header{"Content-Type": {"text/html"}, "X-App": {"a", "b"}}, Body: "<p>Later</p>"}},
			Bad: map[BadReason]Refusal{BadBodyLarge: {Body: "ten bytes"}},
		})
		resp, body := r.refusal(putJSON)
		if h := resp.Header; h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Content-Type") != "text/html" || strings.Join(h["X-App"], " ") != "a b" ||
			h.Get("Retry-After") != "1" || body != "<p>Later</p>" {
			t.Errorf("shed with %v %q", h, body)
		}
		resp, body = r.refusal(large)
		if h := resp.Header; h.Get("Access-Control-Allow-Origin") != "*" || h.Get("X-App") != "shop" || !strings.Contains(body, `"detail":"ten bytes"`) {
			t.Errorf("refused with %v %q", h, body)
		}
		if resp, _ = r.refusal("nonsense\r\n\r\n"); resp.StatusCode != 400 || resp.Header.Get("X-App") != "shop" {
			t.Errorf("malformed: %s %v", resp.Status, resp.Header)
		}
	})
}

// A body that its handler meets is refused in the same way.
func TestRefusalOfABody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{BodyBuffer: -1, Refusals: Refusals{Header: http.Header{"X-App": {"shop"}}},
			Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })}
		r := serving(t, s, memory)
		resp, body := r.refusal("PUT / HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
		if resp.StatusCode != 400 || resp.Header.Get("X-App") != "shop" || !strings.Contains(body, `"reason":"malformed"`) {
			t.Errorf("%s %v %q", resp.Status, resp.Header, body)
		}
	})
}

// All that is wrong with refusals is said at once, at the start.
func TestRefusalFaults(t *testing.T) {
	s := &Server{Refusals: Refusals{
		Header: http.Header{"Retry-After": {"9"}, "x-app": {"a"}, "B c": {"d"}, "Content-Type": {"text/html"}},
		Shed: map[ShedReason]Refusal{
			ShedPaced:      {Header: http.Header{"X-A": {"a\r\nB: c"}, "Connection": {"close"}}},
			NumShedReasons: {Body: strings.Repeat("x", mostRefusal+1)},
		},
		Bad: map[BadReason]Refusal{BadVersion: {Header: http.Header{"Content-Type": {"text/html"}}}},
	}}
	_, err := s.Limits()
	for _, want := range []string{
		"Refusals.Header must not have Retry-After",
		`Refusals.Header must have "X-App" in place of "x-app"`,
		`Refusals.Header must have names of fields, got "B c"`,
		"Refusals.Header must not have a Content-Type",
		`Refusals.Shed[paced].Header["X-A"] must be a value`,
		"Refusals.Shed[paced].Header must not have Connection",
		"Refusals.Shed[unknown_10] must be for a reason below 10",
		"Refusals.Shed[unknown_10].Body must have at most 16384 bytes, got 16385",
		"Refusals.Bad[version] must have one Content-Type with a Body, or neither",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
	if err = s.ListenAndServe(); err == nil || errors.Is(err, http.ErrServerClosed) {
		t.Errorf("ListenAndServe: %v", err)
	}
}
