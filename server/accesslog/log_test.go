package accesslog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"millpond/server"
	"millpond/server/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	success = &server.Access{Request: server.Request{Status: 200}}
	refused = &server.Access{Request: server.Request{Status: 503, Origin: server.OriginShed}, Reason: "queue_full"}
	failed  = &server.Access{Request: server.Request{Status: 500}} // by its handler
)

// TestFullPipe has nobody read the log while requests are served: each is
// answered, and accounted for.
func TestFullPipe(t *testing.T) {
	const clients, each = 4, 500
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	l := New(Config{Writer: write, Rate: -1, Room: 64})
	s := servertest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hi") }))
	l.Follow(s.Config)
	s.Start()
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range each {
				resp, err := s.Client().Get(s.URL + "/" + strings.Repeat("x", 200))
				if err != nil {
					t.Error(err)
					return
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	all.Wait()
	s.Close()
	st := l.Stats()
	if st.Requests != clients*each || st.Dropped == 0 || st.Waiting == 0 || st.Written+st.SampledOut+st.Dropped+st.Waiting != st.Requests {
		t.Errorf("while nobody reads: %+v", st)
	}
	lines := make(chan uint64)
	go func() { lines <- countLines(t, read) }()
	l.Close()
	write.Close()
	got := <-lines
	read.Close()
	st = l.Stats()
	if st.Waiting != 0 || st.Written != got || st.Written+st.SampledOut+st.Dropped != clients*each {
		t.Errorf("%d lines of requests, %+v", got, st)
	}
}

// countLines counts those of requests.
func countLines(t *testing.T, r io.Reader) (n uint64) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var line struct{ Msg string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("%v: %s", err, lines.Text())
		}
		if line.Msg == "request" {
			n++
		}
	}
	return n
}

// stuck is a writer that takes nothing until it is freed.
type stuck struct {
	freed chan struct{}
	bytes.Buffer
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.freed
	return s.Buffer.Write(p)
}

func TestCloseDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &stuck{freed: make(chan struct{})}
		l := New(Config{Writer: w, Room: 2})
		for range 10 {
			l.Add(success)
			synctest.Wait()
		}
		begun := time.Now()
		l.Close()
		if took := time.Since(begun); took != patience {
			t.Errorf("took %v", took)
		}
		l.Add(success)
		if st := l.Stats(); st != (Stats{Requests: 11, Waiting: 3, Dropped: 8}) {
			t.Errorf("%+v", st)
		}
		close(w.freed)
		l.Close()
		if st := l.Stats(); st != (Stats{Requests: 11, Written: 3, Dropped: 8}) || !strings.Contains(w.String(), `"sampled_out":0,"dropped":8}`) {
			t.Errorf("%+v\n%s", st, w)
		}
	})
}

// TestRate checks that each kind of request has a budget of its own, every
// second a new one, and that what is left out is told.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := New(Config{Writer: &out, Rate: 3})
		for range 3 {
			for i := range 5 {
				l.Add(success)
				l.Add([]*server.Access{refused, failed}[i%2]) // these share one budget
			}
			time.Sleep(1100 * time.Millisecond)
		}
		l.Close()
		if st := l.Stats(); st != (Stats{Requests: 30, Written: 18, SampledOut: 12}) {
			t.Errorf("%+v", st)
		}
		if n, m := strings.Count(out.String(), `"status":503`), strings.Count(out.String(), `"status":500`); n != 6 || m != 3 {
			t.Errorf("%d refusals and %d failures, want 6 and 3:\n%s", n, m, &out)
		}
		if n := strings.Count(out.String(), `"msg":"requests were not logged","sampled_out":4,"dropped":0}`); n != 3 {
			t.Errorf("told %d times of those left out, want 3:\n%s", n, &out)
		}
	})
}

// failing is a writer that takes nothing.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriterFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		l := New(Config{Writer: failing{}, Log: slog.New(slog.NewTextHandler(&log, nil))})
		for range 3 {
			l.Add(success)
			synctest.Wait()
		}
		l.Close()
		if st := l.Stats(); st != (Stats{Requests: 3, Dropped: 3}) || strings.Count(log.String(), "no space left") != 1 {
			t.Errorf("%+v\n%s", st, &log)
		}
	})
}

// full is a disk with so much room, and then with some more.
type full struct {
	bytes.Buffer
	room int
}

func (f *full) Write(p []byte) (int, error) {
	n, _ := f.Buffer.Write(p[:min(len(p), f.room-f.Len())])
	if n < len(p) {
		return n, errors.New("no space left")
	}
	return n, nil
}

// TestTornLine has the writer take a part of a line: the rest comes when there is
// room again, and what is counted is what was written.
func TestTornLine(t *testing.T) {
	for _, room := range []int{0, 10, 200, 201, 202, 203, 250} {
		synctest.Test(t, func(t *testing.T) {
			disk := &full{room: room}
			l := New(Config{Writer: disk})
			for range 3 {
				l.Add(success)
			}
			synctest.Wait()
			st := l.Stats()
			if whole := uint64(bytes.Count(disk.Bytes(), []byte("\n"))); st.Written != whole || st.Written+st.Dropped+st.Waiting != 3 {
				t.Errorf("room for %d: %d lines written, %+v", room, whole, st)
			}
			disk.room = 1 << 20
			l.Add(success)
			l.Close()
			if n, st := countLines(t, &disk.Buffer), l.Stats(); n != st.Written || st.Written+st.Dropped != 4 {
				t.Errorf("room for %d: %d lines, %+v", room, n, st)
			}
		})
	}
}

func TestLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := New(Config{Writer: &out})
		l.Add(&server.Access{
			Request: server.Request{Origin: server.OriginHandler, Method: "GET", Route: "/{name}", TraceID: "4bf9", Status: 200, Received: 80, Sent: 160, Duration: 3 * time.Millisecond},
			At:      time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), Path: "/mill\xff\"", Client: netip.MustParseAddr("::ffff:192.0.2.7"),
			Class: "default", Queued: 500 * time.Microsecond, Run: 2 * time.Millisecond,
		})
		l.Add(refused)
		l.Close()
		want := `{"time":"2026-01-02T03:04:05.006Z","level":"INFO","msg":"request","method":"GET","path":"/mill\ufffd\"","route":"/{name}",` +
			`"status":200,"origin":"handler","class":"default","client":"192.0.2.7","trace_id":"4bf9","received":80,"sent":160,` +
			`"queued_seconds":0.0005,"run_seconds":0.002,"duration_seconds":0.003}` + "\n" +
			`{"level":"INFO","msg":"request","status":503,"origin":"shed","reason":"queue_full","received":0,"sent":0,` +
			`"queued_seconds":0,"run_seconds":0,"duration_seconds":0}` + "\n"
		if out.String() != want {
			t.Errorf("wrote\n%swant\n%s", &out, want)
		}
	})
}
