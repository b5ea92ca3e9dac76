package balance

import (
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"millpond/server"
)

// A proxy is a real HAProxy in front of servers.
type proxy struct {
	address string // a unix socket
	stats   string // likewise
}

// startProxy runs HAProxy in front of servers until the test ends. It asks the
// agents so often, where there are any.
func startProxy(t *testing.T, servers, agents []string, ask time.Duration) *proxy {
	t.Helper()
	binary, err := exec.LookPath("haproxy")
	if err != nil {
		t.Skip("HAProxy is not installed: that it takes weights and states from the agent is not checked")
	}
	t.Setenv("TMPDIR", "/tmp") // the path of a socket must be short
	dir := t.TempDir()
	p := &proxy{filepath.Join(dir, "web"), filepath.Join(dir, "stats")}
	var config strings.Builder
	fmt.Fprintf(&config, `global
	stats socket %s level admin
defaults
	mode http
	timeout connect 1m
	timeout client 1m
	timeout server 1m
listen web
	bind unix@%s
	balance roundrobin
	http-reuse always
`, p.stats, p.address)
	for i, address := range servers {
		fmt.Fprintf(&config, "\tserver s%d %s weight 100", i, address)
		if agents != nil {
			fmt.Fprintf(&config, " agent-check agent-addr 127.0.0.1 agent-port %s agent-inter %dms", agents[i], ask.Milliseconds())
		}
		config.WriteString("\n")
	}
	file := filepath.Join(dir, "haproxy.cfg")
	if err := os.WriteFile(file, []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "-db", "-f", file)
	cmd.Stderr = t.Output()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Signal(syscall.SIGTERM); <-ended })
	eventually(t, "HAProxy serves", func() bool { return len(p.servers()) == len(servers) })
	return p
}

// do has HAProxy follow an operator's order, and returns what it says.
func (p *proxy) do(order string) io.ReadCloser {
	conn, err := net.Dial("unix", p.stats)
	if err != nil {
		return io.NopCloser(strings.NewReader(""))
	}
	io.WriteString(conn, order+"\n")
	return conn
}

// servers are the weights and states that HAProxy gives to its servers.
func (p *proxy) servers() map[string]string {
	answer := p.do("show stat web 4 -1")
	defer answer.Close()
	rows, err := csv.NewReader(answer).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil
	}
	all := make(map[string]string)
	for _, row := range rows[1:] {
		of := make(map[string]string)
		for i, name := range rows[0] {
			of[name] = row[i]
		}
		all[of["svname"]] = of["weight"] + " " + of["status"]
	}
	return all
}

// eventually waits for what another process does. Only a test that fails runs out
// of time.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	again := time.NewTicker(time.Millisecond) // it needs the processor as well
	defer again.Stop()
	for deadline := time.Now().Add(time.Minute); !ok(); {
		if now := <-again.C; now.After(deadline) {
			t.Fatalf("gave up waiting until %s", what)
		}
	}
}

// agent answers the agent-checks for m, and returns its port.
func agent(t *testing.T, m *Meter) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() { m.ServeAgent(l) })
	t.Cleanup(func() { l.Close(); served.Wait() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

// TestHAProxyHears checks that weights and states reach a real HAProxy.
func TestHAProxyHears(t *testing.T) {
	var fakes []*fake
	var meters []*Meter
	var agents []string
	for _, weight := range []float64{1, 0.42, 0.004} {
		f := &fake{}
		m := New(f)
		m.Close() // so that the weight stays
		m.mu.Lock()
		m.now.Weight = weight
		m.mu.Unlock()
		fakes, meters, agents = append(fakes, f), append(meters, m), append(agents, agent(t, m))
	}
	p := startProxy(t, []string{"127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1"}, agents, 100*time.Millisecond)
	hears := func(want ...string) {
		t.Helper()
		eventually(t, fmt.Sprintf("HAProxy has %q", want), func() bool {
			got := p.servers()
			for i, w := range want {
				if got[fmt.Sprintf("s%d", i)] != w {
					return false
				}
			}
			return true
		})
	}
	hears("100 no check", "42 no check", "1 no check")
	fakes[0].set(func(f *fake) { f.state = server.Draining })
	meters[1].mu.Lock()
	meters[1].now.Weight = 0.8
	meters[1].mu.Unlock()
	hears("100 DRAIN (agent)", "80 no check", "1 no check")
	fakes[0].set(func(f *fake) { f.state = server.Ready })
	hears("100 no check", "80 no check", "1 no check")

	// What an operator orders stays, once the server has been there for a while.
	for _, m := range meters {
		m.mu.Lock()
		m.born, m.told = time.Now().Add(-freshFor), freshAnswers
		m.mu.Unlock()
	}
	io.Copy(io.Discard, p.do("set server web/s1 state maint"))
	hears("100 no check", "80 MAINT", "1 no check")
	eventually(t, "the agent is asked a few times more", func() bool {
		meters[1].mu.Lock()
		defer meters[1].mu.Unlock()
		return meters[1].told >= freshAnswers+4
	})
	hears("100 no check", "80 MAINT", "1 no check")
}
