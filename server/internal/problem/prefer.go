package problem

import (
	"bytes"
	"strconv"
)

// Preferred reports whether a client that accepts such content prefers JSON: the
// range with the greatest weight is for it or, of several, the first (RFC 9110,
// section 12.5.1). It allocates nothing.
func Preferred(accept []byte) bool {
	best, chosen := 0.0, false
	for len(accept) > 0 {
		var item []byte
		item, accept, _ = bytes.Cut(accept, []byte(","))
		media, params, _ := bytes.Cut(item, []byte(";"))
		if w := weight(params); w > best {
			best, chosen = w, isJSON(bytes.TrimSpace(media))
		}
	}
	return chosen
}

// isJSON reports whether a media range asks for JSON.
func isJSON(media []byte) bool {
	for _, name := range []string{"application/json", Type, "application/*"} {
		if bytes.EqualFold(media, []byte(name)) {
			return true
		}
	}
	return false
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
