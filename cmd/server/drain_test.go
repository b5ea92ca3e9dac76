package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// held is a request whose handler runs until it is released.
type held struct {
	body     *io.PipeWriter
	answered chan error // nil after a whole answer
}

// hold starts an echo and returns when its handler runs: the first piece of the
// body has come back.
func hold(t *testing.T, url string) *held {
	t.Helper()
	read, write := io.Pipe()
	h := &held{body: write, answered: make(chan error, 1)}
	running := make(chan struct{})
	go func() {
		resp, err := client.Post(url+"/echo", "", read)
		if err == nil {
			defer resp.Body.Close()
			_, err = io.ReadFull(resp.Body, make([]byte, len("piece")))
		}
		close(running)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
		}
		h.answered <- err
	}()
	io.WriteString(write, "piece")
	<-running
	t.Cleanup(func() { write.Close() })
	return h
}

func TestDrainWaitsForRequestsAndTellsSo(t *testing.T) {
	for _, model := range allModels {
		t.Run(model, func(t *testing.T) {
			p := start(t, "--model", model, "--admin-addr=127.0.0.1:0")
			h := hold(t, p.url)
			p.signals <- syscall.SIGINT
			unready := func() bool {
				status, _ := get(t, p.adminURL(t)+readyPath)
				return status == http.StatusServiceUnavailable
			}
			if !eventually(unready) {
				t.Errorf("%s does not tell of the drain", readyPath)
			}
			if status, _ := get(t, p.adminURL(t)+livePath); status != http.StatusOK {
				t.Errorf("%s while draining: %d", livePath, status)
			}
			told := func() bool {
				_, text := get(t, p.adminURL(t)+metricsPath)
				return strings.Contains(text, "\nmillpond_draining 1\n")
			}
			if !eventually(told) {
				t.Error("millpond_draining is not 1")
			}
			h.body.Close()
			if err := <-h.answered; err != nil {
				t.Errorf("the held request: %v", err)
			}
			if code := p.awaitExit(t); code != exitOK {
				t.Errorf("exit code %d\n%s", code, &p.stderr)
			}
			if !strings.Contains(p.stderr.String(), "signal=interrupt") {
				t.Errorf("the signal is not logged:\n%s", &p.stderr)
			}
		})
	}
}

func TestDrainTimeoutCutsAndCounts(t *testing.T) {
	for _, model := range allModels {
		t.Run(model, func(t *testing.T) {
			p := start(t, "--model", model, "--drain-timeout=1ms")
			h := hold(t, p.url)
			if code := p.stop(t); code != exitFailed {
				t.Errorf("exit code %d, want %d", code, exitFailed)
			}
			if log := p.stderr.String(); !strings.Contains(log, `msg="connections were cut" connections=1 `) {
				t.Errorf("the cut is not counted:\n%s", log)
			}
			if err := <-h.answered; err == nil {
				t.Error("the request that was cut got a whole answer")
			}
		})
	}
}

// earlyClients connect, and send a request, as soon as the address is known.
type earlyClients struct {
	t   *testing.T
	all []net.Conn
}

// Write takes the line that says where the program serves, before it does so.
func (e *earlyClients) Write(line []byte) (int, error) {
	addr := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(string(line))
	for range 40 {
		nc, err := connect(addr)
		if err != nil {
			e.t.Error(err)
			break
		}
		e.t.Cleanup(func() { nc.Close() })
		io.WriteString(nc, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		e.all = append(e.all, nc)
	}
	return len(line), nil
}

// A signal that comes before the program serves does not cost those their
// answer who have connected already.
func TestSignalBeforeServe(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	clients := &earlyClients{t: t}
	var stderr buffer
	exited := make(chan int, 1)
	go func() {
		exited <- run([]string{"--addr=127.0.0.1:0", "--burn-per-ms=1", patient}, clients, &stderr, signals)
	}()
	if code := within(t, exited, "the end of the program"); code != exitOK {
		t.Errorf("exit code %d\n%s", code, &stderr)
	}
	for i, nc := range clients.all {
		resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("client %d: %v, %v", i, resp, err)
		}
	}
}
