package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The tests in this file, and TestPromise7 in main_test.go, keep the promises
// of the README, by their numbers.

// connect opens a connection that is good for as long as a test waits.
func connect(addr string) (net.Conn, error) {
	nc, err := net.DialTimeout("tcp", addr, patienceOfTests)
	if err == nil {
		nc.SetDeadline(time.Now().Add(patienceOfTests))
	}
	return nc, err
}

// dial opens a connection that is closed with the test.
func dial(t *testing.T, url string) net.Conn {
	t.Helper()
	nc, err := connect(strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	return nc
}

// ask sends a request over nc and reads the whole answer.
func ask(nc net.Conn, request string) (*http.Response, string, error) {
	nc.SetDeadline(time.Now().Add(patienceOfTests))
	if _, err := io.WriteString(nc, request); err != nil {
		return nil, "", err
	}
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(nc), &http.Request{Method: method})
	if err != nil {
		return nil, "", err
	}
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

// occupy has so many workers wait for nothing, until the test ends.
func occupy(t *testing.T, url string, workers int) {
	t.Helper()
	for range workers {
		io.WriteString(dial(t, url), "GET /task?wait=60s HTTP/1.1\r\nHost: pond\r\n\r\n")
	}
	if !eventually(func() bool { return scrape(t, url)["millpond_pool_workers busy"] == float64(workers) }) {
		t.Fatal("the workers are not busy")
	}
}

const hello = "GET /mill HTTP/1.1\r\nHost: pond\r\n\r\n"

func TestPromise1WorkersAndQueueAreBounds(t *testing.T) {
	p := start(t, "--workers=2", "--queue=3", patient)
	occupy(t, p.url, 2)
	for range 3 {
		io.WriteString(dial(t, p.url), hello)
	}
	var s map[string]float64
	full := eventually(func() bool {
		s = scrape(t, p.url)
		return s["millpond_pool_queue_depth"] == 3
	})
	if busy := s["millpond_pool_workers busy"]; !full || busy != 2 {
		t.Fatalf("%v run and %v wait, want 2 and 3", busy, s["millpond_pool_queue_depth"])
	}
	checkLaws(t, s)
	// One that was let in and then waited too long would get a 503, too, but for another reason.
	status, body := get(t, p.url+"/one-too-many")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "the queue is full") {
		t.Errorf("status %d, %q: want 503, because the queue is full", status, body)
	}
}

func TestPromise2WhoIsNotServedHoldsNoWorker(t *testing.T) {
	const idle, half = 300, 100
	p := start(t, "--workers=1", "--queue=0", "--head-timeout=1m")
	before := scrape(t, p.url)["go_goroutines"]
	for range idle {
		if _, body, err := ask(dial(t, p.url), hello); err != nil || body != "Hello, mill!" {
			t.Fatalf("%q, %v", body, err)
		}
	}
	for range half {
		io.WriteString(dial(t, p.url), hello[:len(hello)/2])
	}
	var s map[string]float64
	parked := eventually(func() bool {
		s = scrape(t, p.url)
		return s["millpond_http_connections idle"] == idle && s["millpond_http_connections reading"] == half
	})
	if !parked {
		t.Errorf("%v idle and %v reading", s["millpond_http_connections idle"], s["millpond_http_connections reading"])
	}
	if grown := s["go_goroutines"] - before; grown > idle/10 {
		t.Errorf("%v goroutines more for %d connections", grown, idle+half)
	}
	if status, _ := get(t, p.url+"/mill"); status != http.StatusOK {
		t.Errorf("a fresh request: %d", status)
	}
}

func TestPromise3WhoIsRefusedReadsIt(t *testing.T) {
	p := start(t, "--workers=1", "--queue=0")
	kept := dial(t, p.url)
	if _, _, err := ask(kept, hello); err != nil {
		t.Fatal(err)
	}
	occupy(t, p.url, 1)
	post := "POST /echo HTTP/1.1\r\nHost: pond\r\nContent-Length: 200000\r\n\r\n" + strings.Repeat("x", 200000)
	for _, try := range []struct {
		name, request string
		nc            net.Conn
		last          bool // the connection cannot be kept: the body was not read
	}{
		{"GET on a kept connection", hello, kept, false},
		{"GET on a new connection", hello, dial(t, p.url), false},
		{"POST on a new connection", post, dial(t, p.url), true},
		{"POST on a kept connection", post, kept, true},
	} {
		resp, body, err := ask(try.nc, try.request)
		if err != nil {
			t.Errorf("%s: %v", try.name, err)
			continue
		}
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" ||
			!strings.HasSuffix(body, "again later\n") || resp.Close != try.last {
			t.Errorf("%s: %v, %q", try.name, resp, body)
		}
	}
}

// TestPromise4HogsKeepNobodyWaiting counts who is answered while handlers burn
// the CPU on every processor.
func TestPromise4HogsKeepNobodyWaiting(t *testing.T) {
	const refused = 40
	processors := runtime.GOMAXPROCS(0)
	p := start(t, fmt.Sprintf("--workers=%d", processors), "--queue=0", "--burn-per-ms=300000")
	var hogs, others sync.WaitGroup
	var mu sync.Mutex
	var order []int
	note := func(status int) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, status)
	}
	for range processors {
		hogs.Go(func() {
			resp, err := client.Get(p.url + "/task?cpu=2s")
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			note(resp.StatusCode)
		})
	}
	busy := eventually(func() bool { return scrape(t, p.url)["millpond_pool_workers busy"] == float64(processors) })
	if !busy {
		t.Fatal("the hogs do not run")
	}
	for range refused {
		others.Go(func() {
			resp, err := client.Get(p.url + "/mill")
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			note(resp.StatusCode)
		})
	}
	others.Wait()
	mu.Lock()
	early := slices.Clone(order)
	mu.Unlock()
	hogs.Wait()
	for i, status := range early {
		if status != http.StatusServiceUnavailable {
			t.Errorf("answer %d has status %d, want all refusals before the first hog ends", i, status)
		}
	}
}

func TestPromise5HealthAndMetricsAnswerUnderLoad(t *testing.T) {
	p := start(t, "--workers=1", "--queue=0")
	occupy(t, p.url, 1)
	if status, _ := get(t, p.url+"/mill"); status != http.StatusServiceUnavailable {
		t.Errorf("a request too many: %d, want 503", status)
	}
	for _, path := range []string{livePath, readyPath, metricsPath} {
		if status, _ := get(t, p.url+path); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestPromise6CtrlCLosesNoRequest(t *testing.T) {
	const clients = 8
	p := start(t, "--workers=2", "--queue=64", patient)
	running := make(chan struct{}, clients)
	var wg sync.WaitGroup
	for range clients {
		nc := dial(t, p.url)
		wg.Go(func() {
			for n := 0; ; n++ {
				resp, body, err := ask(nc, hello)
				if err != nil || resp.StatusCode != http.StatusOK || body != "Hello, mill!" {
					t.Errorf("request %d: %v, %q, %v", n, resp, body, err)
					return
				}
				if n == 10 {
					running <- struct{}{}
				}
				if resp.Close {
					return // told to, and not before
				}
			}
		})
	}
	for range clients {
		within(t, running, "answers to all clients")
	}
	if code := p.stop(t); code != exitOK {
		t.Errorf("exit code %d\n%s", code, &p.stderr)
	}
	wg.Wait()
}

func TestPromise8NothingAfterABadRequestIsServed(t *testing.T) {
	p := start(t, "--workers=1")
	for name, try := range map[string]struct {
		request string
		status  int
	}{
		"garbage":           {"\x16\x03\x01\x02\x00", 400},
		"two lengths":       {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400},
		"length and coding": {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		"unknown coding":    {"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
		"version":           {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
		"long target":       {"GET /" + strings.Repeat("x", 9<<10), 414},
		"large head":        {"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 40<<10), 431},
		"large body":        {fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", 11<<20), 413},
	} {
		nc := dial(t, p.url)
		io.WriteString(nc, try.request+hello)
		all, err := io.ReadAll(nc)
		if want := fmt.Sprintf("HTTP/1.1 %d ", try.status); err != nil || !strings.HasPrefix(string(all), want) ||
			strings.Count(string(all), "HTTP/1.1 ") != 1 {
			t.Errorf("%s: %q, %v, want one answer with status %d", name, all, err, try.status)
		}
	}
}
