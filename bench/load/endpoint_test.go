package load

import (
	"math"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestWorkloads(t *testing.T) {
	for text, want := range map[string]string{
		"cpu":               "/task?cpu=5ms",
		"bimodal":           "95 × /task?cpu=0.5ms, 5 × /task?cpu=20ms",
		"hello":             "/",
		"cpu=5ms":           "/task?cpu=5ms",
		"cpu=5ms,wait=20ms": "/task?cpu=5ms&wait=20ms",
		"alloc=1MiB&size=9": "/task?alloc=1MiB&size=9",
		"/my/path?x=y":      "/my/path?x=y",
	} {
		w, err := ParseWorkload(text)
		if err != nil || w.Describe() != want || w.Name != text {
			t.Errorf("%q: got %q named %q and error %v, want %q", text, w.Describe(), w.Name, err, want)
		}
	}
	for _, bad := range []string{"", "cpus", "cpu=5ms&colour=red", "speed=9", "a=%zz"} {
		if _, err := ParseWorkload(bad); err == nil || !strings.Contains(err.Error(), "workload") {
			t.Errorf("%q: got error %v", bad, err)
		}
	}
}

func TestTargets(t *testing.T) {
	for base, want := range map[string]string{
		"http://127.0.0.1:80":          "GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n",
		"127.0.0.1:8080/a":             "GET /a HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n",
		"http://127.0.0.1/a?b=c":       "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
		"http://[::1]:8080/x%20y#frag": "GET /x%20y HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
	} {
		to := target(t, base)
		if got := string(to.requests[0].bytes); got != want || !to.Local() {
			t.Errorf("%s: got %q, local %v, want %q", base, got, to.Local(), want)
		}
	}
	for _, bad := range []string{"", "127.0.0.1", "https://127.0.0.1", "http://", "http://127.0.0.1:0", "http://127.0.0.1:99999", "http://127.0.0.1:x", "http://a b/"} {
		if _, err := NewEndpoint(t.Context(), bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	for name, r := range map[string]Request{
		"white space in target": {Target: "/a b"},
		"a second request":      {Target: "/a HTTP/1.1\r\n\r\nGET /b"},
		"no slash":              {Target: "a"},
		"negative weight":       {Weight: -1},
		"chunked":               {Header: map[string][]string{"Transfer-Encoding": {"chunked"}}},
	} {
		if _, err := NewEndpoint(t.Context(), "http://127.0.0.1", r); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if target(t, "http://192.0.2.1").Local() {
		t.Error("TEST-NET-1 is not on this host")
	}
}

func TestRequestWithHeaderAndBody(t *testing.T) {
	to := target(t, "http://127.0.0.1", Request{
		Method: "POST", Target: "/x", Body: []byte("body"), Header: map[string][]string{"Host": {"example.org"}, "A": {"b"}},
	})
	want := "POST /x HTTP/1.1\r\nHost: example.org\r\nA: b\r\nContent-Length: 4\r\n\r\nbody"
	if got := string(to.requests[0].bytes); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want = strings.Replace(want, "HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n", 1)
	if got := string(to.withClose().requests[0].bytes); got != want {
		t.Errorf("with close: got %q, want %q", got, want)
	}
}

// The steps of the exponential workload have its mean, and nearly its variance.
func TestExponentialRequests(t *testing.T) {
	var sum, squares float64
	all := exponentialRequests(5*time.Millisecond, 100)
	for _, r := range all {
		text, ok := strings.CutPrefix(r.Target, "/task?cpu=")
		cpu, err := time.ParseDuration(text)
		if !ok || err != nil || url.QueryEscape(text) != text { // a server would not understand µs
			t.Fatalf("%q: %v", r.Target, err)
		}
		ms := cpu.Seconds() * 1e3
		sum, squares = sum+ms, squares+ms*ms
	}
	mean := sum / 100
	if variation := squares/100/mean/mean - 1; math.Abs(mean-5) > 0.001 || variation < 0.96 || variation > 1 {
		t.Errorf("mean %v ms and squared coefficient of variation %v, want 5 and nearly 1", mean, variation)
	}
}
