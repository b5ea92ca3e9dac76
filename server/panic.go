package server

import (
	"log/slog"
	"runtime/debug"

	"millpond/server/internal/http1"
)

// No panic ends the process, and none is silent. That of a handler is logged
// with its request, and answered; one anywhere else, in a hook for instance,
// is logged, and costs its connection.

// survive ends c, and nothing else, when a stage has panicked. It is to be
// deferred by whoever owns c.
func (c *conn) survive() {
	if value := recover(); value != nil {
		c.panicked(value)
	}
}

// panicked ends c after a panic.
func (c *conn) panicked(value any) {
	c.engine.logPanic("panic while a connection was moved on; it is closed", value, debug.Stack())
	if c.state != stateClosed {
		defer c.survive() // a hook may panic at that, too
		c.close(ClosePanic)
	}
}

func (e *engine) logPanic(message string, value any, stack []byte) {
	e.log.Error(message, slog.Any("panic", value), slog.String("stack", string(stack)))
}

// handlerPanicked logs the panic of a handler.
func (c *conn) handlerPanicked(o *http1.Outcome) {
	c.engine.log.Error("handler panicked",
		slog.Any("panic", o.Panic), slog.String("method", o.Method), slog.String("path", o.Path),
		slog.String("remote", c.peer.Remote), slog.String("stack", string(o.Stack)))
	c.engine.trace.panicked(o.Panic)
}

// A handlerPanic tells the pool, which counts it, of a panic that was logged.
type handlerPanic struct{ value any }

// poolPanicked is what a pool calls: users is the user's own hook, if any.
func (e *engine) poolPanicked(users func(any, []byte)) func(any, []byte) {
	return func(value any, stack []byte) {
		handlers, known := value.(handlerPanic)
		switch {
		case known && users != nil:
			users(handlers.value, stack)
		case users != nil:
			users(value, stack)
		case !known:
			e.logPanic("panic on a worker", value, stack)
		}
	}
}
