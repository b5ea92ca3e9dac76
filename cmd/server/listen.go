package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// addr is the main address.
func (o *options) addr() string {
	switch {
	case o.Addr != "":
		return o.Addr
	case o.isDemo():
		return demoAddr
	}
	return appAddr
}

// listen opens what s lacks: the main address, and those of the admin and of
// balancers' agents where there are any.
func (o *options) listen(s *sockets) (err error) {
	if s.main != nil {
		o.replaced(s, "addr", s.main)
	} else if s.main, err = listen("--addr", o.addr()); err != nil {
		return err
	} else {
		s.own = true
	}
	switch {
	case s.admin != nil:
		o.replaced(s, "admin-addr", s.admin)
		o.AdminAddr = s.admin.Addr().String()
	case o.AdminAddr != "":
		if s.admin, err = listen("--admin-addr", onLoopback(o.AdminAddr)); err != nil {
			return err
		}
	}
	switch {
	case s.agent != nil:
		o.replaced(s, "agent-addr", s.agent)
		o.AgentAddr = s.agent.Addr().String()
	case o.AgentAddr != "" && o.Model == modelPool:
		s.agent, err = listen("--agent-addr", o.AgentAddr)
	}
	return err
}

// replaced notes that the flag of that name is set for nothing where ln was
// handed over. A process that replaces another one has its flags, which it has
// told of.
func (o *options) replaced(s *sockets, flag string, ln net.Listener) {
	if o.set[flag] && s.ready == nil {
		o.handedOver = append(o.handedOver, idleSetting{"--" + flag,
			fmt.Sprintf("the socket was handed over, at %v: change ListenStream= of the socket unit, or start without it", ln.Addr())})
	}
}

// onLoopback is addr, on this machine alone if it does not name a host. The
// profiler is not for everybody.
func onLoopback(addr string) string {
	if host, port, err := net.SplitHostPort(addr); err == nil && host == "" {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

// listen opens the address that a flag gave. The error names the flag and tells
// the way out.
func listen(flag, addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: %w; stop what uses it, or choose another port (0 picks a free one)", flag, err)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s: %w; ports below 1024 take root or CAP_NET_BIND_SERVICE", flag, err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w; an address is host:port, such as 127.0.0.1:8080 or :8080", flag, err)
	}
	return ln, nil
}

// isLoopback reports whether only this machine reaches addr.
func isLoopback(addr net.Addr) bool {
	at, err := netip.ParseAddrPort(addr.String())
	return err == nil && at.Addr().Unmap().IsLoopback()
}

// url returns where a local client finds the listener.
func url(addr net.Addr) string {
	at, err := netip.ParseAddrPort(addr.String())
	if err == nil && at.Addr().IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", at.Port())
	}
	if addr.Network() == "unix" {
		return "unix:" + addr.String()
	}
	return "http://" + addr.String()
}
