package metrics_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"millpond/metrics"
	"millpond/pool"
	"millpond/server"
)

// A program with a registry of its own adds what it wants to be measured.
func Example() {
	srv := &server.Server{Addr: ":8080", Pool: pool.Config{Workers: 8}}
	prometheus.MustRegister(metrics.New(srv))

	thumbnails, collector, err := metrics.NewPool("thumbnails", pool.Config{Workers: 2})
	if err != nil {
		log.Fatal(err)
	}
	prometheus.MustRegister(collector)

	srv.Handler = makeThumbnails(thumbnails)
	log.Fatal(srv.ListenAndServe())
}

func makeThumbnails(*pool.Pool) http.Handler { return http.NotFoundHandler() }

// Two servers in one registry, here one of this module and one of net/http, have
// a label that tells them apart. A pool beside them needs one as well: what has
// the same name has the same labels.
func ExampleNewNetHTTP() {
	public, admin := &server.Server{Addr: ":8080", Pool: pool.Config{Workers: 8}}, &http.Server{Addr: "127.0.0.1:9090"}
	thumbnails, collector, err := metrics.NewPool("thumbnails", pool.Config{Workers: 2})
	if err != nil {
		log.Fatal(err)
	}
	defer thumbnails.Close(context.Background())

	registry := prometheus.NewRegistry()
	for name, c := range map[string]prometheus.Collector{
		"public": metrics.New(public), "admin": metrics.NewNetHTTP(admin), "none": collector,
	} {
		prometheus.WrapRegistererWith(prometheus.Labels{"server": name}, registry).MustRegister(c)
	}

	families, err := registry.Gather()
	if err != nil {
		log.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == "millpond_pool_workers_limit" {
				fmt.Println(m.GetLabel()[0].GetValue(), m.GetLabel()[1].GetValue(), m.GetGauge().GetValue())
			}
		}
	}
	// Output:
	// requests public 8
	// thumbnails none 2
}

// A program without any serves them in the control lane, where they are to be
// had however busy the workers are.
func ExampleHandler() {
	srv := &server.Server{Addr: ":8080", Handler: http.NotFoundHandler()}
	srv.Control.Handlers = map[string]http.Handler{
		"/metrics": metrics.Handler(nil, metrics.New(srv)),
	}
	log.Fatal(srv.ListenAndServe())
}

// A mux behind a middleware that copies requests says itself what has matched.
func ExampleSetRoute() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{name}", func(http.ResponseWriter, *http.Request) {})
	routed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r)
		metrics.SetRoute(w, r.Pattern)
	})
	srv := &server.Server{Addr: ":8080", Handler: withUser(routed)}
	prometheus.MustRegister(metrics.New(srv))
	log.Fatal(srv.ListenAndServe())
}

type userKey struct{}

// withUser passes a copy of the request on.
func withUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, r.Header.Get("X-User"))))
	})
}
