// Command peers serves millpond's demo handlers on the servers that a Go
// engineer or an operator would choose instead of millpond, so that the load
// benchmark can put them side by side:
//
//	nethttp               net/http with its defaults
//	nethttp-semaphore     net/http, and middleware that admits --workers requests at once,
//	                      lets --queue wait for at most --wait, and answers 503 beyond
//	nethttp-limitlistener net/http on a netutil.LimitListener of --workers + --queue connections
//	fasthttp              fasthttp, with its default Concurrency of 262,144
//	fasthttp-concurrency  fasthttp, with Concurrency = --workers + --queue
//	haproxy               HAProxy (maxconn = --workers, timeout queue = --wait) in front of nethttp,
//	                      or of --backend
//	reverseproxy          httputil.ReverseProxy on net/http in front of --backend, with no bound
//
// It is a module of its own, so that what the rivals need stays out of
// millpond's go.mod. The Python servers beside it, in python/, take the same
// flags and print the same ready line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"millpond/server/demo"
)

// drain is how long requests in progress may take after SIGTERM.
const drain = 5 * time.Second

// options are the flags. The ones that a model has no use for are ignored, so
// that the benchmark can start every model with the same command line.
type options struct {
	Model     string        `default:"nethttp" enum:"${models}" help:"Which server: ${models}."`
	Addr      string        `default:"127.0.0.1:8080" help:"Where to serve; port 0 picks one."`
	Workers   int           `help:"Requests that run at once, in the models that bound them; 0: GOMAXPROCS."`
	Queue     int           `default:"-1" help:"Requests (or connections) that may wait, in the models that bound them; -1: 64 × workers."`
	Wait      time.Duration `help:"Longest wait for a worker before 503; 0: 500ms for the semaphore, 100ms for HAProxy."`
	Backend   string        `help:"Server that the proxies pass requests on to, such as http://127.0.0.1:3000." placeholder:"URL"`
	BurnPerMs int           `help:"Iterations of CPU work per millisecond in /task; 0: calibrate."`
}

// Validate reports every fault at once and fills in the defaults that depend
// on the machine. Kong calls it after parsing.
func (o *options) Validate() error {
	var faults []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	check(o.Workers >= 0, "--workers must be at least 1, or 0 for GOMAXPROCS, got %d", o.Workers)
	check(o.Queue >= -1, "--queue must be at least 0, or -1 for 64 × workers, got %d", o.Queue)
	check(o.Wait >= 0, "--wait must be at least 0s, got %v", o.Wait)
	check(o.BurnPerMs >= 0, "--burn-per-ms must be at least 1, or 0 to calibrate, got %d", o.BurnPerMs)
	u, err := url.Parse(o.Backend)
	check(o.Backend == "" || err == nil && u.Scheme == "http" && u.Host != "", "--backend must be http://HOST:PORT, got %q", o.Backend)
	check(o.Backend != "" || o.Model != "reverseproxy", "--model reverseproxy needs a --backend")
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Queue == -1 {
		o.Queue = 64 * o.Workers
	}
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		if _, usage := errors.AsType[*kong.ParseError](err); usage {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

// run serves until ctx ends, then drains. It prints one line to stdout when it
// is ready to serve.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var opts options
	exited := false
	parser, err := kong.New(&opts,
		kong.Name("peers"),
		kong.Description("Serve millpond's demo handlers on a rival server."),
		kong.Vars{"models": modelNames()},
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { exited = true }))
	if err != nil {
		return err
	}
	if _, err := parser.Parse(args); exited || err != nil {
		return err
	}
	if opts.BurnPerMs == 0 {
		opts.BurnPerMs = demo.Calibrate()
	}
	handler := withMetrics(demo.New(demo.Config{BurnPerMs: opts.BurnPerMs}))
	p, about, err := newPeer(opts, handler, slog.New(slog.NewTextHandler(stderr, nil)))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", opts.Addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "peers: serving http://%s (%s)\n", listener.Addr(), about)
	return serve(ctx, p, listener)
}

// serve runs p until ctx ends or p fails, then gives requests in progress time
// to finish.
func serve(ctx context.Context, p peer, listener net.Listener) error {
	served := make(chan error, 1)
	go func() { served <- p.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	err := p.Shutdown(patience)
	if served := <-served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
