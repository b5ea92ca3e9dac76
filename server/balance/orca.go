package balance

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
)

const (
	orcaField = "Endpoint-Load-Metrics"

	// orcaFormat is how some balancers ask for the load, and in which format;
	// Envoy takes it whenever it is there.
	orcaFormat = "Endpoint-Load-Metrics-Format"
)

// ORCA adds the load of the server to the head of each answer of next, in the
// field endpoint-load-metrics of the Open Request Cost Aggregation
// (https://github.com/cncf/xds, xds/data/orca/v3): as JSON, or as text for a
// request whose endpoint-load-metrics-format is TEXT:
//
//	endpoint-load-metrics: JSON {"application_utilization":0.71,"rps_fractional":940,"eps":0,"named_metrics":{"queued":3}}
//	endpoint-load-metrics: TEXT application_utilization=0.71,rps_fractional=940,eps=0,named_metrics.queued=3
//
// The utilization is above 1 where requests are refused, rps_fractional counts
// all requests, and eps those that were refused. Refusals themselves are made in
// advance, and lack the field. It costs a request no allocation but that of a
// header's entry. Only trusted balancers should see it: remove it on the way out.
func (m *Meter) ORCA(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := m.orca.Load()
		value := h.json
		if strings.EqualFold(r.Header.Get(orcaFormat), "text") {
			value = h.text
		}
		w.Header()[orcaField] = value
		next.ServeHTTP(w, r)
	})
}

// headers are the values of the field. Nobody writes to them.
type headers struct{ json, text []string }

// headers are those for r. Envoy takes a report with an unknown field for
// malformed.
func (r Reading) headers() *headers {
	load, rate, refused := brief(r.Load), brief(r.PerSecond), brief(r.Refused)
	report, err := json.Marshal(struct {
		Utilization float64        `json:"application_utilization"`
		Rate        float64        `json:"rps_fractional"`
		Refused     float64        `json:"eps"`
		Named       map[string]int `json:"named_metrics"`
	}{load, rate, refused, map[string]int{"queued": r.Waiting}})
	if err != nil {
		panic(err) // Finite numbers can be marshalled.
	}
	text := fmt.Sprintf("TEXT application_utilization=%v,rps_fractional=%v,eps=%v,named_metrics.queued=%d", load, rate, refused, r.Waiting)
	return &headers{[]string{"JSON " + string(report)}, []string{text}}
}

// brief is x to a thousandth.
func brief(x float64) float64 { return math.Round(1000*x) / 1000 }
