package http1

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// buildRequest makes the request from what is pending, and consumes its head.
func (x *Exchange) buildRequest() error {
	if !x.head().plain {
		return x.readRequest()
	}
	text := string(x.in.Pending()[x.head().start:x.head().Size])
	x.in.Skip(x.head().Size)
	return x.head().fill(&x.req, &x.url, text)
}

// fill makes r the request that http.ReadRequest would, which FuzzHead holds it
// to, from the text of a plain head that the scanner has let pass. What was
// judged is not judged again, and the strings of the request share text, which
// makes it two to three times as fast.
func (h *Head) fill(r *http.Request, u *url.URL, text string) (err error) {
	method := h.pathFrom - h.start - 1
	r.Method, text = text[:method], text[method+1:]
	r.RequestURI, text, _ = strings.Cut(text, " ")
	r.Proto, text = text[:len("HTTP/1.1")], text[len("HTTP/1.1\r\n"):]
	r.ProtoMajor, r.ProtoMinor = 1, int(r.Proto[len("HTTP/1.")]-'0')
	r.Header, r.Host = headerOf(text, h.fields)
	r.Body, r.Close = http.NoBody, !h.KeepAlive
	if isPlainPath(r.RequestURI) {
		u.Path, r.URL = r.RequestURI, u
		return nil
	}
	r.URL, err = url.ParseRequestURI(r.RequestURI)
	if err == nil && r.URL.Host != "" {
		r.Host = r.URL.Host // RFC 9112, section 3.2.2
	}
	return err
}

// isPlainPath reports whether target is a path without anything to decode.
func isPlainPath(target string) bool {
	for _, c := range []byte(target) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '-' <= c && c <= '9', c == '_', c == '~':
		default:
			return false
		}
	}
	return true
}

// headerOf builds the header of a request from its field lines, and keeps Host
// apart.
func headerOf(lines string, fields int) (header http.Header, host string) {
	header = make(http.Header, fields)
	var room []string // for the values of fields that come once
	for range fields {
		line, rest, _ := strings.Cut(lines, "\n")
		lines = rest
		name, value, _ := strings.Cut(line, ":")
		name, value = textproto.CanonicalMIMEHeaderKey(name), strings.Trim(value, " \t\r")
		if name == "Host" {
			host = value
			continue
		}
		if values := header[name]; values != nil {
			header[name] = append(values, value)
			continue
		}
		if len(room) == 0 {
			room = make([]string, fields)
		}
		room[0] = value
		header[name], room = room[:1:1], room[1:]
	}
	if pragma := header["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && header["Cache-Control"] == nil {
		header["Cache-Control"] = []string{"no-cache"} // RFC 9111, section 5.4
	}
	return header, host
}
