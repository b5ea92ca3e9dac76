package bench

import (
	"fmt"
	"image/color"
	"strconv"

	"gonum.org/v1/plot"
)

// workerCurve shows the ladder of worker counts, the recommended count, and the
// band in which any count would do.
func workerCurve(s *Sizing) figure {
	f := figure{
		Title: "How many workers",
		How: "Throughput rises with workers until the machine, or what the handler waits for, has no more to give: " +
			"the smallest count on the flat part is the one to run, for more of them only add waiting.",
		Table: grid{Head: []string{"workers", "throughput/s", "of the best", "p99", "peak memory", "CPU cores busy"}},
	}
	var throughput, tail curve
	throughput.look, tail.look = looks[0], looks[1]
	x := axis{label: "workers", scale: plot.LogScale{}, min: 0.9, max: 1.1}
	for _, r := range s.Rungs {
		n := float64(r.Workers)
		throughput.points = append(throughput.points, point{x: n, y: r.Throughput})
		if r.P99 > 0 {
			tail.points = append(tail.points, point{x: n, y: r.P99})
		}
		x.max = max(x.max, n*1.1)
		f.Table.add(strconv.Itoa(r.Workers), formatRate(r.Throughput), formatShare(ratioOf(r.Throughput, s.Best)),
			formatSeconds(r.P99), formatBytes(float64(r.PeakRSS)), significant(r.CPU))
	}
	for n := 1.0; n <= x.max; n *= 2 {
		x.ticks = append(x.ticks, plot.Tick{Value: n, Label: significant(n)})
	}
	marks := s.marks()
	draw := func(label string, k curve, y axis) panel {
		return chart{label: label + " by number of workers. " + s.sentence(), x: x, y: y,
			layers: append(marks[:len(marks):len(marks)], k), width: narrowWidth, height: narrowHeight}.panel()
	}
	f.Panels = append(f.Panels, draw("throughput, requests/s", throughput,
		linearAxis("throughput, requests/s", 0, 1.2*maxOf(extent([]curve{throughput})), formatRate)))
	if len(tail.points) > 0 {
		f.Panels = append(f.Panels, draw("p99 latency", tail, logAxis("p99 latency", extent([]curve{tail}), formatSeconds)))
	}
	return f
}

func (s *Sizing) marks() []plot.Plotter {
	var marks []plot.Plotter
	if s.FlatTo > 0 {
		band := color.NRGBA{0x00, 0x9e, 0x73, 0x22}
		marks = append(marks, span{float64(s.FlatFrom) / 1.06, float64(s.FlatTo) * 1.06, band, "within 3 %"})
	}
	if s.Applies {
		marks = append(marks, upright{float64(s.Workers), green, fmt.Sprintf("run %d", s.Workers)})
	}
	return marks
}

// sentence is the answer to "how many workers, how long a queue?".
func (s *Sizing) sentence() string {
	if !s.Applies {
		return "No number of workers can be recommended: " + s.Why
	}
	confirmed := "An open-loop run at 0.9 and 1.5 times that throughput confirmed it."
	if !s.Confirmed {
		confirmed = "The open-loop run at 0.9 and 1.5 times that throughput did not confirm it."
	}
	return fmt.Sprintf("Run %s with a queue of %d: %s requests/s, %s of the best in the ladder; any count from %d to %d is within 3 %%. %s",
		counted(s.Workers, "worker"), s.Queue, formatRate(s.Chosen), formatShare(ratioOf(s.Chosen, s.Best)), s.FlatFrom, s.FlatTo, confirmed)
}

func ratioOf(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}
