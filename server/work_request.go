package server

import (
	"context"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// newResponse builds the request and what answers it.
func (c *conn) newResponse(worker context.Context) (*response, error) {
	if c.remote == "" {
		c.remote = c.link.RemoteAddr().String()
	}
	w := &response{conn: c, out: takeOutbound(), header: make(http.Header), length: -1}
	w.wait.left = c.engine.set.writeTimeout
	w.ctx.w, w.ctx.worker = w, worker
	build := w.readRequest
	if c.in.scan.head.plain {
		build = w.buildRequest
	}
	if err := build(); err != nil {
		return nil, err
	}
	w.req.RemoteAddr = c.remote
	return w, nil
}

// buildRequest builds a request that is nothing but its head.
func (w *response) buildRequest() (err error) {
	in := w.conn.in
	h := &in.scan.head
	text := string(in.pending()[h.start:h.size])
	in.r += h.size
	w.req, err = requestOf(&w.ctx, h, text, in.scan.fields)
	return err
}

// requestOf builds the request that http.ReadRequest would, which FuzzHead
// holds it to, from a plain head that the scanner has let pass. What was
// judged is not judged again, and the strings of the request share text: that
// takes a fifth of the time.
func requestOf(ctx context.Context, h *head, text string, fields int) (*http.Request, error) {
	line, text, _ := strings.Cut(text, "\r\n")
	method, line, _ := strings.Cut(line, " ")
	target, version, _ := strings.Cut(line, " ")
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, err
	}
	r := new(http.Request).WithContext(ctx)
	r.Method, r.RequestURI, r.URL = method, target, u
	r.Proto, r.ProtoMajor, r.ProtoMinor = version, 1, int(version[len("HTTP/1.")]-'0')
	r.Body, r.Close = http.NoBody, !h.keepAlive
	r.Header, r.Host = headerOf(text, fields)
	if u.Host != "" {
		r.Host = u.Host // RFC 9112, section 3.2.2
	}
	return r, nil
}

// headerOf builds the header of a request from its field lines, and keeps Host
// apart.
func headerOf(lines string, fields int) (header http.Header, host string) {
	header = make(http.Header, fields)
	room := make([]string, fields) // for the values of fields that come once
	for len(lines) > len("\r\n") {
		line, rest, _ := strings.Cut(lines, "\r\n")
		lines = rest
		name, value, _ := strings.Cut(line, ":")
		name, value = textproto.CanonicalMIMEHeaderKey(name), strings.Trim(value, " \t")
		if name == "Host" {
			host = value
			continue
		}
		if values := header[name]; values != nil {
			header[name] = append(values, value)
			continue
		}
		room[0] = value
		header[name], room = room[:1:1], room[1:]
	}
	if pragma := header["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && header["Cache-Control"] == nil {
		header["Cache-Control"] = []string{"no-cache"} // RFC 9111, section 5.4
	}
	return header, host
}
