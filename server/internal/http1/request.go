package http1

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// buildRequest makes the request from what is pending, and consumes its head.
func (x *Exchange) buildRequest() error {
	h := x.head()
	err := h.fill(&x.req, &x.url, x.in.Pending()[h.start:h.Size])
	x.in.Skip(h.Size)
	if h.hasBody() && err == nil {
		x.body = newBody(x)
		x.req.Body = x.body
	}
	return err
}

// fill makes r the request that http.ReadRequest would, which FuzzHead holds it
// to, from the bytes of a head that the scanner has let pass. What was judged is
// not judged again, and the strings of the request share memory, which makes it
// two to three times as fast.
func (h *Head) fill(r *http.Request, u *url.URL, b []byte) (err error) {
	t := texts{rest: b}
	line := t.next()
	method := h.pathFrom - h.start - 1
	r.Method, line = line[:method], line[method+1:]
	r.RequestURI, line = cut(line, ' ')
	r.Proto = line[:len("HTTP/1.1")]
	r.ProtoMajor, r.ProtoMinor = 1, int(r.Proto[len("HTTP/1.")]-'0')
	r.Header, r.Host = headerOf(&t, h.fields)
	r.Body, r.Close = http.NoBody, !h.KeepAlive
	h.fillFraming(r)
	if isPlainPath(r.RequestURI) {
		u.Path, r.URL = r.RequestURI, u
		return nil
	}
	if h.Method == VerbConnect && r.RequestURI[0] != '/' {
		r.URL, err = url.ParseRequestURI("http://" + r.RequestURI)
		if err == nil {
			r.URL.Scheme = ""
		}
	} else {
		r.URL, err = url.ParseRequestURI(r.RequestURI)
	}
	if err == nil && r.URL.Host != "" {
		r.Host = r.URL.Host // RFC 9112, section 3.2.2
	}
	return err
}

// fillFraming takes what says how the body is framed out of the header, and
// tells it by other fields of the request, as net/http does.
func (h *Head) fillFraming(r *http.Request) {
	if h.plain {
		return
	}
	r.ContentLength = h.Length
	if same := r.Header["Content-Length"]; len(same) > 1 {
		r.Header["Content-Length"] = same[:1]
	}
	if !h.Chunked {
		return
	}
	r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
	delete(r.Header, "Transfer-Encoding")
	if announced := r.Header["Trailer"]; len(announced) > 0 {
		r.Trailer = announcedTrailer(announced)
		delete(r.Header, "Trailer")
	}
}

// announcedTrailer has the names of the trailers that a request announces, with
// no values yet.
func announcedTrailer(lists []string) http.Header {
	t := make(http.Header)
	for _, names := range lists {
		for name := range strings.SplitSeq(names, ",") {
			if name = textproto.TrimString(name); name != "" {
				t[http.CanonicalHeaderKey(name)] = nil
			}
		}
	}
	if len(t) == 0 {
		return nil
	}
	return t
}

// shareBytes is how much of a head may share memory: one string that a handler
// keeps keeps so much at most, or its own line.
const shareBytes = 512

// texts makes strings of the lines of a head, several of them in one piece.
type texts struct {
	rest  []byte // not yet in a piece
	piece string // not yet cut
}

// next returns the next line, but for its line feed.
func (t *texts) next() (line string) {
	if t.piece == "" {
		n := len(t.rest)
		if n > shareBytes {
			n = max(bytes.LastIndexByte(t.rest[:shareBytes], '\n'), bytes.IndexByte(t.rest, '\n')) + 1
		}
		t.piece, t.rest = string(t.rest[:n]), t.rest[n:]
	}
	line, t.piece = cut(t.piece, '\n')
	return line
}

// cut is strings.Cut at a byte, which is found in half of the time.
func cut(s string, at byte) (before, after string) {
	if i := strings.IndexByte(s, at); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// cutBytes is cut for bytes.
func cutBytes(b []byte, at byte) (before, after []byte) {
	if i := bytes.IndexByte(b, at); i >= 0 {
		return b[:i], b[i+1:]
	}
	return b, nil
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
func headerOf(lines *texts, fields int) (header http.Header, host string) {
	header = make(http.Header, fields)
	var room []string // for the values of fields that come once
	for range fields {
		name, value := cut(lines.next(), ':')
		name, value = textproto.CanonicalMIMEHeaderKey(name), textproto.TrimString(value)
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
