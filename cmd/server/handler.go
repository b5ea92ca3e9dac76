package main

import (
	"log/slog"
	"net/http"

	"millpond/server/demo"
)

// handler returns what is to be served: the handlers of the demo.
func (o *options) handler(log *slog.Logger) http.Handler {
	burn := o.BurnPerMs
	if burn == 0 {
		burn = demo.Calibrate()
	}
	log.Info("CPU work of /task", "burn_per_ms", burn)
	return demo.New(demo.Config{BurnPerMs: burn})
}
