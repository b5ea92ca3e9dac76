package http1

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// A Prebuilt is a response that the server gives itself. Its bytes are made
// once a second, for the date, and sent without a copy. It is safe for
// concurrent use; its fields must not change once it is in use.
type Prebuilt struct {
	Status int
	Type   string // of Text; plain text if empty
	Fields string // further field lines, each with CRLF
	Text   string

	made [numVariants]atomic.Pointer[stamped]
}

type stamped struct {
	date  string
	bytes []byte
}

// typeFields say what Text is.
func (p *Prebuilt) typeFields() string {
	return "Content-Type: " + cmp.Or(p.Type, "text/plain; charset=utf-8") + "\r\nX-Content-Type-Options: nosniff\r\n"
}

// ServeHTTP gives the response on a server of another kind.
func (p *Prebuilt) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for line := range strings.Lines(p.typeFields() + p.Fields) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		w.Header().Set(name, value)
	}
	w.WriteHeader(p.Status)
	io.WriteString(w, p.Text)
}

// A Variant tells the forms of a Prebuilt apart. It is a set of bits.
type Variant uint8

// The bits of a Variant.
const (
	SayClose Variant = 1 << iota // Connection: close
	HeadOnly                     // the answer to HEAD
	numVariants
)

// Bytes returns the response. Nobody may write to it.
func (p *Prebuilt) Bytes(v Variant, d *Date) []byte {
	if s := p.made[v].Load(); s != nil && s.date == d.text {
		return s.bytes
	}
	s := &stamped{date: d.text, bytes: p.make(v, d)}
	p.made[v].Store(s)
	return s.bytes
}

func (p *Prebuilt) make(v Variant, d *Date) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", p.Status, http.StatusText(p.Status))
	if p.Text != "" {
		b.WriteString(p.typeFields())
	}
	fmt.Fprintf(&b, "Date: %s\r\nContent-Length: %d\r\n", d.text, len(p.Text))
	b.WriteString(p.Fields)
	if v&SayClose != 0 {
		b.WriteString("Connection: close\r\n")
	}
	b.WriteString("\r\n")
	if v&HeadOnly == 0 {
		b.WriteString(p.Text)
	}
	return []byte(b.String())
}

// handlerFailed is the answer if a handler does not return.
var handlerFailed = &Prebuilt{Status: http.StatusInternalServerError}
