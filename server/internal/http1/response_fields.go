package http1

import (
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// A field is one of a handler's header.
type field struct {
	name   string
	values []string
}

// declared is what a handler's header says that matters to the server.
type declared struct {
	length     int64    // Content-Length, or -1
	unmeasured bool     // Content-Length is there without a value: it is not to be sent
	codings    []string // Transfer-Encoding
	close      bool     // Connection: close
	typed      bool
	encoded    bool
	dated      bool
}

// writeFields writes the handler's fields but for those that the server
// decides on: Content-Length, Transfer-Encoding, and whether the connection
// outlives the response.
func (x *Exchange) writeFields() declared {
	said := declared{length: -1}
	var room [16]field // so that few headers need more
	for _, f := range appendSorted(room[:0], x.header) {
		switch f.name {
		case "Content-Length":
			said.length, said.unmeasured = declaredLength(f.values), len(f.values) == 0
			continue
		case "Transfer-Encoding":
			if len(f.values) > 0 && f.values[0] != "" {
				said.codings = f.values
			}
			continue
		case "Connection":
			said.close = httpguts.HeaderValuesContainsToken(f.values, "close")
			f.values = otherOptions(f.values)
		case "Content-Type":
			said.typed = true
			if x.status == http.StatusNotModified {
				continue // it has no content
			}
		case "Content-Encoding":
			said.encoded = len(f.values) > 0 && f.values[0] != ""
		case "Date":
			said.dated = true
		}
		x.out.buf = f.append(x.out.buf)
	}
	return said
}

// appendSorted appends the fields of h, in the order of their names, so that
// equal headers are equal on the wire.
func appendSorted(fields []field, h http.Header) []field {
	for name, values := range h {
		fields = append(fields, field{name, values})
	}
	if len(fields) > 1 {
		slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	}
	return fields
}

// append appends the lines of f to b. A handler cannot be made to write another
// response: a name that is no token, or a value with a NUL, costs the field,
// and line breaks in values become spaces.
func (f field) append(b []byte) []byte {
	if !httpguts.ValidHeaderFieldName(f.name) || hasNUL(f.values) {
		return b
	}
	for _, value := range f.values {
		value = textproto.TrimString(value)
		if strings.IndexByte(value, '\n') >= 0 || strings.IndexByte(value, '\r') >= 0 {
			value = lineBreaks.Replace(value)
		}
		b = appendLine(b, f.name, value)
	}
	return b
}

// lineBreaks makes spaces of them.
var lineBreaks = strings.NewReplacer("\r", " ", "\n", " ")

// appendLine appends the line of a field whose value needs no look.
func appendLine(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

func hasNUL(values []string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return strings.IndexByte(v, 0) >= 0 })
}

// declaredLength is what Content-Length says, or -1.
func declaredLength(values []string) int64 {
	if len(values) == 0 {
		return -1
	}
	n, err := strconv.ParseInt(values[0], 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// otherOptions are the values of Connection that do not say whether it closes.
func otherOptions(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(option string) bool {
		return strings.EqualFold(option, "close") || strings.EqualFold(option, "keep-alive")
	})
}
