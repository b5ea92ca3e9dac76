package http1

import (
	"net/http"
	"strconv"
)

// typeBytes is how much of a body tells its type.
const typeBytes = 512

// decide fixes status and header: what the handler changes in its header from
// here on has no effect, trailers excepted.
func (x *Exchange) decide(status int) {
	x.status = int16(status)
	x.writeStatus(status)
	said := x.writeFields()
	x.last = x.last || said.close
	x.untyped = !said.typed && !said.encoded && said.codings == nil
	if bodyAllowed(status) {
		x.frameAs(&said)
	}
	if !said.dated {
		x.field("Date", x.cfg.Dates.Now().text)
	}
	x.writeTiming()
}

func (x *Exchange) writeStatus(status int) {
	b := x.out.buf
	switch {
	case x.head().HTTP10:
		b = append(b, "HTTP/1.0 "...)
	case status == http.StatusOK:
		x.out.buf = append(b, "HTTP/1.1 200 OK\r\n"...)
		return
	default:
		b = append(b, "HTTP/1.1 "...)
	}
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	if text := http.StatusText(status); text != "" {
		b = append(b, text...)
	} else {
		b = strconv.AppendInt(append(b, "status code "...), int64(status), 10)
	}
	x.out.buf = append(b, "\r\n"...)
}

// field writes one that the server has decided on.
func (x *Exchange) field(name, value string) { x.out.buf = appendLine(x.out.buf, name, value) }

func (x *Exchange) writeLength(n int64) {
	b := append(x.out.buf, "Content-Length: "...)
	b = strconv.AppendInt(b, n, 10)
	x.out.buf = append(b, "\r\n"...)
}

// finishHead adds what the server decides: framing, type and the fate of the
// connection. Whole says that the body is known to its end; more is what
// follows of it after what is gathered.
func (x *Exchange) finishHead(whole bool, more []byte) {
	x.frame(whole)
	x.describe(more)
	if x.cfg.Closing() || !x.head().KeepAlive || x.expectsContinue() {
		x.last = true // if the client was not asked for its body, it may or may not send it
	}
	if b := x.body; b != nil && (b.fault != nil || b.size == 0 && b.isLong()) {
		x.last = true // what follows cannot be read, or does not seem to be wanted: the client can stop
	}
	switch {
	case x.status == http.StatusSwitchingProtocols:
	case x.last && !x.head().HTTP10:
		x.field("Connection", "close")
	case !x.last && x.head().HTTP10:
		x.field("Connection", "keep-alive")
	}
	x.out.buf = append(x.out.buf, "\r\n"...)
}

// frameAs takes up what the handler says of the framing of a body.
func (x *Exchange) frameAs(said *declared) {
	switch {
	case x.head().Method == VerbConnect && x.status < 300:
		x.unbounded, x.raw = true, true // RFC 9110, section 9.3.6
	case len(said.codings) == 0, said.codings[0] == "identity" && said.length >= 0:
		x.length, x.unbounded = said.length, said.unmeasured
	case said.codings[0] == "identity":
		x.unbounded, x.raw = true, true
	default:
		x.unbounded = true
		if said.codings[0] != "chunked" && x.head().Method != VerbHead {
			x.out.buf = field{"Transfer-Encoding", said.codings}.append(x.out.buf)
		}
	}
}

// frame decides how the client finds the end of the body (RFC 9112, section 6).
func (x *Exchange) frame(whole bool) {
	isHead := x.head().Method == VerbHead
	switch {
	case !bodyAllowed(int(x.status)):
	case x.unbounded:
		x.chunk()
	case x.length >= 0:
		x.writeLength(x.length)
	case whole && x.hasTrailers():
		x.chunk()
	case whole && (!isHead || x.written > 0):
		x.writeLength(x.written)
	case whole:
	default:
		x.chunk()
	}
}

// chunk uses the chunked coding or, where that may not be, the end of the
// connection. The answer to HEAD ends with its head, and may leave out what is
// only found out with the content (RFC 9110, section 9.3.2).
func (x *Exchange) chunk() {
	switch {
	case x.head().Method == VerbHead:
	case x.head().HTTP10, x.raw:
		x.last = true
	default:
		x.field("Transfer-Encoding", "chunked")
		x.chunked = true
	}
}

// describe adds Content-Type, where there is content to tell it from.
func (x *Exchange) describe(more []byte) {
	if !x.untyped || len(x.out.body)+len(more) == 0 {
		return
	}
	sample := x.out.body
	if room := typeBytes - len(sample); room > 0 {
		sample = append(sample, more[:min(room, len(more))]...) // where what is gathered would go next
	}
	x.field("Content-Type", http.DetectContentType(sample))
}

// writeInformation sends a 1xx response, which comes before the final one.
func (x *Exchange) writeInformation(status int) {
	if x.continued && status == http.StatusContinue || x.head().HTTP10 {
		return
	}
	x.writeStatus(status)
	if status == http.StatusContinue {
		x.continued = true
	} else {
		x.writeFields()
	}
	x.out.buf = append(x.out.buf, "\r\n"...)
	x.send()
}

// expectsContinue reports whether the client still waits to be asked for the
// body.
func (x *Exchange) expectsContinue() bool { return x.head().expectContinue && !x.continued }

// sendContinue asks the client for the body, if it waits for that. It takes
// the turn to write only then: a body can be read while a Write waits for the
// client.
func (x *Exchange) sendContinue() {
	if !x.expectsContinue() {
		return
	}
	x.turn(writing)
	if x.state == undecided {
		x.writeInformation(http.StatusContinue)
	}
}
