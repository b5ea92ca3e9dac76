package bench

import (
	"fmt"
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histogram resolution: values are nanoseconds, told apart from 1 µs on, with
// three significant digits up to five minutes (about 170 kB each).
const (
	HistogramLowest  = 1_000
	HistogramHighest = 300_000_000_000
	histogramDigits  = 3
)

// minAbove is how many values must lie above a percentile for it to be published.
const minAbove = 3

// Histogram is a latency distribution in its JSON form: the usual figures in
// seconds for people, and the whole distribution for programs.
type Histogram struct {
	Count int64   `json:"count"`
	Mean  float64 `json:"mean_seconds"`
	Max   float64 `json:"max_seconds"`
	// The percentiles are 0 where fewer than three values lie above them: such a
	// figure would be noise. With three, the 95 % confidence interval of a p99
	// reaches from p97 to the maximum.
	P50  float64 `json:"p50_seconds"`
	P90  float64 `json:"p90_seconds"`
	P99  float64 `json:"p99_seconds"`
	P999 float64 `json:"p999_seconds"`
	// HDR is an HdrHistogram V2 blob, base64, in nanoseconds; empty if Count is 0.
	HDR string `json:"hdr_v2,omitempty"`
}

// NewHDR returns an empty histogram of the resolution that this package uses.
func NewHDR() *hdrhistogram.Histogram {
	return hdrhistogram.New(HistogramLowest, HistogramHighest, histogramDigits)
}

// Record adds a value in nanoseconds. Values above the range count as its end:
// a latency must not vanish because it is long.
func Record(h *hdrhistogram.Histogram, ns int64) {
	// The only error is a value out of range, which clamping rules out.
	_ = h.RecordValue(min(max(ns, 0), HistogramHighest))
}

// NewHistogram is the JSON form of h.
func NewHistogram(h *hdrhistogram.Histogram) (Histogram, error) {
	n := h.TotalCount()
	if n == 0 {
		return Histogram{}, nil
	}
	blob, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return Histogram{}, fmt.Errorf("encode a histogram: %w", err)
	}
	quantile := func(q float64) float64 {
		if float64(n)-q*float64(n) < minAbove {
			return 0
		}
		return Seconds(h.ValueAtQuantile(100 * q))
	}
	return Histogram{
		Count: n, Mean: h.Mean() / 1e9, Max: Seconds(h.Max()),
		P50: quantile(0.5), P90: quantile(0.9), P99: quantile(0.99), P999: quantile(0.999),
		HDR: string(blob),
	}, nil
}

// Decode returns the whole distribution, in nanoseconds. It is empty when h is.
func (h Histogram) Decode() (*hdrhistogram.Histogram, error) {
	if h.HDR == "" {
		return NewHDR(), nil
	}
	d, err := hdrhistogram.Decode([]byte(h.HDR))
	if err != nil {
		return nil, fmt.Errorf("decode a histogram: %w", err)
	}
	return d, nil
}

// Quantile returns one of the published percentiles; where there were too few
// values for it, the maximum, which can only be higher.
func (h Histogram) Quantile(q float64) float64 {
	v := map[float64]float64{0.5: h.P50, 0.9: h.P90, 0.99: h.P99, 0.999: h.P999}[q]
	if v == 0 {
		return h.Max
	}
	return v
}

// OfferedP99 is the 99th percentile, in seconds, over offered arrivals of which
// only those in served were answered: the others count as infinite. Nil means
// infinite.
func OfferedP99(served *hdrhistogram.Histogram, offered int64) *float64 {
	rank := int64(math.Ceil(0.99 * float64(offered)))
	n := served.TotalCount()
	if rank == 0 || rank > n {
		return nil
	}
	v := Seconds(served.ValueAtQuantile(100 * float64(rank) / float64(n)))
	return &v
}

// Seconds converts nanoseconds.
func Seconds(ns int64) float64 { return float64(ns) / 1e9 }
