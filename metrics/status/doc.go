// Package status shows a server to people: a page that draws what flows in,
// waits, is worked on and flows off, now and over the last ten minutes.
//
//	page := status.New(status.Config{Metrics: metrics.New(srv), Running: srv.Running})
//	defer page.Close()
//	for path, h := range page.Handlers(100) {
//		mux.Handle(path, h)
//	}
//	page.Start()
//
// The page is whole in itself: it loads nothing from elsewhere. It follows by
// server-sent events; without JavaScript it is a table that reloads. What it
// shows is also in /status.json, for scripts.
//
// A [Sample] is taken every second, whether anybody looks or not, so that the
// page opens with the incident in it. That costs some ten microseconds, and the
// history about 300 KB. A viewer costs a write a second.
//
// Whoever sees the page sees the paths of requests: it belongs on an address
// that only operators reach.
package status
