package upstream

// vectors are attempts at a second request that only one side sees, with the
// number of requests that are to be served of each.
var vectors = []struct {
	input  string
	served int
}{
	{"GET / HTTP/1.1\nHost: h\n\n", 1},
	{"GET /1 HTTP/1.1\nHost: h\n\nGET /2 HTTP/1.1\nHost: h\n\n", 2},
	{"POST /1 HTTP/1.1\nHost: h\nContent-Length: 5\n\nhelloPOST /2 HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n", 2},
	{"POST / HTTP/1.1\nHost: h\nContent-Length: 30\nTransfer-Encoding: chunked\n\n0\n\nGET /2 HTTP/1.1\nHost: h\n\n", 2},
	{"POST / HTTP/1.1\nHost: h\nContent-Length: 4\nContent-Length: 5\n\nhello", 0},
	{"POST / HTTP/1.1\nHost: h\nContent-Length: 5\nContent-Length: 5\n\nhello", 1},
	{"POST / HTTP/1.1\nHost: h\nContent-Length: +5\n\nhello", 0},
	{"POST / HTTP/1.1\nHost: h\nContent-Length: 5, 5\n\nhello", 0},
	{"POST / HTTP/1.1\nHost: h\nTransfer-Encoding: xchunked\n\n0\n\n", 0},
	{"POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\nTransfer-Encoding: identity\n\n0\n\n", 0},
	{"POST / HTTP/1.1\nHost: h\nTransfer-Encoding : chunked\n\n0\n\n", 0},
	{"POST / HTTP/1.1\nHost: h\nTransfer_Encoding: chunked\nContent-Length: 5\n\n0\n\n", 1},
	{"POST / HTTP/1.1\nHost: h\n Transfer-Encoding: chunked\n\n0\n\n", 0},
	{"POST / HTTP/1.1\nHost: h\nConnection: Content-Length\nContent-Length: 30\n\nGET /smuggled HTTP/1.1\nHost: h\n\n", 1},
	{"POST / HTTP/1.1\nHost: h\nConnection: Transfer-Encoding\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\nGET /2 HTTP/1.1\nHost: h\n\n", 2},
	{"GET / HTTP/1.1\nHost: h\nConnection: Host, X-Number\n\n", 1},
	{"GET / HTTP/1.1\nHost: h\nContent-Length: 5\n\nhello", 1},
	{"HEAD / HTTP/1.1\nHost: h\nContent-Length: 5\n\nhelloGET /2 HTTP/1.1\nHost: h\n\n", 2},
	{"POST / HTTP/1.0\nHost: h\nTransfer-Encoding: chunked\n\n0\n\n", 1},
	{"GET / HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: 5\n\nhelloGET /2 HTTP/1.1\nHost: h\n\n", 2},
	{"GET / HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade\n\nGET /2 HTTP/1.1\nHost: h\n\n", 2},
	{"POST / HTTP/1.1\nHost: h\nUpgrade: h2c\nConnection: Upgrade, HTTP2-Settings\nHTTP2-Settings: AA\nContent-Length: 5\n\nhello", 1},
	{"POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\nTrailer: Content-Length\n\n5\nhello\n0\nContent-Length: 3\n\nGET /2 HTTP/1.1\nHost: h\n\n", 0},
	{"POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n5;a=b\nhello\n0\nX-Number: 0\nHost: evil\n\nGET /2 HTTP/1.1\nHost: h\n\n", 2},
	{"POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\nffffffffffffffff1\nhello\n0\n\n", 0},
	{"POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n-1\nhello\n0\n\n", 0},
	{"GET http://user@other/a?b HTTP/1.1\nHost: h\n\n", 1},
	{"OPTIONS * HTTP/1.1\nHost: h\n\n", 1},
	{"GET http://h\"/ HTTP/1.1\nHost: h\n\n", 0},
	{"GET / HTTP/1.1\nHost: [fe80::1%25eth0]\n\n", 0},
	{"GET /\x00 HTTP/1.1\nHost: h\n\n", 0},
	{"GET / HTTP/1.1\nHost: h\nX: a\x00b\n\n", 0},
	{"CONNECT evil:80 HTTP/1.1\nHost: evil\n\nGET /2 HTTP/1.1\nHost: h\n\n", 1},
}
