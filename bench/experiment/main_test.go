package experiment

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"millpond/bench/process"
)

// TestMain makes the test binary double as the servers that suites start.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "serve" {
		serve(os.Args[2], os.Args[3:])
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "neighbour" {
		process.Occupy(context.Background(), 0.5, 1)
	}
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// kind is a server that behaves in one of the ways that serve knows.
func kind(name string, args ...string) process.Server {
	return process.Server{Name: name, Command: append([]string{os.Args[0], "serve", name}, args...)}
}

// serve is a server that behaves well or badly in a known way, until it is killed.
func serve(kind string, args []string) {
	var served atomic.Int64
	if os.Getenv("MILLPOND_QUEUE") != "" {
		fmt.Fprintln(os.Stderr, "configured from outside")
		os.Exit(9)
	}
	factor := int64(1)
	addr := "127.0.0.1:0"
	work := func(http.ResponseWriter, int64) {}
	switch kind {
	case "silent":
		select {}
	case "stillborn":
		fmt.Fprintln(os.Stderr, "no such luck")
		os.Exit(7)
	case "drops":
		work = func(_ http.ResponseWriter, n int64) {
			if n%10 == 0 {
				panic(http.ErrAbortHandler)
			}
		}
	case "sheds":
		work = func(w http.ResponseWriter, n int64) {
			if n%2 == 0 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}
	case "lies":
		factor = 10
	case "mortal":
		work = func(_ http.ResponseWriter, n int64) {
			if n == 5 {
				fmt.Fprintln(os.Stderr, "fatal error: out of luck")
				die()
			}
		}
	case "told":
		addr = args[0]
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "level=INFO burn_per_ms=4711\n")
	if kind != "told" {
		fmt.Printf("test: serving http://%s (%s)\n", ln.Addr(), kind)
	}
	http.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "# HELP x y\ngo_goroutines 12\nmillpond_pool_queue_depth{class=\"a\"} 3\n")
		fmt.Fprintf(w, "millpond_http_requests_total{code=\"200\"} %d\n", factor*served.Load())
	})
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		work(w, served.Add(1))
		w.Header().Set("X-Served", strconv.FormatInt(served.Load(), 10))
		fmt.Fprintln(w, "hello")
	})
	fmt.Fprintln(os.Stderr, http.Serve(ln, nil))
}

// die ends this process at once, which os.Exit does not with a race detector.
func die() {
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// sure has no reason against any goal.
func sure(Goal) string { return "" }
