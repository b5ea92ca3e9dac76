package status

import (
	"slices"
	"sync"
	"time"

	"millpond/metrics"
	"millpond/server"
)

const (
	interval = time.Second
	history  = 600 // samples
)

// Config says what a Page shows.
type Config struct {
	// Metrics measures the server. It is required.
	Metrics *metrics.Collector

	// Running returns the requests that handlers work on, the oldest first, at
	// most limit of them: usually the method of that name of a server.Server. If
	// nil, the page does not show any.
	Running func(limit int) []server.Running

	// Clients returns those who ask most, at most limit of them: usually the
	// method of that name of a server.Server. If nil, the page does not show any.
	Clients func(limit int) []server.Client

	// Settings are those in force, in the order in which they are shown.
	Settings []Setting
}

// A Setting is the name and the value of one.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Page takes samples and shows them. It is safe for concurrent use.
type Page struct {
	config Config
	closed chan struct{}
	done   chan struct{} // closed when the last sample is taken
	once   sync.Once
	begin  sync.Once // of Start, or of Close if that came first
	first  reading   // what the second sample is told from

	mu      sync.Mutex
	samples []*Sample     // the last ones; a sample does not change
	next    chan struct{} // closed when there is another
	newest  frame         // of the last sample, once a viewer has asked for it
}

// New returns a page of one sample. It takes others from Start until Close.
func New(config Config) *Page {
	p := &Page{
		config: config,
		closed: make(chan struct{}),
		done:   make(chan struct{}),
		next:   make(chan struct{}),
	}
	last := reading{time.Now(), config.Metrics.Snapshot()}
	p.add(newSample(1, last, last))
	p.first = last
	return p
}

// Start has samples taken from now on. Set up first what is measured. It may be
// called again.
func (p *Page) Start() { p.begin.Do(func() { go p.follow(p.first) }) }

// Close ends the page and the streams of its viewers. It may be called again.
func (p *Page) Close() {
	p.once.Do(func() { close(p.closed) })
	p.begin.Do(func() { close(p.done) })
	<-p.done
}

// follow takes the samples.
func (p *Page) follow(last reading) {
	defer close(p.done)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for seq := uint64(2); ; seq++ {
		select {
		case <-ticker.C:
		case <-p.closed:
			return
		}
		now := reading{time.Now(), p.config.Metrics.Snapshot()}
		p.add(newSample(seq, last, now))
		last = now
	}
}

// add makes s the newest sample.
func (p *Page) add(s *Sample) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.samples = append(p.samples[max(0, len(p.samples)+1-history):], s)
	close(p.next)
	p.next = make(chan struct{})
}

// since returns the samples that came after the one of that number, and a
// channel that is closed with the next.
func (p *Page) since(seq uint64) (samples []*Sample, next <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, s := range p.samples {
		if s.Seq > seq {
			return append(samples, p.samples[i:]...), p.next
		}
	}
	return nil, p.next
}

// last is the newest sample.
func (p *Page) last() *Sample {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.samples[len(p.samples)-1]
}

// running returns the requests that handlers work on, but for those of the page
// itself.
func (p *Page) running() []server.Running {
	if p.config.Running == nil {
		return nil
	}
	return slices.DeleteFunc(p.config.Running(maxRunning), func(r server.Running) bool {
		return r.Path == pagePath || r.Path == jsonPath || r.Path == eventsPath
	})
}

// clients returns those who ask most.
func (p *Page) clients() []server.Client {
	if p.config.Clients == nil {
		return nil
	}
	return p.config.Clients(maxClients)
}

// episodes returns the last ones of overload, the oldest first.
func (p *Page) episodes() []metrics.Episode { return p.config.Metrics.Episodes() }

// The most that is shown of what there may be many of.
const (
	maxRunning = 20
	maxClients = 10
)
