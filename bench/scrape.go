package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Names of the metrics that the sampler reads. A server that has them, whoever
// wrote it, is understood.
const (
	metricGoroutines = "go_goroutines"
	metricQueue      = "millpond_pool_queue_depth"
	metricWorkers    = "millpond_pool_workers"
	metricSheds      = "millpond_http_requests_shed_total"
	metricRequests   = "millpond_http_requests_total"
)

// scraper reads a server's metrics in Prometheus' text format.
type scraper struct {
	url    string
	client *http.Client
}

// scrape is what one reading gave: the sum of all series of each name, apart
// from busy workers. What the server does not tell is missing.
type scrape map[string]float64

// newScraper reads the /metrics of a server. One that is late is as good as
// silent: an overloaded server answers its scrapes late too.
func newScraper(base string, timeout time.Duration) *scraper {
	return &scraper{url: base + "/metrics", client: &http.Client{
		Timeout: timeout, Transport: &http.Transport{DisableCompression: true},
	}}
}

func (s *scraper) close() { s.client.CloseIdleConnections() }

// read returns the server's metrics, or nil if it has none or is too busy.
func (s *scraper) read(ctx context.Context) scrape {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil
	}
	got, err := parseMetrics(resp.Body)
	if err != nil {
		return nil
	}
	return got
}

// parseMetrics reads the lines "name{labels} value" of the text format. Workers
// count only if they are busy.
func parseMetrics(r io.Reader) (scrape, error) {
	got := scrape{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		name, labels := line, ""
		end := strings.IndexAny(line, "{ ")
		if end < 0 {
			return nil, fmt.Errorf("metrics line %q has no value", line)
		}
		name, value := line[:end], line[end:]
		if value[0] == '{' {
			// A quote in a label's value is escaped, but a brace is not.
			brace := strings.LastIndexByte(value, '}')
			if brace < 0 {
				return nil, fmt.Errorf("metrics line %q has no value", line)
			}
			labels, value = value[:brace], value[brace+1:]
		}
		fields := strings.Fields(value) // a time stamp may follow
		if len(fields) == 0 {
			return nil, fmt.Errorf("metrics line %q has no value", line)
		}
		v, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			return nil, fmt.Errorf("metrics line %q: %w", line, err)
		}
		if name == metricWorkers && !strings.Contains(labels, `state="busy"`) {
			continue
		}
		got[name] += v
	}
	return got, lines.Err()
}

// get returns a metric, -1 if it is missing.
func (s scrape) get(name string) int64 {
	v, ok := s[name]
	if !ok {
		return -1
	}
	return int64(v)
}
