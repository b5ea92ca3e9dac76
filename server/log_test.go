package server

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// superfluous provokes a record in the log.
func superfluous(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusOK)
	w.WriteHeader(http.StatusTeapot)
}

// TestErrorLog checks that what goes wrong is told in lines as net/http has
// them, with the caller, and that net/http itself finds the same log.
func TestErrorLog(t *testing.T) {
	var b logBuffer
	var handlers sync.WaitGroup // Close does not wait for one that has hijacked its connection
	s := serving(t, &Server{ErrorLog: log.New(&b, "millpond: ", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer handlers.Done()
		r.Context().Value(http.ServerContextKey).(*http.Server).ErrorLog.Print("said by another")
		if r.URL.Path == "/panic" {
			panic("oops")
		}
		superfluous(w, r)
		hj, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("Hijack: %v", err)
			return
		}
		hj.Close()
		w.WriteHeader(http.StatusOK)
		w.Write([]byte("hi"))
	})}, sockets)
	for _, path := range []string{"/", "/panic"} {
		handlers.Add(1)
		c := s.call()
		c.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
		io.Copy(io.Discard, c)
	}
	handlers.Wait()
	s.Close()
	for _, want := range []string{
		"millpond: said by another\n",
		"millpond: http: superfluous response.WriteHeader call from millpond/server.superfluous (log_test.go:20)\n",
		"millpond: http: response.WriteHeader on hijacked connection from millpond/server.TestErrorLog.func",
		"millpond: http: response.Write on hijacked connection from millpond/server.TestErrorLog.func",
		"millpond: handler panicked panic=oops method=GET path=/panic remote=127.0.0.1:",
		"\ngoroutine ",
	} {
		if b.count(want) == 0 {
			t.Errorf("the log has no %q:\n%s", want, &b.text)
		}
	}
}

// A stuckWriter takes nothing, until it is released.
type stuckWriter struct{ release chan struct{} }

func (w stuckWriter) Write(p []byte) (int, error) {
	<-w.release
	return len(p), nil
}

// TestLogThatNobodyReads checks that it holds nobody up.
func TestLogThatNobodyReads(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		stuck := stuckWriter{make(chan struct{})}
		s := way.serve(t, &Server{Logger: slog.New(slog.NewTextHandler(stuck, nil)), Handler: http.HandlerFunc(superfluous)})
		const requests = logBurst + logRoom + 100
		c := s.call()
		for range requests {
			c.send(getRoot)
			c.expect(http.StatusOK)
		}
		if n := s.Stats().LogDropped; n == 0 || n > requests {
			t.Errorf("%d records were dropped, of %d; want some", n, requests)
		}
		close(stuck.release)
	})
}

// TestLogQueue checks how much passes, and what is told of the rest.
func TestLogQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b logBuffer
		book, handler := newLogQueue(slog.NewTextHandler(&b, nil))
		logger := slog.New(handler).With("by", "us").WithGroup("in")
		for range logBurst + 3 {
			logger.Info("one")
		}
		logger.Debug("not enabled")
		synctest.Wait()
		if n := b.count(`msg=one by=us`); n != logBurst || book.lost() != 3 {
			t.Errorf("%d passed, %d dropped; want %d, 3", n, book.lost(), logBurst)
		}
		time.Sleep(logEvery)
		logger.Info("two", "key", 1)
		book.flush()
		if b.count("msg=two by=us in.key=1") != 1 || b.count("log records were dropped") != 1 || b.count("records=3") != 1 {
			t.Errorf("after a while:\n%s", &b.text)
		}
		book.flush() // of nothing
	})
}

// TestLogQueueSurvives checks that neither a panic nor a handler that does not
// return stops who logs, or who ends the server.
func TestLogQueueSurvives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var got []string
		stuck := make(chan struct{})
		book, handler := newLogQueue(handlerFunc(func(r slog.Record) {
			mu.Lock()
			got = append(got, r.Message)
			mu.Unlock()
			switch r.Message {
			case "panic":
				panic("of the log")
			case "stick":
				<-stuck
			}
		}))
		logger := slog.New(handler)
		logger.Error("panic")
		logger.Error("stick")
		logger.Error("last")
		start := time.Now()
		book.flush()
		if took := time.Since(start); took != logPatience {
			t.Errorf("flush took %v; want %v", took, logPatience)
		}
		close(stuck)
		book.flush()
		if all := strings.Join(got, " "); all != "panic stick last" {
			t.Errorf("got %s", all)
		}
	})
}

type handlerFunc func(slog.Record)

func (handlerFunc) Enabled(context.Context, slog.Level) bool { return true }
func (f handlerFunc) Handle(_ context.Context, r slog.Record) error {
	f(r)
	return nil
}
func (f handlerFunc) WithAttrs([]slog.Attr) slog.Handler { return f }
func (f handlerFunc) WithGroup(string) slog.Handler      { return f }

// TestLoggers checks where the log goes.
func TestLoggers(t *testing.T) {
	var b strings.Builder
	text := slog.NewTextHandler(&b, nil)
	for _, test := range []struct {
		server *Server
		want   string
	}{
		{&Server{}, fmt.Sprintf("%T", slog.Default().Handler())},
		{&Server{ErrorLog: log.Default()}, "server.lines"},
		{&Server{Logger: slog.New(text)}, "*slog.TextHandler"},
		{&Server{Logger: slog.New(text), ErrorLog: log.Default()}, "*slog.TextHandler"},
	} {
		if got := fmt.Sprintf("%T", test.server.logHandler()); got != test.want {
			t.Errorf("%+v: %s; want %s", test.server, got, test.want)
		}
	}
}
