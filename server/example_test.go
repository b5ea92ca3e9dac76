package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"millpond/pool"
	"millpond/server"
)

// A program serves until it is told to end, and then answers what it has begun.
func Example() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Hello, %s!", r.PathValue("name"))
	})
	srv := &server.Server{Handler: mux, Pool: pool.Config{Workers: 8}}
	drained := make(chan error, 1)
	context.AfterFunc(ctx, func() {
		patience, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		drained <- srv.Shutdown(patience)
	})

	ln, err := net.Listen("tcp", "127.0.0.1:0") // or srv.ListenAndServe, with Addr
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		fmt.Println(ask("http://" + ln.Addr().String() + "/hello/mill"))
		stop() // as SIGTERM does
	}()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	fmt.Println("drained:", <-drained)
	// Output:
	// Hello, mill!
	// drained: <nil>
}

// Reports are kept apart: two workers of the eight are theirs, they use no others,
// and they wait a little longer.
func ExampleServer_classes() {
	srv := &server.Server{
		Addr: ":8080",
		Pool: pool.Config{Workers: 8},
		Classes: []server.Class{
			{Class: pool.Class{Name: "reports", Workers: 2, Priority: -1, QueueWait: 2 * time.Second}, Path: "/reports/*"},
		},
	}
	limits, err := srv.Limits()
	fmt.Println(limits.Workers, limits.Overflow, err)
	// Output: 8 reject <nil>
}

// ask is what a client does.
func ask(url string) string {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}
