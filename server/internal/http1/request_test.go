package http1

import (
	"bufio"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkBuildRequest compares the two ways from a judged head to a request.
func BenchmarkBuildRequest(b *testing.B) {
	for _, test := range []struct{ name, text string }{
		{"small", "GET /mill HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"},
		{"browser", "GET /search?q=mill+pond HTTP/1.1\r\nHost: www.example.org\r\nConnection: keep-alive\r\n" +
			"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0\r\n" +
			"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" +
			"Accept-Language: en-GB,en;q=0.7\r\nAccept-Encoding: gzip, deflate, br\r\n" +
			"Cookie: session=4711; theme=calm\r\nReferer: https://www.example.org/\r\n\r\n"},
	} {
		b.Run("head="+test.name+"/by=ReadRequest", func(b *testing.B) {
			b.ReportAllocs()
			src := strings.NewReader("")
			br := bufio.NewReader(src)
			for b.Loop() {
				src.Reset(test.text)
				br.Reset(src)
				if _, err := http.ReadRequest(br); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("head="+test.name+"/by=fill", func(b *testing.B) {
			b.ReportAllocs()
			h, _, _ := judge(test.text)
			buf := []byte(test.text)
			for b.Loop() {
				var w struct {
					req http.Request
					url url.URL
				}
				if err := h.fill(&w.req, &w.url, buf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestStringsKeepNoHeadAlive checks that a handler which keeps one string of each
// request does not keep their heads.
func TestStringsKeepNoHeadAlive(t *testing.T) {
	const requests, size = 500, 30 << 10
	text := "GET /mill HTTP/1.1\r\nHost: h\r\n" + strings.Repeat("Filler: "+strings.Repeat("x", 1000)+"\r\n", size/1010) + "Wanted: short\r\n\r\n"
	h, _, _ := judge(text)
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // of what pools have kept over one
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	kept := make([]string, 0, 2*requests)
	before := heap()
	for range requests {
		var r http.Request
		if err := h.fill(&r, new(url.URL), []byte(text)); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, r.Header.Get("Wanted"), r.URL.Path)
	}
	if grown := heap() - before; grown > requests*4*shareBytes {
		t.Errorf("%d requests of %d bytes keep %d bytes alive", requests, len(text), grown)
	}
	runtime.KeepAlive(kept)
}
