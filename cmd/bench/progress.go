package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"millpond/bench/experiment"
	"millpond/bench/report"
)

// progress shows how an experiment goes: on a terminal a line that is redrawn
// while a trial runs, and everywhere a line when it has ended.
type progress struct {
	w        io.Writer
	terminal bool      // w is one
	began    time.Time // the first trial
	stop     func()    // ends the redrawing of the current trial
}

// redrawEvery is slow enough not to disturb what is being measured.
const redrawEvery = 250 * time.Millisecond

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, stop: func() {}}
	if f, ok := w.(*os.File); ok {
		p.terminal = term.IsTerminal(int(f.Fd()))
	}
	return p
}

// notify is for bench.Suite.Notify.
func (p *progress) notify(e experiment.Event) {
	p.close()
	if p.began.IsZero() {
		p.began = time.Now()
	}
	if e.Trial != nil {
		fmt.Fprintln(p.w, p.finished(e))
	} else if p.terminal {
		p.stop = p.redraw(e)
	}
}

// live shows a load while it runs, and leaves what came of it to others.
func (p *progress) live(e experiment.Event) {
	p.close()
	if e.Trial == nil && p.terminal {
		p.stop = p.redraw(e)
	}
}

// close removes the live line.
func (p *progress) close() {
	p.stop()
	p.stop = func() {}
}

// redraw shows a running trial until the returned function is called.
func (p *progress) redraw(e experiment.Event) func() {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		ticks := time.NewTicker(redrawEvery)
		defer ticks.Stop()
		began := time.Now()
		for {
			fmt.Fprintf(p.w, "\r\x1b[K%s", p.running(e, time.Since(began)))
			select {
			case <-done:
				fmt.Fprint(p.w, "\r\x1b[K")
				return
			case <-ticks.C:
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
	}
}

// running describes a trial under way.
func (p *progress) running(e experiment.Event, elapsed time.Duration) string {
	line := heading(e) + fmt.Sprintf("  %.0f of %.0f s", min(elapsed, e.Length).Seconds(), e.Length.Seconds())
	if s := elapsed.Seconds(); s > 0.5 {
		line += fmt.Sprintf("  goodput %.0f/s", float64(e.Live.Answered.Load())/s)
	}
	if left := p.left(e); left > 0 {
		line += "  ETA " + left.Round(time.Second).String()
	}
	return line
}

// left guesses the time to the end from the trials so far.
func (p *progress) left(e experiment.Event) time.Duration {
	if e.Number < 2 || e.Total == 0 {
		return 0
	}
	each := time.Since(p.began) / time.Duration(e.Number)
	return each * time.Duration(e.Total-e.Number+1)
}

// finished describes a trial that has ended.
func (p *progress) finished(e experiment.Event) string {
	t := e.Trial
	line := heading(e) + fmt.Sprintf("  goodput %6.0f/s  served p99 %7s  shed %3.0f %%  timeout %3.0f %%",
		t.Goodput, report.Seconds(t.Latency.Served.P99), percent(t.Outcomes.Shed, t.Offered),
		percent(t.Outcomes.Timeout, t.Offered))
	if t.Usage != nil {
		line += fmt.Sprintf("  %4.0f MiB  %4.0f threads", t.Usage.PeakRSS.Float()/(1<<20), t.Usage.PeakThreads.Float())
	}
	if t.Fault != "" {
		line += "\n    FAULT the server " + t.Fault
	}
	if t.Validity.Diverging {
		line += "  diverging"
	}
	if t.Validity.Valid {
		return line
	}
	for _, why := range t.Validity.Reasons {
		line += "\n    INVALID " + why
	}
	return line
}

// heading names a trial.
func heading(e experiment.Event) string {
	place := fmt.Sprintf("%d", e.Number)
	if e.Total > 0 {
		place = fmt.Sprintf("%*d/%d", len(fmt.Sprint(e.Total)), e.Number, e.Total)
	}
	rate := "closed loop"
	if e.Rate > 0 {
		rate = fmt.Sprintf("%.0f/s", e.Rate)
	}
	return fmt.Sprintf("[%s] %-10s %-10s %11s", place, e.Server, e.Phase, rate)
}

func percent(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return 100 * float64(a) / float64(b)
}
