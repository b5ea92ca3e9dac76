package bench

import (
	"time"

	"github.com/prometheus/procfs"
)

// maxForeign is the share of the generator's or the server's processors that
// anything else may use before a trial is no longer believed.
const maxForeign = 0.05

// neighbours watches who else uses the processors of a trial: other processes,
// and other virtual machines, as far as the hypervisor admits them.
type neighbours struct {
	parties []party
}

// party is one side of a trial on its own processors.
type party struct {
	name  string
	cores []int
	own   func() float64 // its CPU time in seconds
	start coreTime
}

// coreTime is a reading of how busy some processors have been, in seconds.
type coreTime struct {
	at   time.Time
	busy float64
	own  float64
}

// watchNeighbours begins to watch.
func watchNeighbours(cores Cores, server func() float64) *neighbours {
	n := &neighbours{}
	if cores.Shared() {
		return n
	}
	n.parties = []party{
		{name: "generator", cores: cores.Generator, own: func() float64 { return processCPU().Seconds() }},
		{name: "server", cores: cores.Server, own: server},
	}
	for i := range n.parties {
		n.parties[i].start = n.parties[i].read()
	}
	return n
}

// judge rejects a trial that was disturbed.
func (n *neighbours) judge(v *Validity) {
	for _, p := range n.parties {
		if share := p.foreign(p.read()); share > maxForeign {
			v.reject("Something else used %.0f %% of the processor of the %s.", 100*share, p.name)
		}
	}
}

// read takes a reading. Interrupts are left out, since those of the loopback
// are the load itself. Where the kernel does not tell, nothing was busy.
func (p *party) read() coreTime {
	c := coreTime{at: time.Now(), own: p.own()}
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return c
	}
	stat, err := fs.Stat()
	if err != nil {
		return c
	}
	for _, core := range p.cores {
		cpu := stat.CPU[int64(core)]
		c.busy += cpu.User + cpu.Nice + cpu.System + cpu.Steal
	}
	return c
}

// foreign is the share of the processors that others used since the start.
func (p *party) foreign(now coreTime) float64 {
	wall := now.at.Sub(p.start.at).Seconds() * float64(len(p.cores))
	if wall <= 0 {
		return 0
	}
	return max(0, (now.busy-p.start.busy)-(now.own-p.start.own)) / wall
}
