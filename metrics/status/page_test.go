package status

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
	"millpond/server"
)

// TestTables checks the lists of the page and of /status.json.
func TestTables(t *testing.T) {
	p, srv := shown(t, server.Running{Method: "GET", Path: "/", Route: "GET /{$}", Age: time.Second})
	for i := range 30 {
		srv.Pool.Trace.OverloadEnded(pool.Episode{
			Class: "default", Lasted: 2 * time.Second, Started: uint64(i), Saved: time.Minute,
			Rejected: [pool.NumRejectReasons]uint64{1000}, Dropped: [pool.NumDropReasons]uint64{234},
		})
	}
	s := &Sample{
		Rates: Rates{Served: 10, Shed: 30},
		Pool:  &Pool{Classes: []Class{{Name: "default", State: "calm"}, {"reports", "overloaded", 1, 2, 3, 4, 5}}},
	}
	rows := make(map[string][][]string)
	for _, table := range p.tables(s) {
		rows[table.ID] = table.Rows
		for _, row := range table.Rows {
			if len(row) != len(table.Head) {
				t.Errorf("%s: %v under %v", table.ID, row, table.Head)
			}
		}
	}
	if got, want := rows["classes"][0], []string{"reports", "overloaded", "1", "2", "3 s", "4.0/s", "5.0/s"}; !slices.Equal(got, want) {
		t.Errorf("class %v, want %v", got, want)
	}
	if got, want := rows["clients"][0], []string{"192.0.2.1", "75 %", "30/s"}; !slices.Equal(got, want) {
		t.Errorf("client %v, want %v", got, want)
	}
	if got, want := rows["running"][0], []string{"GET", "GET /{$}", "/", "1 s"}; !slices.Equal(got, want) {
		t.Errorf("running %v, want %v", got, want)
	}
	if got := rows["episodes"]; len(got) != 20 || got[0][3] != "29" || got[0][2] != "2 s" || got[0][4] != "1,234" || got[0][5] != "1m0s" {
		t.Errorf("episodes %v", got)
	}
	s.Pool.Classes = s.Pool.Classes[:1]
	if one := p.tables(s)[2]; one.Head[0] != "ended, UTC" || len(one.Rows[0]) != len(one.Head) || one.Rows[0][1] != "2 s" {
		t.Errorf("with one class: %v under %v", one.Rows[0], one.Head)
	}
	if r := p.report(nil); len(r.Episodes) != 20 || r.Episodes[19].Started != 29 || r.Episodes[0].Refused != 1234 || len(r.Running) != 1 || len(r.Clients) != 2 || r.Clients[0].Share != .75 || r.Running[0].Route != "GET /{$}" {
		t.Errorf("%+v", r)
	}
}

// get asks p itself.
func get(t *testing.T, p *Page, target string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	w := httptest.NewRecorder()
	p.Handlers(0)[r.URL.Path].ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func samplesOf(t *testing.T, p *Page, target string) []*Sample {
	t.Helper()
	var r report
	if err := json.NewDecoder(get(t, p, target).Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r.Samples
}

// TestTenMinutesAreKept checks that there is a sample a second from the start,
// whether anybody looks or not, and that old ones go.
func TestTenMinutesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := shown(t)
		for _, c := range []struct {
			wait        time.Duration
			first, last uint64
		}{{0, 1, 1}, {3 * time.Second, 1, 4}, {time.Hour, 3005, 3604}} {
			time.Sleep(c.wait)
			synctest.Wait()
			all := samplesOf(t, p, "/status.json")
			if len(all) != int(c.last-c.first+1) || all[0].Seq != c.first || all[len(all)-1].Seq != c.last {
				t.Errorf("samples %d to %d, want %d to %d", all[0].Seq, all[len(all)-1].Seq, c.first, c.last)
			}
			for i, s := range all[1:] {
				if s.Seq != all[i].Seq+1 || s.Time.Sub(all[i].Time) != time.Second {
					t.Fatalf("sample %d of %v comes after %d of %v", s.Seq, s.Time, all[i].Seq, all[i].Time)
				}
			}
		}
		if got := samplesOf(t, p, "/status.json?after=3602"); len(got) != 2 {
			t.Errorf("%d samples after that, want 2", len(got))
		}
		p.Close()
		p.Close()
		time.Sleep(time.Minute)
		if got := p.last().Seq; got != 3604 {
			t.Errorf("sample %d after Close", got)
		}
	})
}

func TestBadAfter(t *testing.T) {
	p, _ := shown(t)
	if resp := get(t, p, "/status.json?after=x"); resp.StatusCode != http.StatusBadRequest || !strings.Contains(text(t, resp), "such as 17") {
		t.Errorf("%v", resp)
	}
}

// TestWithoutJavaScript checks that the page is a table with every number, and
// that nothing in a path is taken for more than text.
func TestWithoutJavaScript(t *testing.T) {
	evil := server.Running{Method: "GET", Path: "/<script>alert(1)</script>" + strings.Repeat("x", 100), Age: 90 * time.Second}
	p, srv := shown(t, evil, server.Running{Method: "GET", Path: pagePath})
	srv.Trace.Done(server.Request{Method: "GET", Status: 200, Duration: time.Millisecond})
	resp := get(t, p, "/status")
	page := text(t, resp)
	for id, text := range p.last().texts() {
		if want := `data-cell="` + id; !strings.Contains(page, want) {
			t.Errorf("%s is absent", want)
		}
		for _, cell := range regexp.MustCompile(`data-cell="`+id+`"[^>]*>([^<]*)<`).FindAllStringSubmatch(page, -1) {
			if html.UnescapeString(cell[1]) != text {
				t.Errorf("%s is %q, want %q", id, cell[1], text)
			}
		}
	}
	if !strings.Contains(page, "<td>GET</td><td></td><td>/&lt;script&gt;alert(1)&lt;/script&gt;xxx") || !strings.Contains(page, "…</td><td>1m30s</td>") {
		t.Errorf("the running request is absent:\n%s", page)
	}
	if !strings.Contains(page, "<td>&lt;b&gt;</td><td>25 %</td>") {
		t.Errorf("a client is absent:\n%s", page)
	}
	if strings.Contains(page, "<td>/status</td>") {
		t.Error("the page shows itself")
	}
	if !strings.Contains(resp.Header.Get("Content-Security-Policy"), "script-src 'sha256-") {
		t.Errorf("%v", resp.Header)
	}
}
