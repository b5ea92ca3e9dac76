package upstream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"

	"millpond/server/internal/problem"
)

// A verdict is what has become of a request.
type verdict struct {
	result  Result
	settled bool // result is final
}

// fail answers for a request that has no response, or one of which nothing was
// passed on. If the client has left there is nobody to answer.
func (x *exchange) fail(w http.ResponseWriter, _ *http.Request, err error) {
	if cause := x.cause(); cause != nil {
		err = cause
	}
	outcome, status := x.classify(err)
	x.settle(outcome, status, err)
	switch {
	case x.reply.hijacked:
		return
	case status == 0:
		panic(http.ErrAbortHandler)
	}
	x.reply.restore()
	x.tell(w, status, http.StatusText(status), details[outcome])
}

// details say why to clients that ask for JSON.
var details = [NumOutcomes]string{
	OutcomeClient:      "the body of the request could not be read",
	OutcomeConnect:     "the app cannot be reached",
	OutcomeBadResponse: "the app did not answer as HTTP has it",
	OutcomeTimeout:     "the app did not answer in time",
}

// tell answers in the place of a backend: with text or, if the client prefers
// JSON, with the outcome and detail as problem details, as the server does that
// refuses a request.
func (x *exchange) tell(w http.ResponseWriter, status int, text, detail string) {
	if !problem.Preferred([]byte(strings.Join(x.in.Header["Accept"], ","))) {
		http.Error(w, text, status)
		return
	}
	w.Header().Set("Content-Type", problem.Type)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	io.WriteString(w, problem.JSON(status, x.result.Outcome.String(), detail))
}

// cause is why the exchange was ended before its time, if it was.
func (x *exchange) cause() error {
	if x.ctx == nil {
		return nil
	}
	return context.Cause(x.ctx)
}

// classify returns what err makes of a request without a response: the
// outcome and the status, 0 for none. What ended the request comes before
// what followed from that.
func (x *exchange) classify(err error) (Outcome, int) {
	_, unreachable := errors.AsType[connectError](err)
	switch bad := x.upload.failed(); {
	case errors.Is(err, errSlow), x.in.Context().Err() == context.DeadlineExceeded:
		return OutcomeTimeout, http.StatusGatewayTimeout
	case x.in.Context().Err() != nil, x.reply.hijacked:
		return OutcomeClient, 0
	case bad != nil:
		return OutcomeClient, statusOfBody(bad)
	case unreachable:
		return OutcomeConnect, http.StatusBadGateway
	}
	return OutcomeBadResponse, http.StatusBadGateway
}

// statusOfBody returns the status for a body that could not be read.
func statusOfBody(err error) int {
	_, large := errors.AsType[*http.MaxBytesError](err)
	switch {
	case large:
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

// settle fixes what has become of the request, if that was open.
func (x *exchange) settle(o Outcome, status int, err error) {
	if x.settled {
		return
	}
	x.settled = true
	x.result.Outcome, x.result.Status, x.result.Err = o, status, err
}

var errClientLeft = errors.New("the client left before it had the whole response")

// outcome returns what has become of the request, when all has been passed on
// that could be.
func (x *exchange) outcome() Outcome {
	d, status := x.download, x.result.Status
	switch {
	case x.settled: // by refuse or fail
	case x.reply.err != nil:
		x.settle(OutcomeClient, status, x.reply.err)
	case d == nil, d.err == io.EOF: // an upgrade, or a whole body
		x.settle(OutcomeServed, status, nil)
	case d.err == nil, x.in.Context().Err() == context.Canceled:
		x.settle(OutcomeClient, status, errClientLeft)
	default:
		err := d.err
		if cause := x.cause(); cause != nil {
			err = cause
		}
		x.settle(OutcomeBroken, status, err)
	}
	return x.result.Outcome
}

// end counts the request out and lets go of all that it holds.
func (x *exchange) end() {
	outcome := x.outcome()
	if x.cancel != nil {
		x.patience.enter(settled)
		x.cancel(nil)
	}
	if x.body != nil {
		x.body.Close() // ReverseProxy leaves it open if an upgrade fails.
	}
	x.result.Retries = len(x.tried) + max(0, x.connections-1)
	x.backends.end(x.backend, outcome, x.result.Retries)
	if x.backend != nil {
		x.result.Backend = x.backend.name
	}
	if x.result.Err != nil {
		x.debug("request not served", "outcome", outcome.String(), "backend", x.result.Backend, "err", x.result.Err)
	}
	if x.config.Trace.Done != nil {
		x.config.Trace.Done(x.result)
	}
}
