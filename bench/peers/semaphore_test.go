package main

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestSemaphore sends four requests to one worker and two places: one runs,
// two wait in vain, one is refused at once; a later one finds the worker free.
func TestSemaphore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		finish := make(chan struct{})
		var entered int
		s := newSemaphore(1, 2, 500*time.Millisecond, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			entered++
			<-finish
		}))
		var requests sync.WaitGroup
		send := func() *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			requests.Go(func() { s.ServeHTTP(w, httptest.NewRequest("GET", "/", nil)) })
			synctest.Wait()
			return w
		}
		start := time.Now()
		first, second, third, fourth := send(), send(), send(), send()
		if fourth.Code != http.StatusServiceUnavailable || fourth.Header().Get("Retry-After") == "" {
			t.Errorf("fourth: %d %v, want 503 with Retry-After before any time has passed", fourth.Code, fourth.Header())
		}
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		if second.Code != http.StatusServiceUnavailable || third.Code != http.StatusServiceUnavailable {
			t.Errorf("those that waited %v: %d and %d, want 503", time.Since(start), second.Code, third.Code)
		}
		close(finish)
		requests.Wait()
		if fifth := send(); first.Code != http.StatusOK || fifth.Code != http.StatusOK {
			t.Errorf("first %d, fifth %d, want 200", first.Code, fifth.Code)
		}
		if entered != 2 {
			t.Errorf("%d requests reached the handler, want 2", entered)
		}
		requests.Wait()
	})
}
