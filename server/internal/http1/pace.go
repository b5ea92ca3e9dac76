package http1

import (
	"math"
	"time"
)

const (
	// PaceGrace is how long a client may keep others waiting before its rate
	// counts.
	PaceGrace = 5 * time.Second

	// aheadBytes is how far a client may be ahead of the least rate: a socket
	// buffer. What one reads from its own buffer cannot be seen from here, and
	// the kernel tells of it only when much of that is empty again.
	aheadBytes = 128 << 10
)

// A Pace says how long a client may still be waited for, in one direction: as
// long as it moves MinRate bytes in each second of waiting, after PaceGrace. Only
// waiting uses it up. A client that was faster has as much time to spare as it
// takes at the least rate to move aheadBytes.
type Pace struct {
	rate  int // bytes per second; none if not positive
	left  time.Duration
	moved int64 // bytes that were credited
}

// NewPace returns the pace of a client that has moved nothing. There is no least
// rate unless minRate is positive.
func NewPace(minRate int) Pace {
	p := Pace{rate: minRate, left: PaceGrace}
	if minRate <= 0 {
		p.left = math.MaxInt64
	}
	return p
}

// Endless reports whether the client may take any time.
func (p *Pace) Endless() bool { return p.rate <= 0 }

// Left is for how long the client may still be waited for.
func (p *Pace) Left() time.Duration { return p.left }

// Waited says that the client was waited for, and that it has moved so many bytes
// in all.
func (p *Pace) Waited(wait time.Duration, moved int64) {
	if p.rate <= 0 {
		return
	}
	if more := min(moved-p.moved, aheadBytes); more > 0 {
		p.left += time.Duration(more) * time.Second / time.Duration(p.rate)
	}
	p.moved = max(p.moved, moved)
	p.left = min(p.left-wait, PaceGrace+aheadBytes*time.Second/time.Duration(p.rate))
}
