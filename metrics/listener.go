package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/procfs"
)

// overflows reads how often a full accept queue made the kernel drop a connection,
// in the whole network namespace, from /proc/self/net/netstat. Where that cannot
// be read, the metric is absent.
type overflows struct{}

var overflowsDesc = prometheus.NewDesc("millpond_netns_listen_overflows_total",
	"Connections that the kernel dropped because an accept queue was full, in the whole network namespace.", nil, nil)

// Describe implements prometheus.Collector.
func (overflows) Describe(descs chan<- *prometheus.Desc) { descs <- overflowsDesc }

// Collect implements prometheus.Collector.
func (overflows) Collect(metrics chan<- prometheus.Metric) {
	self, err := procfs.Self()
	if err != nil {
		return
	}
	stat, err := self.Netstat()
	if err != nil || stat.ListenOverflows == nil {
		return
	}
	metrics <- prometheus.MustNewConstMetric(overflowsDesc, prometheus.CounterValue, *stat.ListenOverflows)
}
