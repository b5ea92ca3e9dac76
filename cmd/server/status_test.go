package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestLivePage checks that the page is on the main address where only this
// machine reaches it, and nowhere else but on the admin address.
func TestLivePage(t *testing.T) {
	for _, model := range allModels {
		t.Run(model, func(t *testing.T) {
			here := start(t, "--model", model)
			if status, page := get(t, here.url+"/status"); status != http.StatusOK || !strings.Contains(page, "<dd>"+model+"</dd>") {
				t.Errorf("on loopback: %d\n%s", status, page)
			}
			if _, text := get(t, here.url+"/status.json"); !strings.Contains(text, `"samples":[{"seq":1,`) {
				t.Errorf("on loopback: %s", text)
			}
			if _, text := get(t, here.url+"/status/events"); !strings.Contains(text, "id: 1\ndata: {") {
				t.Errorf("on loopback: %s", text)
			}
			everywhere := start(t, "--model", model, "--addr=0.0.0.0:0")
			if _, text := get(t, everywhere.url+"/status"); text != "Hello, status!" {
				t.Errorf("on every interface: %s", text)
			}
		})
	}
}
