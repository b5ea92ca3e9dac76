package server

import (
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// writeLastChunk ends a chunked body, with the trailers behind it.
func (w *response) writeLastChunk() {
	b := append(w.out.wire, "0\r\n"...)
	for _, f := range appendSorted(nil, w.trailers()) {
		b = f.append(b)
	}
	w.out.wire = append(b, "\r\n"...)
}

func (w *response) hasTrailers() bool {
	if _, ok := w.header["Trailer"]; ok {
		return true
	}
	for name := range w.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// trailers returns the fields to send behind a chunked body: those that the
// handler has announced, and those with http.TrailerPrefix.
func (w *response) trailers() http.Header {
	t := make(http.Header)
	for _, names := range w.header["Trailer"] {
		for name := range strings.SplitSeq(names, ",") {
			name = http.CanonicalHeaderKey(strings.TrimSpace(name))
			if values := w.header[name]; isTrailer(name, values) {
				t[name] = values
			}
		}
	}
	for name, values := range w.header {
		if name, ok := strings.CutPrefix(name, http.TrailerPrefix); ok && isTrailer(name, values) {
			t[name] = values
		}
	}
	return t
}

func isTrailer(name string, values []string) bool {
	return httpguts.ValidTrailerHeader(name) && len(values) > 0 && !hasNUL(values)
}
