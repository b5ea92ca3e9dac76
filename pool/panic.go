package pool

import (
	"log/slog"
	"runtime/debug"
)

// shield calls a callback of the pool's user, so that a panic in it is reported
// and does not keep the pool from its work.
func (p *Pool) shield(callback func()) {
	defer p.report()
	callback()
}

// report recovers and reports a panic. It must be deferred.
func (p *Pool) report() {
	if value := recover(); value != nil {
		p.panicked(value, debug.Stack())
	}
}

// panicked reports a recovered panic. One in the report itself is logged.
func (p *Pool) panicked(value any, stack []byte) {
	if p.config.Panicked == nil {
		slog.Error("pool: panic", "value", value, "stack", string(stack))
		return
	}
	defer func() {
		if again := recover(); again != nil {
			slog.Error("pool: panic in Config.Panicked", "value", again, "stack", string(debug.Stack()))
			slog.Error("pool: panic", "value", value, "stack", string(stack))
		}
	}()
	p.config.Panicked(value, stack)
}
