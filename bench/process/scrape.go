package process

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"millpond/bench"
)

// Names of the metrics that the sampler reads. A server that has them, whoever
// wrote it, is understood.
const (
	metricGoroutines = "go_goroutines"
	metricQueue      = "millpond_pool_queue_depth"
	metricWorkers    = "millpond_pool_workers"
	metricCompleted  = "millpond_pool_completed_total"
	metricSheds      = "millpond_http_requests_shed_total"
	metricRequests   = "millpond_http_requests_total"
	metricMallocs    = "go_memstats_mallocs_total"
)

// only are the labels of the series that count, of metrics of which not all do.
var only = map[string]struct{ label, value string }{
	metricWorkers:   {"state", "busy"},
	metricCompleted: {"pool", "requests"},
}

// Scraper reads a server's metrics in Prometheus' text format.
type Scraper struct {
	url    string
	client *http.Client
}

// Scrape is what one reading gave: the sum of all series of each name, or of
// those that count. What the server does not tell is missing.
type Scrape map[string]float64

// NewScraper reads the /metrics of a server. One that is late is as good as
// silent: an overloaded server answers its scrapes late too.
func NewScraper(base string, timeout time.Duration) *Scraper {
	return &Scraper{url: base + "/metrics", client: &http.Client{
		Timeout: timeout, Transport: &http.Transport{DisableCompression: true},
	}}
}

// Close closes the connections that it keeps.
func (s *Scraper) Close() { s.client.CloseIdleConnections() }

// Read returns the server's metrics, or nil if it has none or is too busy.
func (s *Scraper) Read(ctx context.Context) Scrape {
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

// parseMetrics sums up the series of each metric.
func parseMetrics(r io.Reader) (Scrape, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(r)
	if err != nil {
		return nil, err
	}
	got := Scrape{}
	for name, family := range families {
		for _, m := range family.Metric {
			mark, some := only[name]
			counts := func(l *dto.LabelPair) bool { return l.GetName() == mark.label && l.GetValue() == mark.value }
			if some && !slices.ContainsFunc(m.Label, counts) {
				continue
			}
			// One of the three is set; the others are nil, and have the value 0.
			got[name] += m.Counter.GetValue() + m.Gauge.GetValue() + m.Untyped.GetValue()
		}
	}
	return got, nil
}

// get is a metric, unknown if it is missing.
func (s Scrape) get(name string) bench.Value {
	if v, ok := s[name]; ok {
		return bench.Known(v)
	}
	return bench.Value{}
}
