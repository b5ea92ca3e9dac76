package server_test

import "strings"

// uploading is a request with those fields, and what is after its head.
func uploading(fields, behind string) string {
	return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + behind
}

// ofLength is a request of five bytes whose Content-Length has that value.
func ofLength(value string) string { return uploading("Content-Length: "+value+"\r\n", "hello") }

// delivered is a probe whose handler must see a body of five bytes.
func delivered(name, send string) probe {
	return probe{name: name, send: send, want: "200 open", echo: "POST / h hello"}
}

var lengthProbes = []probe{
	delivered("plain", ofLength("5")),
	delivered("leading zeros", ofLength("00005")),
	delivered("more leading zeros than digits in an int64", ofLength(strings.Repeat("0", 40)+"5")),
	delivered("space around", ofLength(" \t5\t ")),
	{name: "GET with a body", send: "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", want: "200 open", echo: "GET / h hello"},
	{name: "zero", send: uploading("Content-Length: 0\r\n", ""), want: "200 open", echo: "POST / h "},
	{name: "none", send: uploading("", ""), want: "200 open", echo: "POST / h "},
	{name: "twice the same", send: uploading("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), want: "200|400 open|end"},
	{name: "list of the same", send: ofLength("5, 5"), want: "200|400 open|end"},
	mustFail("two that differ", uploading("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")),
	mustFail("two that differ in zeros", uploading("Content-Length: 5\r\nContent-Length: 6\r\nContent-Length: 05\r\n", "hello")),
	mustFail("list that differs", ofLength("5, 6")),
	mustFail("list with an empty member", ofLength("5,")),
	mustFail("list with an empty first member", ofLength(",5")),
	mustFail("plus sign", ofLength("+5")),
	mustFail("minus sign", ofLength("-5")),
	mustFail("minus zero", ofLength("-0")),
	mustFail("empty", ofLength("")),
	mustFail("blank", ofLength("  ")),
	mustFail("space within", ofLength("5 5")),
	mustFail("letters", ofLength("five")),
	mustFail("letters after", ofLength("5a")),
	mustFail("hexadecimal", ofLength("0x5")),
	mustFail("octal", ofLength("0o5")),
	mustFail("underscore", ofLength("1_0")),
	mustFail("fraction", ofLength("5.0")),
	mustFail("exponent", ofLength("5e0")),
	mustFail("quotes", ofLength(`"5"`)),
	mustFail("semicolon", ofLength("5;x")),
	mustFail("a NUL", ofLength("5\x00")),
	mustFail("vertical tab", ofLength("\v5")),
	mustFail("digits not in ASCII", ofLength("\xd9\xa5")),
	mustFail("2^63", ofLength("9223372036854775808")),
	mustFail("2^64", ofLength("18446744073709551616")),
	mustFail("2^64 + 5", ofLength("18446744073709551621")),
	mustFail("2^128", ofLength("340282366920938463463374607431768211456")),
	mustFail("thousands of digits", ofLength(strings.Repeat("9", 4000))),
	mustFail("space before the colon", uploading("Content-Length : 5\r\n", "hello")),
	mustFail("folded", uploading("Content-Length:\r\n 5\r\n", "hello")),
	{name: "2^63 - 1", send: ofLength("9223372036854775807"), want: "413 end"},
	{name: "over the limit", send: ofLength("1048577"), want: "413 end"},
	{name: "less than is sent", send: uploading("Content-Length: 4\r\n", "hello\r\n\r\n"), want: "200 400 end"},
}

// inCoding is a chunked request whose Transfer-Encoding has that value.
func inCoding(value string) string { return framed("Transfer-Encoding: " + value + "\r\n") }

// framed is a chunked request with those fields.
func framed(fields string) string { return uploading(fields, "5\r\nhello\r\n0\r\n\r\n") }

// unknownCoding is a probe of a coding that ends in chunked and is not known
// else.
func unknownCoding(name, send string) probe {
	return probe{name: name, send: send + getting("/smuggled"), want: "400|501 end"}
}

var codingProbes = []probe{
	delivered("chunked", inCoding("chunked")),
	delivered("in capitals", inCoding("CHUNKED")),
	delivered("field name in lower case", framed("transfer-encoding: chunked\r\n")),
	delivered("space around", inCoding(" \tchunked\t ")),
	unknownCoding("gzip, chunked", inCoding("gzip, chunked")),
	unknownCoding("identity, chunked", inCoding("identity, chunked")),
	unknownCoding("gzip, then a field with chunked", framed("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n")),
	unknownCoding("empty member before chunked", inCoding(", chunked")),
	unknownCoding("empty member after chunked", inCoding("chunked,")),
	mustFail("chunked twice", inCoding("chunked, chunked")),
	mustFail("two fields with chunked", framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
	mustFail("chunked, then gzip", inCoding("chunked, gzip")),
	mustFail("chunked, then identity", inCoding("chunked, identity")),
	mustFail("chunked, then a field with identity", framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")),
	mustFail("gzip", inCoding("gzip")),
	mustFail("identity", inCoding("identity")),
	mustFail("empty", inCoding("")),
	mustFail("something before chunked", inCoding("xchunked")),
	mustFail("something after chunked", inCoding("chunkedx")),
	mustFail("space within", inCoding("chun ked")),
	mustFail("quotes", inCoding(`"chunked"`)),
	mustFail("parameter", inCoding("chunked;q=1")),
	mustFail("semicolon", inCoding("chunked;")),
	mustFail("vertical tab", inCoding("\vchunked")),
	mustFail("form feed after", inCoding("chunked\f")),
	mustFail("a NUL", inCoding("chunked\x00")),
	mustFail("a letter that folds to k", inCoding("chun\xe2\x84\xaaed")),
	mustFail("space before the colon", framed("Transfer-Encoding : chunked\r\n")),
	mustFail("space before the name", framed(" Transfer-Encoding: chunked\r\n")),
	mustFail("folded", framed("Transfer-Encoding:\r\n chunked\r\n")),
	mustFail("bare LF before it", framed("X: y\nTransfer-Encoding: chunked\r\n")),
	mustFail("with Content-Length before", framed("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")),
	mustFail("with Content-Length after", framed("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")),
	mustFail("with Content-Length 0", framed("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n")),
	mustFail("with a bad Content-Length", framed("Content-Length: x\r\nTransfer-Encoding: chunked\r\n")),
	mustFail("with two Content-Lengths", framed("Content-Length: 5\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n")),
	mustFail("identity with Content-Length", framed("Transfer-Encoding: identity\r\nContent-Length: 5\r\n")),
	mustFail("in HTTP/1.0", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
	mustFail("one of two codings in HTTP/1.0", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
	mustFail("with Content-Length before, far apart", framed("Content-Length: 5\r\nX: y\r\nConnection: Content-Length\r\nTransfer-Encoding: chunked\r\n")),
	mustFail("two colons", framed("Transfer-Encoding:: chunked\r\n")),
	mustFail("no-break space before", inCoding("\xa0chunked")),
	mustFail("next line after", inCoding("chunked\x85")),
	{name: "underscore in the name", send: uploading("Transfer_Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n") + getting("/smuggled"), want: "200 400 end"},
	mustFail("in HTTP/1.0 with keep-alive",
		"POST / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
}

// inChunks is a request with that chunked body.
func inChunks(s string) string { return uploading("Transfer-Encoding: chunked\r\n", s) }

// withExtension is a request whose chunk has that extension, with its semicolon.
func withExtension(s string) string { return inChunks("5" + s + "\r\nhello\r\n0\r\n\r\n") }

var chunkProbes = []probe{
	delivered("one", inChunks("5\r\nhello\r\n0\r\n\r\n")),
	delivered("five", inChunks("1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n")),
	delivered("capital digit", inChunks("A\r\nhello67890\r\n0\r\n\r\n")),
	delivered("small digit", inChunks("a\r\nhello67890\r\n0\r\n\r\n")),
	delivered("leading zeros", inChunks("0005\r\nhello\r\n0\r\n\r\n")),
	delivered("several zeros at the end", inChunks("5\r\nhello\r\n000\r\n\r\n")),
	delivered("extension", withExtension(";x")),
	delivered("extension with a value", withExtension(";x=y")),
	delivered("extension with a quoted value", withExtension(`;x="y;\" z"`)),
	delivered("several extensions", withExtension(";a;b=c;d")),
	delivered("extension of the last chunk", inChunks("5\r\nhello\r\n0;x=y\r\n\r\n")),
	{name: "none", send: inChunks("0\r\n\r\n"), want: "200 open", echo: "POST / h "},
	{name: "bad space before an extension", send: withExtension(" ;x"), want: "200|400 open|end"},
	{name: "bad space in an extension", send: withExtension("; x = y"), want: "200|400 open|end"},

	mustFail("empty size", inChunks("\r\nhello\r\n0\r\n\r\n")),
	mustFail("space before the size", inChunks(" 5\r\nhello\r\n0\r\n\r\n")),
	mustFail("space after the size", inChunks("5 \r\nhello\r\n0\r\n\r\n")),
	mustFail("tab after the size", inChunks("5\t\r\nhello\r\n0\r\n\r\n")),
	mustFail("space after the last size", inChunks("5\r\nhello\r\n0 \r\n\r\n")),
	mustFail("plus sign", inChunks("+5\r\nhello\r\n0\r\n\r\n")),
	mustFail("minus sign", inChunks("-5\r\nhello\r\n0\r\n\r\n")),
	mustFail("minus zero", inChunks("5\r\nhello\r\n-0\r\n\r\n")),
	mustFail("0x", inChunks("0x5\r\nhello\r\n0\r\n\r\n")),
	mustFail("underscore", inChunks("0_5\r\nhello\r\n0\r\n\r\n")),
	mustFail("h", inChunks("5h\r\nhello\r\n0\r\n\r\n")),
	mustFail("comma", inChunks("5,5\r\nhello\r\n0\r\n\r\n")),
	mustFail("no digit", inChunks("x\r\nhello\r\n0\r\n\r\n")),
	mustFail("digit not in ASCII", inChunks("\xd9\xa5\r\nhello\r\n0\r\n\r\n")),
	mustFail("NUL after the size", inChunks("5\x00\r\nhello\r\n0\r\n\r\n")),
	mustFail("2^64 + 5", inChunks("10000000000000005\r\nhello\r\n0\r\n\r\n")),
	{name: "2^64 - 1", send: inChunks("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"), want: "400|413 end"},
	{name: "2^63 - 1", send: inChunks("7fffffffffffffff\r\nhello\r\n0\r\n\r\n"), want: "413 end"},
	{name: "hundreds of zeros", send: inChunks(strings.Repeat("0", 500) + "5\r\nhello\r\n0\r\n\r\n"), want: "200|400 open|end"},
	{name: "over the limit", send: inChunks("100001\r\nhello\r\n0\r\n\r\n"), want: "413 end"},

	mustFail("empty extension", withExtension(";")),
	mustFail("empty extension after another", withExtension(";x;")),
	mustFail("extension without name", withExtension(";=y")),
	mustFail("extension without value", withExtension(";x=")),
	mustFail("extension that is no token", withExtension(";x@y")),
	mustFail("extension whose value is no token", withExtension(";x=y/z")),
	mustFail("extension whose quotes do not end", withExtension(`;x="y`)),
	mustFail("extension with something after the quotes", withExtension(`;x="y"z`)),
	mustFail("extension without semicolon", withExtension(" x=y")),
	mustFail("NUL in an extension", withExtension(";x\x00")),
	mustFail("NUL in a quoted value", withExtension(";x=\"\x00\"")),
	mustFail("bare CR in an extension", withExtension(";x\ry")),
	mustFail("bare LF in an extension", withExtension(";x\ny")),
	mustFail("bare LF in a quoted value", withExtension(";x=\"\n\"")),
	{name: "extension of 20 KiB", send: withExtension(";" + strings.Repeat("x", 20<<10)), want: "400|413|431 end"},
	{name: "extensions of 40 KiB in all", send: inChunks(strings.Repeat("1;"+strings.Repeat("x", 400)+"\r\na\r\n", 100) + "0\r\n\r\n"), want: "400|413|431 end"},

	mustFail("size ends with a bare LF", inChunks("5\nhello\r\n0\r\n\r\n")),
	mustFail("size ends with a bare CR", inChunks("5\rhello\r\n0\r\n\r\n")),
	mustFail("size ends with CR CR LF", inChunks("5\r\r\nhello\r\n0\r\n\r\n")),
	mustFail("last size ends with a bare LF", inChunks("5\r\nhello\r\n0\n\r\n")),
	mustFail("extension ends with a bare LF", inChunks("5;x\nhello\r\n0\r\n\r\n")),
	mustFail("data ends with a bare LF", inChunks("5\r\nhello\n0\r\n\r\n")),
	mustFail("data ends with a bare CR", inChunks("5\r\nhello\r0\r\n\r\n")),
	mustFail("data has no end", inChunks("5\r\nhello0\r\n\r\n")),
	mustFail("data is longer", inChunks("5\r\nhellox\r\n0\r\n\r\n")),
	mustFail("data is shorter", inChunks("5\r\nhell\r\n0\r\n\r\n")),
	mustFail("two line ends after the data", inChunks("5\r\nhello\r\n\r\n0\r\n\r\n")),
	mustFail("ends with a bare LF", inChunks("5\r\nhello\r\n0\r\n\n")),
	mustFail("ends with two bare LFs", inChunks("5\r\nhello\r\n0\n\n")),
	mustFail("ends with a bare CR", inChunks("5\r\nhello\r\n0\r\n\rX")),
	mustFail("LF throughout", inChunks("5\nhello\n0\n\n")),
	{name: "many of one byte", send: inChunks(strings.Repeat("1\r\na\r\n", 2000) + "0\r\n\r\n"), want: "200 open"},
}
