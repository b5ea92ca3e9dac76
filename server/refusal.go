package server

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// Refusals are what clients get whose requests the server itself refuses, made
// once, so that to refuse costs the server next to nothing. For scripts of other
// origins to be able to read them, for instance:
//
//	server.Refusals{Header: http.Header{
//		"Access-Control-Allow-Origin":   {"*"},
//		"Access-Control-Expose-Headers": {"Retry-After"},
//	}}
type Refusals struct {
	// Header has further fields of every refusal.
	Header http.Header

	// Shed are those of requests that are shed, by reason. The server adds
	// Retry-After, which it works out.
	Shed map[ShedReason]Refusal

	// Bad are those of requests that are refused for what they are, by reason.
	Bad map[BadReason]Refusal
}

// A Refusal is in place of the server's own of the same reason.
type Refusal struct {
	// Header has further fields, in place of those with the same name that all
	// refusals have. Content-Type is that of Body, for every client.
	Header http.Header

	// Body is what the client is told, up to 16 KiB; if empty, what the server
	// would say itself. Without a Content-Type it is plain text, and the detail
	// of the problem for clients that prefer JSON.
	Body string
}

// mostRefusal bounds a body: every refusal is kept in many forms.
const mostRefusal = 16 << 10

// ownFields are those that the server sets.
var ownFields = []string{"Connection", "Content-Length", "Date", "Keep-Alive", "Proxy-Connection", "Retry-After",
	"Te", "Trailer", "Transfer-Encoding", "Upgrade", "X-Content-Type-Options"}

// check returns every fault.
func (r *Refusals) check() error {
	faults := checkFields("Refusals.Header", r.Header)
	if _, ok := r.Header[contentType]; ok {
		faults = append(faults, errors.New("server: Refusals.Header must not have a Content-Type: that belongs to one Refusal with a Body"))
	}
	faults = append(faults, checkRefusals("Refusals.Shed", r.Shed, NumShedReasons)...)
	faults = append(faults, checkRefusals("Refusals.Bad", r.Bad, NumBadReasons)...)
	return errors.Join(faults...)
}

const contentType = "Content-Type"

// checkRefusals checks those of one kind.
func checkRefusals[R ~uint8](where string, all map[R]Refusal, end R) (faults []error) {
	for _, why := range slices.Sorted(maps.Keys(all)) {
		r, where := all[why], fmt.Sprintf("%s[%v]", where, why)
		if why >= end {
			faults = append(faults, fmt.Errorf("server: %s must be for a reason below %d", where, end))
		}
		if len(r.Body) > mostRefusal {
			faults = append(faults, fmt.Errorf("server: %s.Body must have at most %d bytes, got %d", where, mostRefusal, len(r.Body)))
		}
		if types := r.Header[contentType]; types != nil && (len(types) != 1 || r.Body == "") {
			faults = append(faults, fmt.Errorf("server: %s must have one Content-Type with a Body, or neither, got %q", where, types))
		}
		faults = append(faults, checkFields(where+".Header", r.Header)...)
	}
	return faults
}

// checkFields checks that each is a field, and none the server's own.
func checkFields(where string, h http.Header) (faults []error) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			faults = append(faults, fmt.Errorf("server: %s must have names of fields, got %q", where, name))
		case name != http.CanonicalHeaderKey(name):
			faults = append(faults, fmt.Errorf("server: %s must have %q in place of %q, as http.Header has its keys", where, http.CanonicalHeaderKey(name), name))
		case slices.Contains(ownFields, name):
			faults = append(faults, fmt.Errorf("server: %s must not have %s, which the server sets", where, name))
		}
		for _, value := range h[name] {
			if !httpguts.ValidHeaderFieldValue(value) {
				faults = append(faults, fmt.Errorf("server: %s[%q] must be a value without control characters, got %q", where, name, value))
			}
		}
	}
	return faults
}

// fieldLines are the fields of two headers, of which the second wins, but for the
// type of the body.
func fieldLines(all, own http.Header) string {
	merged := maps.Clone(all)
	if merged == nil {
		merged = http.Header{}
	}
	maps.Copy(merged, own)
	delete(merged, contentType)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		for _, value := range merged[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	return b.String()
}
