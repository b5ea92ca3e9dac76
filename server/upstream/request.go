package upstream

import (
	"crypto/rand"
	"net/http"
	"strings"
)

// newToken returns the name that a Handler goes by in Via, "millpond-" and
// eight random digits: another Handler on the way is no loop.
func newToken() string { return "millpond-" + strings.ToLower(rand.Text()[:8]) }

// refuse returns the status for a request that is for no backend, and why, or
// 0.
func (h *Handler) refuse(r *http.Request) (int, string) {
	switch {
	case r.Method == http.MethodConnect:
		// A tunnel would share connections with requests of others.
		return http.StatusNotImplemented, "CONNECT is not supported"
	case r.URL.Opaque != "" || !strings.HasPrefix(r.URL.Path, "/") && !isAsterisk(r) && r.URL.Path != "":
		return http.StatusBadRequest, "the target of the request is not a path"
	case strings.ContainsFunc(r.Host, foreignToHost):
		return http.StatusBadRequest, "the host of the request is not valid"
	}
	for _, via := range r.Header["Via"] {
		if strings.Contains(via, h.token) {
			return http.StatusLoopDetected, "a backend is this very server"
		}
	}
	return 0, ""
}

// isAsterisk reports whether r asks for the options of the whole server.
func isAsterisk(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.URL.Path == "*"
}

// foreignToHost reports whether c cannot be in a Host that is passed on as it
// is: the transport would send none, or one without its %zone, instead.
func foreignToHost(c rune) bool {
	return !isAlphanumeric(c) && !strings.ContainsRune("!$&'()*+,-.:;=[]_~", c)
}

// idempotent has the methods of RFC 9110, section 9.2.2.
var idempotent = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodOptions: true, http.MethodTrace: true,
	http.MethodPut: true, http.MethodDelete: true,
}

// markIdempotent tells the transport that it may send r again if the kept
// connection it was sent on was being closed. For the transport PUT and
// DELETE are no such methods, but a key with no value, which it does not
// send, says so. It repeats nothing that has a body.
func markIdempotent(r *http.Request) {
	if _, has := r.Header["X-Idempotency-Key"]; idempotent[r.Method] && !has {
		r.Header["X-Idempotency-Key"] = []string{}
	}
}
