package server_test

import (
	"fmt"
	"strings"
)

// trailing is a chunked request with those trailer lines.
func trailing(lines string) string { return inChunks("5\r\nhello\r\n0\r\n" + lines + "\r\n") }

var trailerProbes = []probe{
	delivered("one", trailing("X: y\r\n")),
	delivered("two", trailing("X: y\r\nY: z\r\n")),
	delivered("empty value", trailing("X:\r\n")),
	delivered("announced", uploading("Transfer-Encoding: chunked\r\nTrailer: X\r\n", "5\r\nhello\r\n0\r\nX: y\r\n\r\n")),
	{name: "Content-Length", send: trailing("Content-Length: 5\r\n"), want: "200|400 open|end"},
	{name: "Transfer-Encoding", send: trailing("Transfer-Encoding: chunked\r\n"), want: "200|400 open|end"},
	{name: "Host", send: trailing("Host: a\r\n"), want: "200|400 open|end"},
	mustFail("space before the colon", trailing("X : y\r\n")),
	mustFail("tab before the colon", trailing("X\t: y\r\n")),
	mustFail("space before the name", trailing(" X: y\r\n")),
	mustFail("folded", trailing("X: a\r\n b\r\n")),
	mustFail("folded with a tab", trailing("X: a\r\n\tb\r\n")),
	mustFail("no colon", trailing("X\r\n")),
	mustFail("no name", trailing(": y\r\n")),
	mustFail("space in the name", trailing("X Y: z\r\n")),
	mustFail("NUL in the name", trailing("X\x00: y\r\n")),
	mustFail("byte over 0x80 in the name", trailing("X\xe9: y\r\n")),
	mustFail("NUL in the value", trailing("X: a\x00b\r\n")),
	mustFail("control in the value", trailing("X: a\x01b\r\n")),
	mustFail("bare CR in the value", trailing("X: a\rb\r\n")),
	mustFail("bare CR before the end", trailing("X: a\r\r\n")),
	mustFail("bare LF as the end", trailing("X: a\nY: b\r\n")),
	mustFail("bare LF as the end of the last", trailing("X: a\n")),
	mustFail("ends with a bare LF", inChunks("5\r\nhello\r\n0\r\nX: y\r\n\n")),
	mustFail("a request line", trailing("GET /smuggled HTTP/1.1\r\n")),
	{name: "200 of them", send: trailing(strings.Repeat("X: y\r\n", 200)), want: "400|431 end"},
	{name: "of 20 KiB", send: trailing("X: " + strings.Repeat("a", 20<<10) + "\r\n"), want: "400|413|431 end"},
	{name: "of 80 KiB in all", send: trailing(strings.Repeat("X: "+strings.Repeat("a", 2000)+"\r\n", 40)), want: "400|413|431 end"},
}

// withConnection is a request of a version with a Connection field.
func withConnection(version, connection string) string {
	return fmt.Sprintf("GET / HTTP/%s\r\nHost: h\r\nConnection: %s\r\n\r\n", version, connection)
}

var persistenceProbes = []probe{
	{name: "1.0", send: withLine("GET / HTTP/1.0"), want: "200 end"},
	{name: "1.0 with keep-alive", send: withConnection("1.0", "keep-alive"), want: "200 open"},
	{name: "1.0 with Keep-Alive in capitals", send: withConnection("1.0", "Keep-Alive"), want: "200 open"},
	{name: "1.0 with keep-alive and close", send: withConnection("1.0", "keep-alive, close"), want: "200 end"},
	{name: "1.1 with close", send: withConnection("1.1", "close"), want: "200 end"},
	{name: "1.1 with close in capitals", send: withConnection("1.1", "CLOSE"), want: "200 end"},
	{name: "1.1 with close in a list", send: withConnection("1.1", "x, close ,y"), want: "200 end"},
	{name: "1.1 with close in a second field", send: withFields("Connection: x\r\nConnection: close\r\n"), want: "200 end"},
	{name: "1.1 with something like close", send: withConnection("1.1", "closed"), want: "200 open"},
	{name: "nothing after close", send: withConnection("1.1", "close") + getting("/smuggled"), want: "200 end"},
	{name: "HEAD", send: withLine("HEAD / HTTP/1.1"), want: "200 open"},
	{name: "two at once", send: getting("/a") + getting("/b"), want: "200 200 open", echo: "GET /a "},
	{name: "ten at once", send: strings.Repeat(getting("/"), 8), want: "200 200 200 200 200 200 200 200 open"},
	{name: "one after a body", send: ofLength("5") + getting("/"), want: "200 200 open"},
	{name: "one after chunks", send: inChunks("5\r\nhello\r\n0\r\n\r\n") + getting("/"), want: "200 200 open"},
	{name: "one after trailers", send: trailing("X: y\r\n") + getting("/"), want: "200 200 open"},
	{name: "an empty line after a body", send: ofLength("5") + "\r\n" + getting("/"), want: "200 200 open"},
	{name: "a bad one after a good one", send: getting("/") + " " + getting("/smuggled"), want: "200 400 end"},
	{name: "a bad one after chunks", send: inChunks("0\r\n\r\n") + "x\r\n\r\n" + getting("/smuggled"), want: "200 400 end"},
	{name: "Upgrade to what is not known", send: withFields("Connection: Upgrade\r\nUpgrade: x/1\r\n"), want: "200 open"},
	{name: "Upgrade to h2c", send: withFields("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"), want: "200 open"},
	{name: "unknown expectation", send: uploading("Expect: x\r\nContent-Length: 5\r\n", "hello"), want: "200|417 open|end"},
	{name: "unknown expectation beside the known one", send: uploading("Expect: 100-continue, x\r\nContent-Length: 5\r\n", "hello"), want: "417 end"},
	{name: "empty expectations", send: uploading("Expect: ,\r\nContent-Length: 5\r\n", "hello"), want: "200 open"},
	{name: "1.0 with keep-alive, and close in a second field",
		send: "GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", want: "200 end"},
	{name: "nothing after CONNECT", send: "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n" + getting("/smuggled"), want: "200 end"},
	{name: "1.0, HEAD with keep-alive", send: "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", want: "200 open"},
	{name: "OPTIONS * with a body", send: "OPTIONS * HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello" + getting("/"), want: "200 200 open"},
	{name: "TRACE", send: withLine("TRACE / HTTP/1.1"), want: "200|405|501 open|end"},
}
