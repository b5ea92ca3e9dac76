package main

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// probeTimeout is within what those who call a health check wait for one.
const probeTimeout = 5 * time.Second

// probe asks a server that runs for url, as a health check in an image that has
// neither shell nor curl, and returns the exit code: only a 200 is good news.
func probe(url string, stdout, stderr io.Writer) int {
	client := http.Client{Timeout: probeTimeout, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		fmt.Fprintf(stderr, "millpond: --probe: %v; the server that it asks must run and listen there\n", err)
		return exitFailed
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		fmt.Fprintln(stderr, "millpond: --probe:", url, "answers", resp.Status)
		return exitFailed
	}
	fmt.Fprintln(stdout, resp.Status)
	return exitOK
}
