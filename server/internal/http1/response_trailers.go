package http1

import (
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// writeLastChunk ends a chunked body, with the trailers after it.
func (x *Exchange) writeLastChunk() {
	b := append(x.out.buf, "0\r\n"...)
	for _, f := range appendSorted(nil, x.trailers()) {
		b = f.append(b)
	}
	x.out.buf = append(b, "\r\n"...)
}

func (x *Exchange) hasTrailers() bool {
	for name := range x.header {
		if name == "Trailer" || strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// trailers returns the fields to send after a chunked body: those that the
// handler has announced, and those with http.TrailerPrefix.
func (x *Exchange) trailers() http.Header {
	t := make(http.Header)
	for _, names := range x.header["Trailer"] {
		for name := range strings.SplitSeq(names, ",") {
			name = http.CanonicalHeaderKey(strings.TrimSpace(name))
			if values := x.header[name]; isTrailer(name, values) {
				t[name] = values
			}
		}
	}
	for name, values := range x.header {
		if name, ok := strings.CutPrefix(name, http.TrailerPrefix); ok && isTrailer(name, values) {
			t[name] = values
		}
	}
	return t
}

func isTrailer(name string, values []string) bool {
	return httpguts.ValidTrailerHeader(name) && len(values) > 0 && !hasNUL(values)
}
