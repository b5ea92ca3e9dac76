package deploy

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// place writes a file of the kit to path, with other addresses in it: pairs of
// what is there and what is to be.
func place(t *testing.T, file, path string, pairs ...string) {
	t.Helper()
	text := read(t, file)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s lacks %q", file, pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// through is a client of whoever listens at a unix socket.
func through(socket string) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}}}
}

// TestHAProxy runs a real one in front of a millpond and of a server that is
// down.
func TestHAProxy(t *testing.T) {
	haproxy := tool(t, "haproxy", "haproxy")
	t.Setenv("TMPDIR", "/tmp") // the path of a socket must be short
	addr, admin := serve(t, "--workers=1")
	_, port, _ := net.SplitHostPort(admin)
	dir := t.TempDir()
	config, web, stats := filepath.Join(dir, "haproxy.cfg"), filepath.Join(dir, "web"), filepath.Join(dir, "stats")
	// No server listens at port 1, nor an agent: HAProxy does without.
	place(t, "haproxy/haproxy.cfg", config,
		"bind :80\n", "bind unix@"+web+"\n",
		"10.0.0.1:8080", addr, "10.0.0.2:8080", "127.0.0.1:1 port 1",
		"port 9090", "port "+port, "agent-port 9091", "agent-port 1")
	more := filepath.Join(dir, "more.cfg")
	if err := os.WriteFile(more, []byte("global\n    stats socket "+stats+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, haproxy, "-c", "-f", config, "-f", more)
	launch(t, "Server ponds/b is DOWN", exec.Command(haproxy, "-db", "-f", config, "-f", more))
	until(t, "a checked by its readiness, and b out", func() bool {
		state := ask(t, stats, "show stat\n")
		return strings.Contains(state, "L7OK") && strings.Contains(state, "L4CON") && strings.Contains(state, "ponds,a,")
	})
	for range 10 {
		if status, body, err := get(through(web), "http://pond/mill"); err != nil || status != http.StatusOK || body != "Hello, mill!" {
			t.Errorf("%d %q, %v", status, body, err)
		}
	}
}

// ask sends a line to a unix socket and returns all that comes.
func ask(t *testing.T, socket, line string) string {
	t.Helper()
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, line); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

// TestNginx runs a real one in front of a millpond.
func TestNginx(t *testing.T) {
	nginx := tool(t, "nginx", "nginx-light")
	t.Setenv("TMPDIR", "/tmp")                               // the path of a socket must be short
	addr, _ := serve(t, "--workers=1", "--body-buffer=8MiB") // so that the echo begins after the body: see the configuration
	dir := t.TempDir()
	config, web := filepath.Join(dir, "nginx.conf"), filepath.Join(dir, "web")
	place(t, "nginx/millpond.conf", filepath.Join(dir, "millpond.conf"),
		"listen 80;", "listen unix:"+web+";", "127.0.0.1:8080", addr)
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(`
daemon off; pid DIR/pid; error_log stderr notice; events {}
http {
	access_log off; include DIR/millpond.conf;
	client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi; uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
}`, "DIR", dir)), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, nginx, "-t", "-e", "stderr", "-c", config)
	launch(t, "start worker process ", exec.Command(nginx, "-e", "stderr", "-c", config))
	client := through(web)
	for range 10 {
		if status, body, err := get(client, "http://pond/mill"); err != nil || status != http.StatusOK || body != "Hello, mill!" {
			t.Errorf("%d %q, %v", status, body, err)
		}
	}
	sent := strings.Repeat("pond", 1<<20)
	resp, err := client.Post("http://pond/echo", "text/plain", strings.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if echoed, err := io.ReadAll(resp.Body); err != nil || string(echoed) != sent {
		t.Errorf("%d bytes came back of %d: %v", len(echoed), len(sent), err)
	}
}
