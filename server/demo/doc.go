// Package demo holds the built-in handlers as one http.Handler.
//
//	GET  /        Hello, <client IP>!
//	GET  /{name}  Hello, <name>!
//	POST /echo    the request's body, streamed
//	GET  /task    an artificial task: CPU work, a wait, held memory, an answer of a given size;
//	              GET /task/{name} does the same, for classes of requests told apart by path
//
// Every model of the server and every rival in a benchmark runs this very
// handler, so a difference between two of them is a difference between servers.
// The package imports the standard library only.
//
// HEAD is answered wherever GET is. An unknown path is a 404 and a wrong method
// a 405 with Allow. Requests are matched by http.ServeMux, so
// http.Request.Pattern names the route.
package demo
