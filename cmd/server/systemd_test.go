//go:build unix

package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// manager is what a service tells systemd.
type manager struct {
	t    *testing.T
	conn *net.UnixConn
}

// listenAsManager has services that start from now on report to the test.
func listenAsManager(t *testing.T) *manager {
	t.Helper()
	t.Setenv("TMPDIR", "/tmp") // the path of a socket must be short
	addr := &net.UnixAddr{Name: filepath.Join(t.TempDir(), "notify"), Net: "unixgram"}
	conn, err := net.ListenUnixgram(addr.Net, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", addr.Name)
	return &manager{t, conn}
}

// await returns the next message that begins so.
func (m *manager) await(prefix string) string {
	m.t.Helper()
	m.conn.SetReadDeadline(time.Now().Add(patienceOfTests))
	for {
		b := make([]byte, 256)
		n, err := m.conn.Read(b)
		if err != nil {
			m.t.Fatalf("waiting for %s: %v", prefix, err)
		}
		if message := string(b[:n]); strings.HasPrefix(message, prefix) {
			return message
		}
	}
}

func TestSystemdIsToldOfStates(t *testing.T) {
	m := listenAsManager(t)
	t.Setenv("WATCHDOG_USEC", "2000")
	t.Setenv("WATCHDOG_PID", fmt.Sprint(os.Getpid()))
	p := start(t)
	for _, state := range []string{daemon.SdNotifyReady, daemon.SdNotifyWatchdog, daemon.SdNotifyWatchdog} {
		m.await(state)
	}
	if status, _ := get(t, p.url); status != http.StatusOK {
		t.Errorf("status %d when it is ready", status)
	}
	p.signals <- syscall.SIGTERM
	m.await(daemon.SdNotifyStopping)
	p.awaitExit(t)
}

// A systemd that takes no messages, and for which there is no room for more, keeps the
// program neither from serving nor from ending.
func TestSystemdThatTakesNothing(t *testing.T) {
	m := listenAsManager(t)
	t.Setenv("WATCHDOG_USEC", "2000")
	t.Setenv("WATCHDOG_PID", fmt.Sprint(os.Getpid()))
	full, err := net.Dial("unixgram", m.conn.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	full.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	for err == nil {
		_, err = full.Write([]byte("X=1"))
	}
	p := start(t)
	if status, _ := get(t, p.url); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if code := p.stop(t); code != exitOK {
		t.Errorf("exit code %d, want %d", code, exitOK)
	}
}

// After a hand-over, systemd knows the new process as the main one.
func TestSystemdIsToldOfAHandOver(t *testing.T) {
	m := listenAsManager(t)
	p := startBinary(t, buildBinary(t))
	m.await(daemon.SdNotifyReady)
	p.signal(t, syscall.SIGUSR2)
	p.follow(t)
	if got, want := m.await("MAINPID="), fmt.Sprintf("MAINPID=%d", p.proc.Pid); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	p.signal(t, syscall.SIGTERM)
	m.await(daemon.SdNotifyStopping)
	p.rest(t)
}

// activate starts the program as systemd does, with sockets of those names.
func activate(t *testing.T, binary string, names ...string) (p *process, addrs []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", `LISTEN_PID=$$ exec "$0" --burn-per-ms=1`, binary)
	cmd.Env = append(os.Environ(), fmt.Sprintf("LISTEN_FDS=%d", len(names)), "LISTEN_FDNAMES="+strings.Join(names, ":"))
	for range names {
		ln, err := listen("--addr", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		file, err := duplicate(ln)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		cmd.ExtraFiles = append(cmd.ExtraFiles, file)
		addrs = append(addrs, ln.Addr().String())
	}
	return startCommand(t, cmd), addrs
}

func TestSocketActivation(t *testing.T) {
	binary := buildBinary(t)
	p, addrs := activate(t, binary, "millpond.socket", adminName, agentName)
	if p.addr != addrs[0] {
		t.Errorf("serves %s, want %s", p.addr, addrs[0])
	}
	for url, want := range map[string]int{addrs[0] + "/mill": 200, addrs[0] + metricsPath: 404, addrs[1] + metricsPath: 200} {
		if status, _ := get(t, "http://"+url); status != want {
			t.Errorf("%s: %d, want %d", url, status, want)
		}
	}
	p.signal(t, syscall.SIGUSR2) // which they survive
	p.follow(t)
	if status, _ := get(t, "http://"+addrs[1]+metricsPath); status != http.StatusOK {
		t.Errorf("%s of the new process: %d", metricsPath, status)
	}
	if got := askAgent(addrs[2]); got != "up ready 100%\n" { // and never drain, as the old one might
		t.Errorf("the agent says %q", got)
	}
	p.signal(t, syscall.SIGTERM)
	p.rest(t)
}
