package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"text/template"
	"time"
)

// proxyWait is HAProxy's "timeout queue" unless --wait says otherwise.
const proxyWait = 100 * time.Millisecond

//go:embed haproxy.cfg.tmpl
var proxyConfig string

// proxied is what an operator would choose instead: HAProxy with a bounded
// number of requests towards a net/http server, and a bounded wait for a turn.
func proxied(o options, handler http.Handler, log *slog.Logger) (peer, string, error) {
	path, err := exec.LookPath("haproxy")
	if err != nil {
		return nil, "", fmt.Errorf("HAProxy must be installed: %w", err)
	}
	wait := o.Wait
	if wait == 0 {
		wait = proxyWait
	}
	p := &proxy{path: path, workers: o.Workers, wait: wait, closing: make(chan struct{})}
	before := o.Backend
	if before == "" {
		p.app, before = newNetHTTP(handler, log), "nethttp"
	} else {
		p.backend = o.backendAddr()
	}
	return p, fmt.Sprintf("maxconn %d, timeout queue %v, before %s", o.Workers, wait, before), nil
}

// proxy is an HAProxy process in front of a net/http server in this one, or if
// there is no such app of the server at backend. The listening socket is handed
// to HAProxy, so that port 0 works.
type proxy struct {
	path    string
	workers int
	wait    time.Duration
	app     *http.Server
	backend string
	closing chan struct{}
	once    sync.Once
}

// Serve runs HAProxy on l until Shutdown or until HAProxy dies, and closes l.
func (p *proxy) Serve(l net.Listener) error {
	defer l.Close()
	if p.app != nil {
		backend, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		var backendDone sync.WaitGroup
		backendDone.Go(func() { p.app.Serve(backend) })
		defer backendDone.Wait()
		defer p.app.Close()
		p.backend = backend.Addr().String()
	}
	config, err := p.config()
	if err != nil {
		return err
	}
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer socket.Close()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // SIGUSR1 is HAProxy's soft stop: finish what runs, then exit
		select {
		case <-p.closing:
		case <-ctx.Done():
		}
		cancel()
	}()
	cmd := exec.CommandContext(ctx, p.path, "-db", "-q", "-f", "/dev/stdin")
	cmd.Stdin = bytes.NewReader(config)
	cmd.Stderr = os.Stderr
	cmd.ExtraFiles = []*os.File{socket} // descriptor 3, "bind fd@3"
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGUSR1) }
	cmd.WaitDelay = drain
	err = cmd.Run()
	if errors.Is(ctx.Err(), context.Canceled) {
		return http.ErrServerClosed
	}
	return fmt.Errorf("HAProxy ended by itself: %w", err)
}

// Shutdown asks HAProxy to finish what it has; Serve returns when it did, or
// when the drain time is over.
func (p *proxy) Shutdown(context.Context) error {
	p.once.Do(func() { close(p.closing) })
	return nil
}

func (p *proxy) config() ([]byte, error) {
	t, err := template.New("haproxy.cfg").Parse(proxyConfig)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		Backend      string
		Workers      int
		QueueTimeout string
	}{p.backend, p.workers, fmt.Sprintf("%dms", p.wait.Milliseconds())})
	return b.Bytes(), err
}
