package process

import (
	"time"

	"github.com/prometheus/procfs"

	"millpond/bench"
)

// maxForeign is the share of the server's processors that anything else may use
// before a trial is no longer believed. For the generator's there is no such
// rule: what disturbs it shows in the send-time error.
const maxForeign = 0.05

// Interference watches who else uses the server's processors: other processes,
// and other virtual machines, as far as the hypervisor admits them.
type Interference struct {
	cores []int
	own   func() float64 // the server's CPU time, in seconds
	start coreTime
}

// coreTime is a reading of how busy some processors have been, in seconds.
type coreTime struct {
	at   time.Time
	busy float64
	own  float64
}

// WatchInterference begins to watch.
func WatchInterference(cores []int, own func() float64) *Interference {
	n := &Interference{cores: cores, own: own}
	n.start = n.read()
	return n
}

// Judge rejects a trial that was disturbed.
func (n *Interference) Judge(v *bench.Validity) {
	if share := n.foreign(n.read()); share > maxForeign {
		v.Reject("Something else used %.0f %% of the server's processor.", 100*share)
	}
}

// read takes a reading. Interrupts are left out, since those of the loopback
// are the load itself. Where the kernel does not tell, nothing was busy.
func (n *Interference) read() coreTime {
	c := coreTime{at: time.Now(), own: n.own()}
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return c
	}
	stat, err := fs.Stat()
	if err != nil {
		return c
	}
	for _, core := range n.cores {
		cpu := stat.CPU[int64(core)]
		c.busy += cpu.User + cpu.Nice + cpu.System + cpu.Steal
	}
	return c
}

// foreign is the share of the processors that others used since the start.
func (n *Interference) foreign(now coreTime) float64 {
	wall := now.at.Sub(n.start.at).Seconds() * float64(len(n.cores))
	if wall <= 0 {
		return 0
	}
	return max(0, (now.busy-n.start.busy)-(now.own-n.start.own)) / wall
}
