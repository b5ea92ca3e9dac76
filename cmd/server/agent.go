package main

import "net"

// serveAgent answers agent-checks.
func (a *app) serveAgent(ln net.Listener) (stop func()) {
	served := make(chan struct{})
	go func() {
		defer close(served)
		a.meter.ServeAgent(ln) // until it is closed
	}()
	a.log.Info("agent address", "addr", ln.Addr().String())
	return func() {
		ln.Close()
		<-served
	}
}
