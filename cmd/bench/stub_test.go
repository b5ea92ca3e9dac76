package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// stubKind is the variable that makes this binary, started as millpond's server,
// misbehave in a known way.
const stubKind = "BENCH_TEST_STUB"

// stub serves until it is killed. The flags are those of millpond's server, or
// {addr} alone.
func stub(kind string, args []string) {
	addr := "127.0.0.1:0"
	if i := slices.Index(args, "--addr"); i >= 0 {
		addr = args[i+1]
	}
	var served atomic.Int64
	answer := func(w http.ResponseWriter, n int64) {
		switch kind {
		case "drops":
			if n%3 == 0 { // often enough to be met by a handful of requests
				panic(http.ErrAbortHandler)
			}
		case "delays":
			<-time.After(120 * time.Millisecond)
		case "hangs":
			select {}
		case "dies":
			if n == 5 {
				fmt.Fprintln(os.Stderr, "fatal error: out of luck")
				syscall.Kill(os.Getpid(), syscall.SIGKILL) // os.Exit takes its time with a race detector
				select {}
			}
		case "404":
			w.WriteHeader(http.StatusNotFound)
		case "503":
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		fmt.Fprintln(w, "hello")
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if kind == "ssh" {
		ln = greeter{ln}
	}
	fmt.Fprintln(os.Stderr, "burn_per_ms=1")
	fmt.Printf("stub: serving http://%s\n", ln.Addr())
	mux := http.NewServeMux()
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		factor := int64(1)
		if kind == "lies" {
			factor = 10
		}
		fmt.Fprintf(w, "millpond_http_requests_total %d\n", factor*served.Load())
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if kind == "crowded" && r.Host == "background" {
			panic(http.ErrAbortHandler)
		}
		answer(w, served.Add(1))
	})
	http.Serve(ln, mux)
}

// greeter says who it is before it is asked anything, as no HTTP server does.
type greeter struct{ net.Listener }

func (g greeter) Accept() (net.Conn, error) {
	conn, err := g.Listener.Accept()
	if err == nil {
		io.WriteString(conn, "SSH-2.0-stub\r\n")
	}
	return conn, err
}

// tries is how often a broken server is measured at most. On a busy machine something else
// may be wrong as well and come first, such as that nothing could be sent in time; a fault
// of the report is there every time.
const tries = 5

// TestBrokenServersAreToldFirst runs every command on servers that are broken in a
// known way: each must say so in the first line of its answer, and no objective on
// what it got wrong may be kept.
func TestBrokenServersAreToldFirst(t *testing.T) {
	contrast := []string{"contrast", "--multiples=0.2", "--capacity=200"}
	pulse := []string{"pulse", "--calm=0.02", "--peak=0.03", "--before=300ms", "--during=100ms", "--after=200ms"}
	retry := append([]string{"retry", "--retries=1", "--backoff=1ms"}, pulse[1:]...)
	slow, slowPulse := []string{"contrast", "--multiples=0.5", "--capacity=200"}, append(pulse[:1:1], "--calm=0.5", "--peak=0.6", "--before=300ms", "--during=100ms", "--after=200ms")
	idle := []string{"idle", "--idle=5", "--half-heads=0", "--slow-readers=0"}
	overload := []string{"overload", "--rows=9"}
	size := []string{"size", "--max-workers=1", "--slo=p99<100ms"}
	const unjudged = "(no objective) "
	for _, c := range []struct {
		kind string
		args []string
		says string
	}{
		{"404", contrast, "pool serves nothing: GET /task?cpu=5ms: it answers 404 Not Found"},
		{"404", pulse, "it answers 404 Not Found"}, {"404", retry, "it answers 404 Not Found"},
		{"404", idle, "it answers 404 Not Found"},
		{"ssh", contrast, `pool serves nothing: GET /task?cpu=5ms: the answer is not HTTP/1: malformed HTTP response "SSH-2.0-stub"`},
		{"503", contrast, "pool serves nothing: GET /task?cpu=5ms: it answers 503 Service Unavailable"},
		{"503", size, "it answers 503"},
		{"hangs", contrast, "no answer within"}, {"hangs", size, "no answer within"},
		{"dies", contrast, "out of luck"}, {"dies", idle, "out of luck"}, {"dies", size, "out of luck"},
		{"drops", contrast, "pool answered only"}, {"drops", pulse, "pool answered only"}, {"drops", idle, "pool answered only"},
		{"drops", size, "no size can be recommended"},
		{"delays", slow, "pool answered only 0 % of the requests in time"}, {"delays", slowPulse, "pool answered only 0 %"},
		{"delays", idle, "pool answered only 0 %"}, {"delays", size, "no size can be recommended"},
		{"lies", contrast, "pool counts otherwise than its clients"}, {"lies", idle, "pool counts otherwise"},
		{"lies", size, "no size can be recommended"},
		{"hangs", pulse, "no answer within"}, {"503", retry, "it answers 503"}, {"dies", retry, "out of luck"}, {"lies", pulse, "pool counts otherwise"},
		{"dies", contrast, unjudged + "out of luck"}, {"lies", contrast, unjudged + "pool counts otherwise"},
		{"lies", pulse, unjudged + "pool counts otherwise"}, {"lies", retry, unjudged + "pool counts otherwise"},
		{"lies", idle, unjudged + "pool counts otherwise"}, {"crowded", idle, unjudged + "pool did not take"},
		{"crowded", idle, "pool did not take the connections in the background: idle connection"},
		{"lazy", slow, "pool answered with less work than was asked for"},
		{"404", overload, "row 9, in time of what the modest ask for: not known: workers 8 serves nothing: GET /task?cpu=5ms: it answers 404"},
	} {
		t.Run(c.args[0]+" "+c.kind, func(t *testing.T) {
			t.Setenv(stubKind, c.kind)
			args := append(c.args, "--server", os.Args[0], "--duration=500ms", "--warmup=20ms",
				"--timeout=1s", "--limit=100ms", "--trials=1", "--server-cores=1", "--out", t.TempDir())
			if c.kind != "lazy" { // a stub burns nothing: only where that is what a millisecond asks for is it right
				args = append(args, "--burn-per-ms=1")
			}
			if c.args[0] != "size" && c.args[0] != "overload" {
				args = append(args, "--models=pool")
			}
			objectives := 0
			if c.args[0] != "size" && !strings.HasPrefix(c.says, unjudged) {
				args, objectives = append(args, "--slo", "p99<100ms", "--slo", "attainment>99%"), 2
			}
			told(t, args, strings.TrimPrefix(c.says, unjudged), objectives)
		})
	}
}

// told measures a broken server until the first line of the answer has each part of says,
// which '%' separates, and the command fails or, where it judges, misses so many objectives.
func told(t *testing.T, args []string, says string, objectives int) {
	t.Helper()
	var wrong string
	for range tries {
		var out, errs bytes.Buffer
		code := run(t.Context(), args, &out, &errs)
		said := out.String()
		if said == "" { // there is no report, but a sentence at the end
			said = errs.String()[strings.LastIndex(errs.String(), "bench:"):]
		}
		first, _, _ := strings.Cut(said, "\n")
		missing := slices.ContainsFunc(strings.Split(says, "%"), func(part string) bool { return !strings.Contains(first, part) })
		kept := code == exitOK || code == exitGate && strings.Count(out.String(), "MISSED") < objectives
		switch {
		case missing:
			wrong = fmt.Sprintf("exit code %d, and the first line is %q, want %q in it\n%s", code, first, says, &errs)
		case kept:
			wrong = fmt.Sprintf("exit code %d: an objective is kept\n%s", code, &out)
		default:
			return
		}
		t.Log(wrong)
	}
	t.Error(wrong)
}
