package status

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipe is a ResponseWriter that is read while it is written.
type pipe struct {
	*httptest.ResponseRecorder
	lines chan string
}

func (p *pipe) Write(b []byte) (int, error) {
	p.lines <- string(b)
	return len(b), nil
}

func (p *pipe) Flush() {}

func (p *pipe) SetWriteDeadline(time.Time) error { return nil }

// view asks h for the events after last. What it gets is in the channel, which
// is closed at the end.
func view(t *testing.T, h http.Handler, last string) (events <-chan string, leave context.CancelFunc) {
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequest("GET", eventsPath, nil).WithContext(ctx)
	r.Header.Set("Last-Event-ID", last)
	w := &pipe{httptest.NewRecorder(), make(chan string, 2000)}
	go func() {
		defer close(w.lines)
		h.ServeHTTP(w, r)
	}()
	return w.lines, leave
}

// ids are the numbers of the events that have come, and whether more may come.
func ids(events <-chan string) (ids []string, open bool) {
	synctest.Wait()
	for {
		select {
		case text, ok := <-events:
			if !ok {
				return ids, false
			}
			if id, _, found := strings.Cut(strings.TrimPrefix(text, "id: "), "\ndata: "); found {
				ids = append(ids, id)
			}
		default:
			return ids, true
		}
	}
}

func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := shown(t)
		h := p.Handlers(1)[eventsPath]
		time.Sleep(4 * time.Second)
		synctest.Wait()
		first, leave := view(t, h, "3")
		if got, open := ids(first); !open || !slices.Equal(got, []string{"4", "5"}) {
			t.Errorf("%v, open %t, want what was missed, and to follow", got, open)
		}
		beyond, _ := view(t, h, "")
		if got, open := ids(beyond); open || len(got) != 5 {
			t.Errorf("a viewer too many: %v, open %t, want what there is, and to come again", got, open)
		}
		time.Sleep(2 * time.Second)
		if got, open := ids(first); !open || !slices.Equal(got, []string{"6", "7"}) {
			t.Errorf("%v, open %t, want one a second", got, open)
		}
		leave()
		if _, open := ids(first); open {
			t.Error("the stream outlives its viewer")
		}
		second, _ := view(t, h, "7")
		if _, open := ids(second); !open {
			t.Error("a place that is free again is not given")
		}
		p.Close()
		if _, open := ids(second); open {
			t.Error("the stream outlives the page")
		}
	})
}

// TestEventIsWhole checks that an event has what the page shows.
func TestEventIsWhole(t *testing.T) {
	p, _ := shown(t)
	var event struct {
		Sample *Sample
		Texts  map[string]string
	}
	_, data, _ := strings.Cut(string(p.newestEvent(p.last())), "data: ")
	if err := json.Unmarshal([]byte(data), &event); err != nil {
		t.Fatal(err)
	}
	if want := event.Sample.texts(); !maps.Equal(event.Texts, want) || want["state"] != "calm" || want["workers"] != "8" {
		t.Errorf("%v, want %v", event.Texts, want)
	}
}

func BenchmarkSample(b *testing.B) {
	p, srv := shown(b)
	for range 1000 {
		srv.Pool.Trace.Started(time.Millisecond)
	}
	last := reading{time.Now(), p.config.Metrics.Snapshot()}
	b.ReportAllocs()
	for b.Loop() {
		newSample(1, last, reading{time.Now(), p.config.Metrics.Snapshot()})
	}
}
