package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestDefaultAddress checks that only this machine gets the demo unasked.
func TestDefaultAddress(t *testing.T) {
	for args, want := range map[string]string{
		"":                              "127.0.0.1:8080",
		"--demo":                        "127.0.0.1:8080",
		"--upstream=http://127.0.0.1:1": ":8080",
		"--root=.":                      ":8080",
		"--root=. --addr=127.0.0.1:0":   "127.0.0.1:0",
		"--addr=:0":                     ":0",
	} {
		if got := mustParse(t, strings.Fields(args)...).addr(); got != want {
			t.Errorf("%q: %s, want %s", args, got, want)
		}
	}
}

// TestTaskOnlyOnLoopback checks that strangers get to /task only where the
// operator wants that, and that the ready line says what is served.
func TestTaskOnlyOnLoopback(t *testing.T) {
	for _, test := range []struct {
		args, served string
		status       int
	}{
		{"", "; demo)", http.StatusOK},
		{"--addr=0.0.0.0:0", "; demo, without /task)", http.StatusNotFound},
		{"--addr=0.0.0.0:0 --demo", "; demo)", http.StatusOK},
		{"--upstream=http://127.0.0.1:1", "; upstream http://127.0.0.1:1)", http.StatusBadGateway},
		{"--root=.", "; files of .)", http.StatusNotFound},
	} {
		t.Run(test.args, func(t *testing.T) {
			p := start(t, strings.Fields(test.args)...)
			if !strings.HasSuffix(p.ready, test.served+"\n") {
				t.Errorf("ready line %q, want %q", p.ready, test.served)
			}
			if status, text := get(t, p.url+"/task"); status != test.status {
				t.Errorf("status %d, want %d: %s", status, test.status, text)
			}
		})
	}
}

// TestRefusalHeader checks that who is refused gets the fields of the flag.
func TestRefusalHeader(t *testing.T) {
	p := start(t, "--max-body=1", "--refusal-header", "Access-Control-Allow-Origin: *", "--refusal-header=Vary:a", "--refusal-header=Vary:b")
	resp, err := client.Post(p.url+"/echo", "", strings.NewReader("ab"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if h := resp.Header; resp.StatusCode != http.StatusRequestEntityTooLarge || h.Get("Access-Control-Allow-Origin") != "*" || strings.Join(h["Vary"], " ") != "a b" {
		t.Errorf("%s %v", resp.Status, h)
	}
}
