package main

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// scrape reads /metrics once, and adds the samples of each family up. A
// family's samples are also there by their first label value, as in "name
// busy".
func scrape(t *testing.T, url string) map[string]float64 {
	t.Helper()
	status, text := get(t, url+metricsPath)
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, text)
	}
	sums := make(map[string]float64)
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		series, number, _ := strings.Cut(lines.Text(), " ")
		value, err := strconv.ParseFloat(number, 64)
		if err != nil || strings.HasPrefix(series, "#") {
			continue
		}
		name, labels, _ := strings.Cut(series, "{")
		sums[name] += value
		if _, state, ok := strings.Cut(labels, `state="`); ok {
			sums[name+" "+strings.TrimSuffix(state, `"}`)] += value
		}
	}
	return sums
}

// TestScrapesUnderLoad keeps two workers and a queue of three overloaded, and
// checks each scrape by itself.
func TestScrapesUnderLoad(t *testing.T) {
	p := start(t, "--workers=2", "--queue=3", "--burn-per-ms=0")
	const clients, each = 12, 30
	statuses := make(chan int, clients*each)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range each {
				resp, err := client.Get(p.url + "/task?cpu=1ms")
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				statuses <- resp.StatusCode
			}
		})
	}
	go func() { wg.Wait(); close(statuses) }()

	scrapes, answered := 0, map[int]float64{}
	for status := range statuses {
		answered[status]++
		if len(statuses) < clients {
			checkLaws(t, scrape(t, p.url))
			scrapes++
		}
	}
	t.Logf("%d scrapes, answers by status: %v", scrapes, answered)
	var s map[string]float64
	agrees := eventually(func() bool {
		s = scrape(t, p.url)
		checkLaws(t, s)
		return s["millpond_pool_completed_total"] == answered[http.StatusOK] &&
			refused(s) == answered[http.StatusServiceUnavailable]
	})
	if !agrees {
		t.Errorf("completed %v, refused %v, but clients read %v", s["millpond_pool_completed_total"], refused(s), answered)
	}
	if answered[http.StatusOK]+answered[http.StatusServiceUnavailable] != clients*each {
		t.Errorf("clients read %v, want %d answers", answered, clients*each)
	}
}

// refused are the requests that no worker took, at once or after a while in the
// queue.
func refused(s map[string]float64) float64 {
	return s["millpond_pool_rejected_total"] + s["millpond_pool_dropped_total"]
}

func checkLaws(t *testing.T, s map[string]float64) {
	t.Helper()
	const pool = "millpond_pool_"
	if s[pool+"submitted_total"] != s[pool+"rejected_total"]+s[pool+"dropped_total"]+s[pool+"started_total"]+s[pool+"queue_depth"] {
		t.Errorf("submitted %v ≠ rejected %v + dropped %v + started %v + waiting %v", s[pool+"submitted_total"],
			s[pool+"rejected_total"], s[pool+"dropped_total"], s[pool+"started_total"], s[pool+"queue_depth"])
	}
	if s[pool+"started_total"] != s[pool+"completed_total"]+s[pool+"workers busy"] {
		t.Errorf("started %v ≠ completed %v + busy %v",
			s[pool+"started_total"], s[pool+"completed_total"], s[pool+"workers busy"])
	}
	// An item that a free worker is about to take still waits, so the two
	// bounds hold together.
	if s[pool+"queue_depth"]+s[pool+"workers busy"] > s[pool+"queue_limit"]+s[pool+"workers_limit"] {
		t.Errorf("%v wait and %v run, more than %v + %v",
			s[pool+"queue_depth"], s[pool+"workers busy"], s[pool+"queue_limit"], s[pool+"workers_limit"])
	}
}
