// Package load sends requests when a schedule says so, whatever the server does,
// and records how each of them ended. A load is one thread per event loop, each
// with its own epoll descriptor and timer; the sending path allocates nothing.
package load
