package status

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "directory for pictures of the page, for which the test takes its time")

// TestInABrowser has a browser follow a server through a flood, and compares
// every number that the page has shown with the sample of that second, and the
// totals with /metrics.
func TestInABrowser(t *testing.T) {
	for name, streams := range map[string]int{"by a stream": 1, "asking each second": 0} {
		t.Run(name, func(t *testing.T) {
			w := watch(t, streams)
			b := open(t, w.page+pagePath)
			phase := 2 // seconds
			if *screenshots != "" {
				phase = 40
			}
			b.await(phase, "calm")
			end := w.load(2, 200*time.Millisecond)
			b.await(phase, "calm")
			b.picture("calm")
			end()
			end = w.load(40, 10*time.Millisecond)
			b.await(phase, "overloaded")
			b.picture("overloaded")
			b.shows("#clients tr:first-child", "127.0.0.1", "100 %")
			b.shows("#running tr:first-child", "GET", "/{work}", "/work")
			end()
			end = w.load(2, 200*time.Millisecond)
			b.await(phase, "calm")
			end()
			b.await(phase, "calm")
			b.picture("calm-again")
			b.compare(w)
			b.reload()
			b.compare(w)
			b.goBack()
			if streams > 0 {
				b.loses(w)
			}
		})
	}
}

// browser is a tab that records what it shows.
type browser struct {
	t       *testing.T
	ctx     context.Context
	readers sync.WaitGroup
	mu      sync.Mutex
	faults  []string // guarded by mu
}

// record has everything that the page showed of a sample. What is shown in two
// places and differs is there with both texts.
const record = `
window.records = [];
new MutationObserver(() => {
	const cells = {};
	for (const c of document.querySelectorAll('[data-cell]')) {
		const had = cells[c.dataset.cell], text = c.textContent;
		cells[c.dataset.cell] = had === undefined || had === text ? text : had + ' and ' + text;
	}
	records.push({seq: +document.body.dataset.seq, state: document.body.dataset.state, cells});
}).observe(document.body, {attributes: true, attributeFilter: ['data-seq']});
`

// open shows url in a browser without a window.
func open(t *testing.T, url string) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium, so that a browser shows on the page what is in /status.json, without an error, is not checked: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1200, 1000), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	b := &browser{t: t}
	b.ctx, cancel = chromedp.NewContext(allocator)
	t.Cleanup(func() {
		cancel()
		b.readers.Wait()
	})
	read(b, log.EntryAdded, func(e log.EventEntryAdded) string { return fmt.Sprint(e.Entry.Level, ": ", e.Entry.Text) })
	read(b, runtime.ConsoleAPICalled, func(e runtime.EventConsoleAPICalled) string { return fmt.Sprint("console: ", e.Type) })
	read(b, runtime.ExceptionThrown, func(e runtime.EventExceptionThrown) string { return fmt.Sprint(e.ExceptionDetails) })
	b.do(chromedp.Navigate(url), evaluate(record))
	return b
}

// read takes down what a developer would see in the console.
func read[E any](b *browser, event cdp.Event[E], text func(E) string) {
	events := chromedp.Events(b.ctx, event)
	b.readers.Go(func() {
		for e, err := range events {
			if err != nil {
				return // The browser is closed.
			}
			b.mu.Lock()
			b.faults = append(b.faults, text(e))
			b.mu.Unlock()
		}
	})
}

func evaluate(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](script)
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatalf("%v; the console says %q", err, b.faults)
	}
}

// ask runs an action that has a result.
func ask[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.t.Fatalf("%v; the console says %q", err, b.faults)
	}
	return value
}

// await waits until so many more seconds in that state have been shown.
func (b *browser) await(seconds int, state string) {
	b.t.Helper()
	condition := fmt.Sprintf("records.slice(awaited).filter(r => r.state === '%s').length >= %d", state, seconds)
	b.do(evaluate("window.awaited = records.length"), chromedp.Poll[chromedp.Void](condition,
		chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(5*time.Minute)))
}

// shows waits until a row of a list begins with those cells.
func (b *browser) shows(row string, cells ...string) {
	b.t.Helper()
	condition := fmt.Sprintf("[...document.querySelectorAll('%s td')].map(c => c.textContent).join('|').startsWith('%s')",
		strings.Replace(row, " ", " tbody ", 1), strings.Join(cells, "|"))
	b.do(chromedp.Poll[chromedp.Void](condition,
		chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(time.Minute)))
}

// compare checks all that was recorded against /status.json, and the totals
// against /metrics. No request may be under way.
func (b *browser) compare(w *watched) {
	b.t.Helper()
	records := ask(b, chromedp.Evaluate[[]struct {
		Seq   uint64
		Cells map[string]string
	}]("records"))
	resp, err := http.Get(w.page + jsonPath)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var r report
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		b.t.Fatal(err)
	}
	bySeq := make(map[uint64]*Sample)
	for _, s := range r.Samples {
		bySeq[s.Seq] = s
	}
	for _, rec := range records {
		if want := bySeq[rec.Seq].texts(); !maps.Equal(rec.Cells, want) {
			b.t.Errorf("sample %d: the page shows %v, want %v", rec.Seq, rec.Cells, want)
		}
	}
	last, counted := r.Samples[len(r.Samples)-1].Totals, w.scrape(b.t)
	served, shed := float64(last.Served), float64(last.Shed)
	if served != counted["millpond_http_request_duration_seconds_count"] || shed != counted["millpond_http_requests_shed_total"] || shed == 0 {
		b.t.Errorf("served %v and shed %v, but /metrics has %v and %v", served, shed,
			counted["millpond_http_request_duration_seconds_count"], counted["millpond_http_requests_shed_total"])
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(records) == 0 || len(b.faults) > 0 {
		b.t.Errorf("%d samples were shown; the console says %q", len(records), b.faults)
	}
}

// reload opens the page anew, so that it has to show what was before.
func (b *browser) reload() {
	b.t.Helper()
	b.do(chromedp.Reload(), evaluate(record))
	b.await(1, "calm")
	drawn := ask(b, chromedp.Evaluate[bool](`document.querySelectorAll('[data-chart=answers] .bands rect').length > 0 &&
		[...document.querySelectorAll('figure path.one')].every(path => path.getAttribute('d').includes('L'))`))
	if !drawn {
		b.t.Error("the charts do not show the flood that is over")
	}
}

// goBack has the keys choose a sample, of which all charts tell.
func (b *browser) goBack() {
	b.t.Helper()
	texts := ask(b, chromedp.Evaluate[[]string](`{
		const chart = document.querySelector('figure svg');
		const tells = () => [...document.querySelectorAll('figure')].filter(f => f.textContent.includes(' UTC') &&
			!f.querySelector('.at').hasAttribute('hidden')).length + ' of ' + document.querySelectorAll('figure').length;
		const press = key => chart.dispatchEvent(new KeyboardEvent('keydown', {key, cancelable: true}));
		const all = [tells()];
		press('ArrowLeft');
		all.push(tells());
		press('ArrowLeft');
		all.push(samples.at(-1).seq - held + ' s ago');
		press('Escape');
		all.push(tells());
		all;
	}`))
	if want := []string{"0 of 5", "5 of 5", "2 s ago", "0 of 5"}; !slices.Equal(texts, want) {
		b.t.Errorf("at rest, after a key, after two, and at rest again: %q, want %q", texts, want)
	}
}

// loses ends what serves the page, which must not look alive then.
func (b *browser) loses(w *watched) {
	b.t.Helper()
	w.end()
	b.do(chromedp.Poll[chromedp.Void]("document.body.matches('.lost') && document.getElementById('link').textContent === 'no connection'",
		chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(time.Minute)))
}

// picture keeps what the page looks like: by day, by night, and on a phone.
func (b *browser) picture(name string) {
	if *screenshots == "" {
		return
	}
	b.t.Helper()
	shoot := func(suffix, scheme string, width int64) {
		b.do(chromedp.EmulateViewport(width, 1000), func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return chromedp.Void{}, err
		})
		picture := ask(b, chromedp.FullScreenshot(100))
		if err := os.WriteFile(filepath.Join(*screenshots, name+suffix+".png"), picture, 0o644); err != nil {
			b.t.Error(err)
		}
	}
	shoot("-dark", "dark", 1200)
	shoot("-phone", "light", 390)
	shoot("", "light", 1200)
}

// scrape reads /metrics, and adds up the series of each name.
func (w *watched) scrape(t *testing.T) map[string]float64 {
	t.Helper()
	resp, err := http.Get(w.main + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	sums := make(map[string]float64)
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		series, number, _ := strings.Cut(lines.Text(), " ")
		name, _, _ := strings.Cut(series, "{")
		if value, err := strconv.ParseFloat(number, 64); err == nil {
			sums[name] += value
		}
	}
	return sums
}
