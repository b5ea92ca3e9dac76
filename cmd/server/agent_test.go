package main

import (
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// askAgent returns what an agent says.
func askAgent(addr string) string {
	conn, err := connect(addr)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	text, _ := io.ReadAll(conn)
	return string(text)
}

// TestAgentAddr checks that a balancer hears of the weight, and then of the drain
// for as long as that lasts.
func TestAgentAddr(t *testing.T) {
	p := start(t, "--agent-addr=127.0.0.1:0", "--workers=1")
	addr := p.awaitLog(t, `agent address" addr=(\S+)`)
	if got := askAgent(addr); got != "up ready 100%\n" {
		t.Errorf("the agent says %q", got)
	}
	h := hold(t, p.url)
	p.signals <- syscall.SIGTERM
	if !eventually(func() bool { return askAgent(addr) == "drain\n" }) {
		t.Errorf("while draining the agent says %q", askAgent(addr))
	}
	h.body.Close()
	if err := <-h.answered; err != nil {
		t.Errorf("the held request: %v", err)
	}
	if code := p.awaitExit(t); code != exitOK {
		t.Errorf("exit code %d\n%s", code, &p.stderr)
	}
}

func TestORCA(t *testing.T) {
	behind := start(t)
	for args, want := range map[string]string{"": "", "--upstream " + behind.url + " --orca": `JSON {"application_utilization":`, "--orca": `JSON {"application_utilization":`, "--orca --model=nethttp": ""} {
		p := start(t, strings.Fields(args)...)
		resp, err := client.Get(p.url + "/mill")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Endpoint-Load-Metrics"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("%q: %q, want %q", args, got, want)
		}
	}
}
