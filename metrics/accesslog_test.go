package metrics

import (
	"io"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"millpond/server"
	"millpond/server/accesslog"
)

func TestAccessLog(t *testing.T) {
	l := accesslog.New(accesslog.Config{Writer: io.Discard, Rate: 2})
	for range 3 {
		l.Add(&server.Access{})
	}
	l.Close()
	l.Add(&server.Access{})
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(NewAccessLog(l))
	lint(t, registry)
	want := `# HELP millpond_access_log_requests_total Requests that were to be logged: written; sampled_out, as there were too many; or dropped, as the log was too slow, or failed.
# TYPE millpond_access_log_requests_total counter
millpond_access_log_requests_total{result="dropped"} 1
millpond_access_log_requests_total{result="sampled_out"} 1
millpond_access_log_requests_total{result="written"} 2
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
	if n := testutil.CollectAndCount(NewAccessLog(nil)); n != 0 {
		t.Errorf("%d metrics without a log", n)
	}
}
