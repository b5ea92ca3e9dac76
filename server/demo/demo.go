package demo

import (
	"net/http"
	"slices"
	"strings"
)

// Config sets up the handlers. The zero Config is usable.
type Config struct {
	// BurnPerMs is the number of iterations of CPU work that /task does for
	// each millisecond of its cpu parameter. Give every server of a comparison
	// the same number. If zero, Calibrate measures it. If negative, cpu costs
	// nothing.
	BurnPerMs int

	// NoTask answers /task with a 404. Whoever reaches it can take the CPU and
	// the memory of the server.
	NoTask bool
}

// New returns the handlers. They hold no state and are safe for concurrent use.
// With a zero BurnPerMs, New takes the time of a Calibrate.
func New(cfg Config) http.Handler {
	if cfg.BurnPerMs == 0 && !cfg.NoTask {
		cfg.BurnPerMs = Calibrate()
	}
	// The patterns carry no method: "GET /{name}" would also match GET /echo.
	mux := http.NewServeMux()
	mux.Handle("/{$}", allow(helloClient, http.MethodGet, http.MethodHead))
	mux.Handle("/{name}", allow(helloName, http.MethodGet, http.MethodHead))
	mux.Handle("/echo", allow(echo, http.MethodPost))
	work := http.NotFoundHandler()
	if !cfg.NoTask {
		work = allow(task{burnPerMs: cfg.BurnPerMs}.serve, http.MethodGet, http.MethodHead)
	}
	mux.Handle("/task", work)
	mux.Handle("/task/{name}", work) // the same work on other paths, for classes of requests
	return mux
}

// allow answers 405 to every method but the given ones.
func allow(h http.HandlerFunc, methods ...string) http.Handler {
	list := strings.Join(methods, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) {
			w.Header().Set("Allow", list)
			http.Error(w, "the method must be one of "+list, http.StatusMethodNotAllowed)
			return
		}
		h(w, r)
	})
}

// Header values that are set as slices, which saves an allocation each. Nobody
// writes to them.
var (
	plainText = []string{"text/plain; charset=utf-8"}
	noSniff   = []string{"nosniff"}
)

// setPlainText marks the answer as text that a browser must not take for
// anything else, so that what a client sent can be echoed without HTML escapes.
func setPlainText(h http.Header) {
	h["Content-Type"] = plainText
	h["X-Content-Type-Options"] = noSniff
}
