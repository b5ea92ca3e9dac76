package status

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// patience is how long a viewer may take for what is sent to it.
const patience = 10 * time.Second

// events sends the samples as they come, by server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html). The number of
// a sample is the ID of its event, so that a viewer which comes again gets what
// it has missed.
type events struct {
	page *Page
	open chan struct{} // one for each stream that stays open
}

// ServeHTTP implements http.Handler.
func (e *events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	select {
	case e.open <- struct{}{}:
		defer func() { <-e.open }()
		e.stream(w, r)
	default: // the browser comes again in a second, as retry says
		e.send(w, after(r))
	}
}

// after is the last sample that the viewer has.
func after(r *http.Request) uint64 {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.FormValue("after")
	}
	seq, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return seq
}

// stream sends samples until the viewer leaves or the page is closed.
func (e *events) stream(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	for seq := after(r); ; {
		control.SetWriteDeadline(time.Now().Add(patience)) // if not, the server's own holds
		newest, next, err := e.send(w, seq)
		if err != nil || control.Flush() != nil {
			return
		}
		seq = newest
		select {
		case <-next:
		case <-r.Context().Done():
			return
		case <-e.page.closed:
			return
		}
	}
}

// send sends the samples after the one with that number.
func (e *events) send(w io.Writer, seq uint64) (newest uint64, next <-chan struct{}, err error) {
	samples, next := e.page.since(seq)
	if _, err := io.WriteString(w, "retry: 1000\n\n"); err != nil {
		return seq, next, err
	}
	for i, s := range samples {
		event := e.page.newestEvent
		if i < len(samples)-1 {
			event = func(s *Sample) []byte { return eventOf(s, nil) }
		}
		if _, err := w.Write(event(s)); err != nil {
			return seq, next, err
		}
		seq = s.Seq
	}
	return seq, next, nil
}

// frame is an event that is made once for all viewers.
type frame struct {
	seq  uint64
	text []byte
}

// newestEvent is the event of the newest sample, with the tables.
func (p *Page) newestEvent(s *Sample) []byte {
	p.mu.Lock()
	made := p.newest
	p.mu.Unlock()
	if made.text != nil && made.seq == s.Seq {
		return made.text
	}
	made = frame{s.Seq, eventOf(s, p.tables(s))}
	p.mu.Lock()
	defer p.mu.Unlock()
	if made.seq > p.newest.seq || p.newest.text == nil {
		p.newest = made
	}
	return made.text
}

// eventOf is what the page needs to show s.
func eventOf(s *Sample, tables []table) []byte {
	rows := make(map[string][][]string)
	for _, t := range tables {
		rows[t.ID] = t.Rows
	}
	data, err := json.Marshal(map[string]any{"sample": s, "texts": s.texts(), "rows": rows})
	if err != nil {
		panic(err) // A sample has nothing that JSON cannot say.
	}
	return fmt.Appendf(nil, "id: %d\ndata: %s\n\n", s.Seq, data)
}
