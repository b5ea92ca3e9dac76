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
	Count int64 `json:"count"`
	Mean  Value `json:"mean_seconds"`
	// Percentiles are unknown where fewer than three values lie above them:
	// such a figure would be noise. With three, the 95 % confidence interval of
	// a p99 reaches from p97 to the maximum.
	Percentiles
	// HDR is an HdrHistogram V2 blob, base64, in nanoseconds; empty if Count is
	// 0.
	HDR string `json:"hdr_v2,omitempty"`
}

// Percentiles are the usual ones of a distribution, in seconds.
type Percentiles struct {
	P50  Value `json:"p50_seconds"`
	P90  Value `json:"p90_seconds"`
	P95  Value `json:"p95_seconds"`
	P99  Value `json:"p99_seconds"`
	P999 Value `json:"p999_seconds"`
	Max  Value `json:"max_seconds"`
}

// percentiles takes each from what at returns for a quantile from 0 to 1.
func percentiles(at func(q float64) Value) Percentiles {
	return Percentiles{P50: at(0.5), P90: at(0.9), P95: at(0.95), P99: at(0.99), P999: at(0.999), Max: at(1)}
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
	at := func(q float64) Value {
		if q < 1 && float64(n)-q*float64(n) < minAbove {
			return Value{}
		}
		return Known(Seconds(h.ValueAtQuantile(100 * q)))
	}
	return Histogram{Count: n, Mean: Known(h.Mean() / 1e9), Percentiles: percentiles(at), HDR: string(blob)}, nil
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

// OfferedPercentiles are those over all offered arrivals, of which only the
// ones in served were answered: the others count as infinite. They are unknown
// if nothing was offered.
func OfferedPercentiles(served *hdrhistogram.Histogram, offered int64) Percentiles {
	return percentiles(func(q float64) Value { return OfferedQuantile(served, offered, q) })
}

// OfferedQuantile is one of them; q goes from 0 to 1.
func OfferedQuantile(served *hdrhistogram.Histogram, offered int64, q float64) Value {
	rank := int64(math.Ceil(q * float64(offered)))
	n := served.TotalCount()
	switch {
	case offered == 0:
		return Value{}
	case rank > n:
		return Infinite
	}
	return Known(Seconds(served.ValueAtQuantile(100 * float64(rank) / float64(n))))
}

// Seconds converts nanoseconds.
func Seconds(ns int64) float64 { return float64(ns) / 1e9 }
