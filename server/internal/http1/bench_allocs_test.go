//go:build !race

package http1

import (
	"io"
	"net/http"
	"testing"
	"unsafe"
)

// TestExchangeSize keeps an exchange, which is most of what a request allocates,
// within a size class of the runtime, of which 8 bytes are for a header: the next
// one is of 768 bytes.
func TestExchangeSize(t *testing.T) {
	if n := unsafe.Sizeof(Exchange{}); n > 704-8 {
		t.Errorf("an Exchange takes %d bytes, want %d at most", n, 704-8)
	}
}

// TestExchangeAllocations counts what a plain request and a small response
// allocate: the exchange, the head as a string, and two headers. Pools forget
// under the race detector, so this does not run there.
func TestExchangeAllocations(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	cfg := testConfig()
	in := cfg.NewInput()
	if n := testing.AllocsPerRun(100, func() { serveSmall(cfg, in, h) }); n > 4 {
		t.Errorf("%v allocations, want 4 at most", n)
	}
}
