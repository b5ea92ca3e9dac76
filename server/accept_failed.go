package server

import (
	"errors"
	"log/slog"
	"syscall"
	"time"
)

const (
	minBackoff = 5 * time.Millisecond // after a failure to accept, doubling
	maxBackoff = time.Second

	// sayEvery is the least time between two records of failures: where each
	// connection that leaves lets one in, they would come by the hundred.
	sayEvery = time.Second
)

// acceptFailed counts a failure, and reports whether to try again. Unless it
// was the connection that failed, it keeps the gate shut for a while. Where files
// are short, a connection that can be done without has to leave. It is
// false only where trying again is in vain: a gate that is shut for a
// surprising reason would be a server that is up and serves nobody.
func (e *engine) acceptFailed(err error, b *backoff) (again bool) {
	kind := AcceptOther
	if isAny(err, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM) {
		kind = AcceptNoFiles
	}
	e.counters.acceptErrors[kind].Add(1)
	_, isErrno := errors.AsType[syscall.Errno](err)
	switch {
	case isAny(err, syscall.ECONNABORTED, syscall.EINTR):
		return true
	case !isErrno || isAny(err, syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK, syscall.EOPNOTSUPP):
		return false // it is the listener
	}
	delay := b.next()
	said := []any{slog.Any("err", err), slog.Duration("after", delay)}
	if kind == AcceptNoFiles {
		e.closeOldest() // as at MaxConns, which is too many
		said = append(said, slog.String("hint", "raise the limit on open files (ulimit -n), or lower MaxConns"))
	}
	if more, due := b.say(e.now()); due {
		e.log.Error("accept failed; trying again", append(said, slog.Int("failures", more))...)
	}
	e.gate.shut(shutByFailure)
	time.AfterFunc(delay, func() { e.gate.open(shutByFailure) })
	return true
}

func isAny(err error, targets ...error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// A backoff doubles from minBackoff to maxBackoff.
type backoff struct {
	last   time.Duration
	unsaid int           // failures since the last record
	quiet  time.Duration // until then there is no other
}

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, minBackoff), maxBackoff)
	return b.last
}

// say counts a failure and reports whether it is time to log, and how many there
// were since the last time.
func (b *backoff) say(now time.Duration) (failures int, due bool) {
	if b.unsaid++; now < b.quiet {
		return 0, false
	}
	failures, b.unsaid, b.quiet = b.unsaid, 0, now+sayEvery
	return failures, true
}

func (b *backoff) reset() { b.last = 0 }
