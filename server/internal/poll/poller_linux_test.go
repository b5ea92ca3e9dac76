package poll

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// The scheduler is told of work at once after a pause, and of more once, with a timer
// set for the end of its slice. Nobody is called for no work.
func TestPollerTellsSchedulerRarely(t *testing.T) {
	const slice = tellEvery
	for name, c := range map[string]struct {
		work           []time.Duration // when it comes
		told, recalled []time.Duration // when the scheduler is
	}{
		"no work":               {},
		"one":                   {work: []time.Duration{0}, told: []time.Duration{0}},
		"one after a slice":     {work: []time.Duration{0, slice}, told: []time.Duration{0, slice}},
		"more within a slice":   {work: []time.Duration{0, 1, 2, slice - 1}, told: []time.Duration{0, 1}, recalled: []time.Duration{slice}},
		"more after a pause":    {work: []time.Duration{0, 9 * slice, 9*slice + 1}, told: []time.Duration{0, 9 * slice, 9*slice + 1}, recalled: []time.Duration{10 * slice}},
		"more in every slice":   {work: []time.Duration{0, 1, slice, slice + 1}, told: []time.Duration{0, 1, slice, slice + 1}, recalled: []time.Duration{slice, 2 * slice}},
		"after it was recalled": {work: []time.Duration{0, 1, slice + 1}, told: []time.Duration{0, 1, slice + 1}, recalled: []time.Duration{slice}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &Poller{start: time.Now()}
				p.told.Store(-int64(slice))
				var told, recalled []time.Duration
				p.recall = time.AfterFunc(time.Hour, func() { recalled = append(recalled, p.now()) })
				p.recall.Stop()
				for _, at := range c.work {
					time.Sleep(at - p.now())
					synctest.Wait()
					p.tell(p.now(), func() { told = append(told, p.now()) })
				}
				time.Sleep(2 * slice)
				synctest.Wait()
				if !slices.Equal(told, c.told) || !slices.Equal(recalled, c.recalled) {
					t.Errorf("told at %v and called back at %v; want %v and %v", told, recalled, c.told, c.recalled)
				}
			})
		})
	}
}
