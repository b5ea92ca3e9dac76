package server

import (
	"bytes"
	"strconv"
)

// A form is how a refusal is put.
type form uint8

// The forms of a refusal.
const (
	asText    form = iota
	asProblem      // JSON, RFC 9457
	numForms
)

// preferred is the form for a client that accepts such content: that of the
// range with the greatest weight and, of several, the first (RFC 9110, section
// 12.5.1). It allocates nothing.
func preferred(accept []byte) form {
	best, chosen := 0.0, asText
	for len(accept) > 0 {
		var item []byte
		item, accept, _ = bytes.Cut(accept, []byte(","))
		media, params, _ := bytes.Cut(item, []byte(";"))
		if w := weight(params); w > best {
			best, chosen = w, formOf(bytes.TrimSpace(media))
		}
	}
	return chosen
}

// formOf is the form that a media range asks for.
func formOf(media []byte) form {
	for _, name := range []string{"application/json", "application/problem+json", "application/*"} {
		if bytes.EqualFold(media, []byte(name)) {
			return asProblem
		}
	}
	return asText
}

// weight is the q among the parameters of a media range.
func weight(params []byte) float64 {
	for len(params) > 0 {
		var param []byte
		param, params, _ = bytes.Cut(params, []byte(";"))
		name, value, _ := bytes.Cut(bytes.TrimSpace(param), []byte("="))
		if len(name) == 1 && name[0]|0x20 == 'q' {
			return qvalue(value)
		}
	}
	return 1
}

// qvalue reads a weight (RFC 9110, section 12.4.2). One that is malformed is 0.
func qvalue(value []byte) float64 {
	if len(value) > len("0.123") {
		return 0
	}
	w, err := strconv.ParseFloat(string(value), 64)
	if err != nil || !(w >= 0 && w <= 1) {
		return 0
	}
	return w
}
