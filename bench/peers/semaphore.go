package main

import (
	"net/http"
	"time"
)

// semaphoreWait is the longest wait for a worker unless --wait says otherwise.
const semaphoreWait = 500 * time.Millisecond

// semaphore admits a fixed number of requests to next, lets a fixed number
// wait, each for at most wait, and answers 503 to the rest.
type semaphore struct {
	next     http.Handler
	running  chan struct{} // holds a token for each request in next
	admitted chan struct{} // holds a token for each request that runs or waits
	wait     time.Duration
}

func newSemaphore(workers, queue int, wait time.Duration, next http.Handler) *semaphore {
	return &semaphore{
		next:     next,
		running:  make(chan struct{}, workers),
		admitted: make(chan struct{}, workers+queue),
		wait:     wait,
	}
}

// ServeHTTP runs next, or answers 503 with Retry-After.
func (s *semaphore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case s.admitted <- struct{}{}:
		defer func() { <-s.admitted }()
	default:
		refuse(w)
		return
	}
	patience := time.NewTimer(s.wait)
	defer patience.Stop()
	select {
	case s.running <- struct{}{}:
		defer func() { <-s.running }()
		s.next.ServeHTTP(w, r)
	case <-patience.C:
		refuse(w)
	case <-r.Context().Done():
	}
}

func refuse(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, "overloaded", http.StatusServiceUnavailable)
}
