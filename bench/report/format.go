package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"millpond/bench"
	"millpond/bench/stats"
)

// noFigure stands in tables where there is no figure.
const noFigure = "–"

// formatSeconds writes a time with three significant digits and its unit.
func formatSeconds(s float64) string {
	switch {
	case math.IsNaN(s):
		return noFigure
	case math.IsInf(s, 1):
		return "∞"
	case s == 0:
		return "0"
	case s < 1e-3:
		return significant(s*1e6) + " µs"
	case s < 1:
		return significant(s*1e3) + " ms"
	default:
		return significant(s) + " s"
	}
}

// Seconds writes a time that may be unknown.
func Seconds(v bench.Value) string { return formatSeconds(v.Float()) }

// formatRate writes a number of requests per second, or any other count.
func formatRate(r float64) string {
	switch {
	case math.IsNaN(r):
		return noFigure
	case math.Abs(r) < 9.95 && r != math.Trunc(r):
		return strconv.FormatFloat(r, 'f', 1, 64)
	}
	return formatCount(int64(math.Round(r)))
}

// formatCount writes n with commas between thousands.
func formatCount(n int64) string {
	return strings.Replace(humanize.Comma(n), "-", "−", 1)
}

// formatBytes writes a size in binary units.
func formatBytes(n float64) string {
	if math.IsNaN(n) {
		return noFigure
	}
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for n >= 1024 && i < len(units)-1 {
		n /= 1024
		i++
	}
	return significant(n) + " " + units[i]
}

// formatShare writes a part of a whole in percent. What is neither nothing nor
// everything is never rounded to it.
func formatShare(part float64) string {
	switch {
	case math.IsNaN(part):
		return noFigure
	case part > 0 && part < 0.001:
		return "< 0.1 %"
	case part < 1 && part > 0.999:
		return "> 99.9 %"
	case part < 0.0995:
		return strings.TrimSuffix(strconv.FormatFloat(100*part, 'f', 1, 64), ".0") + " %"
	case part < 1 && part >= 0.995:
		return strconv.FormatFloat(100*part, 'f', 1, 64) + " %"
	}
	return strconv.FormatFloat(100*part, 'f', 0, 64) + " %"
}

// formatMultiple writes a load as a multiple of capacity.
func formatMultiple(m float64) string {
	return strconv.FormatFloat(m, 'g', 4, 64) + " ×"
}

// significant writes v with three significant digits and no exponent.
func significant(v float64) string {
	switch {
	case math.IsNaN(v):
		return noFigure
	case v == 0:
		return "0"
	}
	digits := max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if digits > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// formatEstimate writes the median, with the interval or range where there was
// more than one trial. Only an interval is a claim, hence the different signs.
func formatEstimate(e stats.Estimate, format func(float64) string) string {
	switch {
	case len(e.Values) < 2:
		return format(e.Median)
	case e.Interval:
		return fmt.Sprintf("%s [%s, %s]", format(e.Median), format(e.Low), format(e.High))
	}
	return fmt.Sprintf("%s (%s … %s)", format(e.Median), format(e.Low), format(e.High))
}

// formatTail writes a percentile; ~ marks one that rests on few values.
func formatTail(t stats.Tail) string {
	switch {
	case t.Infinite():
		return "∞"
	case math.IsNaN(t.Median):
		return noFigure
	case t.Rough:
		return "~ " + formatSeconds(t.Median)
	}
	return formatEstimate(t.Estimate, formatSeconds)
}

// formatFigure writes a number of unknown unit: small ones with three
// significant digits, large ones whole.
func formatFigure(v float64) string {
	if math.IsInf(v, 1) {
		return "∞"
	}
	if math.Abs(v) < 1000 {
		return significant(v)
	}
	return formatRate(v)
}

// formatElapsed writes a duration for people: 2m31s.
func formatElapsed(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}

// formatIn is a figure in a unit of bench.
func formatIn(unit string, v float64) string {
	switch unit {
	case bench.UnitSeconds:
		return formatSeconds(v)
	case bench.UnitBytes:
		return formatBytes(v)
	case bench.UnitShare:
		return formatShare(v)
	}
	return formatFigure(v)
}

var beforeUnit = regexp.MustCompile(`(\d) (%|×|µs|ms|s\b|[KMG]iB\b)`)

// unbroken keeps numbers and their units on one line.
func unbroken(sentence string) string {
	return beforeUnit.ReplaceAllString(sentence, "$1\u00a0$2")
}

// yesNo is for tables.
func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// counted is a number of things, in the plural where it must be.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return formatCount(int64(n)) + " " + thing
}

// listed joins names as a sentence does: a, b and c.
func listed(names []string) string {
	switch n := len(names); n {
	case 0:
		return "nothing"
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// isOrAre is a number with its verb.
func isOrAre(n int) string {
	if n == 1 {
		return "1 is"
	}
	return formatCount(int64(n)) + " are"
}
