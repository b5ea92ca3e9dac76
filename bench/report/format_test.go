package report

import (
	"math"
	"testing"

	"millpond/bench/stats"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{formatSeconds(0), "0"},
		{formatSeconds(0.0000123), "12.3 µs"},
		{formatSeconds(0.00123456), "1.23 ms"},
		{formatSeconds(0.1), "100 ms"},
		{formatSeconds(12.34), "12.3 s"},
		{formatSeconds(math.Inf(1)), "∞"},
		{formatSeconds(math.NaN()), "–"},
		{formatRate(3.14), "3.1"},
		{formatRate(3), "3"},
		{formatRate(1969.6), "1,970"},
		{formatRate(math.NaN()), "–"},
		{formatCount(-1234567), "−1,234,567"},
		{formatBytes(1536), "1.5 KiB"},
		{formatBytes(3 << 30), "3 GiB"},
		{formatShare(0), "0 %"},
		{formatShare(0.0004), "< 0.1 %"},
		{formatShare(0.031), "3.1 %"},
		{formatShare(0.97), "97 %"},
		{formatShare(0.996), "99.6 %"},
		{formatShare(0.9999), "> 99.9 %"},
		{formatShare(1), "100 %"},
		{formatShare(1.04), "104 %"},
		{formatMultiple(0.5), "0.5 ×"},
		{formatMultiple(10), "10 ×"},
		{formatEstimate(stats.EstimateOf([]float64{5}), formatRate), "5"},
		{formatEstimate(stats.EstimateOf([]float64{4, 5, 6}), formatRate), "5 (4 … 6)"},
		{formatEstimate(stats.EstimateOf([]float64{1, 2, 3, 4, 5, 6}), formatRate), "3.5 [1, 6]"},
		{formatTail(stats.Tail{Estimate: stats.EstimateOf([]float64{math.Inf(1)})}), "∞"},
		{formatTail(stats.Tail{Estimate: stats.EstimateOf([]float64{0.1}), Rough: true}), "~ 100 ms"},
		{formatElapsed(151.4), "2m31s"},
		{listed(nil), "nothing"},
		{listed([]string{"a"}), "a"},
		{listed([]string{"a", "b", "c"}), "a, b and c"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
