// Package upstream passes requests on to an app, over one or several backends:
// HTTP servers on TCP or on unix sockets. A [Handler] is an [http.Handler], so
// whatever bounds the handlers that run bounds what the backends are given. In a
// server that lets others run while a client is slow to take a response, the
// backend is still busy with that one, unless Config.MaxConns says otherwise.
//
//	app, err := upstream.New(upstream.Config{
//		Backends: []string{"http://127.0.0.1:3000", "unix:/run/app.sock"},
//	})
//	...
//	http.ListenAndServe(":8080", app)
//
// Under a millpond/server.Server let MinWorkers of its Pool be Workers: what holds
// workers back while the processors here are busy knows nothing of what the
// backends can take, and the fewer wait for them at a time, the more each costs.
//
// # The path of a request
//
//	request.go    which requests are passed on at all
//	forward.go    the fields of the head that speak of the way: Forwarded, Via
//	choose.go     the backend with the fewest requests, if it can be reached
//	backend.go    its connections
//	exchange.go   sent there, and the response passed back as it comes
//	patience.go   how long a backend may keep a request waiting
//	answer.go     what the client is told if that failed
//
// [httputil.ReverseProxy] does the passing: it drops the fields that are meant
// for one connection only, and streams bodies, trailers, interim responses
// (1xx) and upgraded connections (WebSocket). Nothing is held back: a response
// without a Content-Length and server-sent events are flushed at each read.
// Each message is framed anew from what was understood of it, never copied
// with the framing of the other side.
//
// # Failures
//
// What becomes of a request is one [Outcome], counted once:
//
//	served        the whole response was passed on, whatever its status
//	refused       never sent: CONNECT (501), not a path (400), a loop (508)
//	client        the client left, which is no failure of a backend, as one has
//	              that ends its output; or its body was bad (400, 408, 413)
//	connect       no backend could be connected to: 502, at once
//	bad_response  the backend closed, reset or answered garbage: 502
//	timeout       no head of a response within Config.Timeout, or by the
//	              deadline of the request's context: 504
//	broken        the response ended before its end, with a part passed on
//
// A client that prefers JSON is told so in problem details (RFC 9457), with the
// outcome as the reason.
//
// A response with a Content-Length is passed on from the first bytes of its body:
// if it fails before these, it turns into a bad_response or a timeout. One that
// has begun cannot turn into an error. If its rest is missing the handler panics
// with [http.ErrAbortHandler], so that the server cuts the connection and the
// client sees that the response is not whole.
//
// # Retries
//
// A backend never sees a request twice that it may have worked on. If no
// connection could be made nothing was sent, and another backend gets the
// request, whatever its method, Config.Retries times at most. If a kept
// connection turns out to be closed before a byte of a response has come, a
// request without a body whose method is idempotent (RFC 9110, section 9.2.2),
// or that has an Idempotency-Key, is sent again on another one; that ends with
// the first new connection. All else is answered 502.
//
// # Health
//
// It is passive: nothing is sent but what clients ask for. A backend that
// cannot be connected to twice in a row is left out for a second, and twice as
// long each time that the next attempt, one request, fails too, up to 30
// seconds. If all are out, the one is tried whose time is up first: somebody
// is always asked. Slow and bad responses do not put a backend out: they may
// be the fault of one route.
//
// # Whom to believe
//
// A field such as X-Forwarded-For or Remote-User says who the client is, and
// apps believe it. It is passed on from peers in Config.TrustedProxies only;
// those of all others are dropped, in every spelling that an app could take
// for it. See forward.go.
package upstream
