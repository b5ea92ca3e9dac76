package experiment

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"millpond/bench/load"
	"millpond/bench/process"
)

// Simulator is a server whose behaviour is known exactly, to check the generator
// against. Its zero value answers at once; with Servers it is a queue in front of
// so many servers whose times are exponential: M/M/c, given Poisson arrivals.
type Simulator struct {
	Servers int
	Mean    time.Duration
	Seed    uint64
}

// simulatorAnswer is as short as a real one that browsers would take.
const simulatorAnswer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n"

// job is a request at a Simulator.
type job struct {
	arrived int64
	service int64
	done    chan struct{}
}

// Serve answers connections of ln until ctx ends, and closes ln.
func (s Simulator) Serve(ctx context.Context, ln net.Listener) error {
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	var conns sync.WaitGroup
	defer conns.Wait()
	jobs := make(chan job, 1<<16)
	c := load.Clock{Start: time.Now()}
	for range s.Servers {
		conns.Go(func() { s.work(ctx, c, jobs) })
	}
	var admit sync.Mutex
	services := exponential(s.Mean, s.Seed)
	for {
		conn, err := ln.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		conns.Go(func() {
			defer conn.Close()
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			wait := make(chan struct{})
			s.converse(conn, func() {
				if s.Servers == 0 {
					return
				}
				// Service times are dealt in the order of arrival, so that the
				// same seed gives the same queue.
				admit.Lock()
				jobs <- job{arrived: c.Now(), service: services(), done: wait}
				admit.Unlock()
				select {
				case <-wait:
				case <-ctx.Done():
				}
			})
		})
	}
}

// converse answers the requests of a connection. They have no bodies, and one
// arrives at a time: the generator does not pipeline.
func (s Simulator) converse(conn net.Conn, serve func()) {
	buf := make([]byte, 4<<10)
	for {
		if _, err := conn.Read(buf); err != nil {
			return
		}
		serve()
		if _, err := io.WriteString(conn, simulatorAnswer); err != nil {
			return
		}
	}
}

// work is one server of the queue. A job ends at a time that is computed, not
// after a sleep that overshoots, so that errors do not add up in a busy period.
func (s Simulator) work(ctx context.Context, c load.Clock, jobs <-chan job) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	var free int64         // since when this server is
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-jobs:
			free = max(free, j.arrived) + j.service
			if wait := free - c.Now(); wait > 0 {
				ts := unix.NsecToTimespec(wait)
				_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
			}
			select {
			case j.done <- struct{}{}:
			case <-ctx.Done():
			}
		}
	}
}

// server is s as a command of a program that serves a Simulator when it is
// started as "simulate".
func (s Simulator) server(program string) process.Server {
	name := "no-op"
	if s.Servers > 0 {
		name = fmt.Sprintf("M/M/%d", s.Servers)
	}
	return process.Server{Name: name, Command: []string{
		program, "simulate", "--servers", strconv.Itoa(s.Servers), "--mean", s.Mean.String(), "--seed", strconv.FormatUint(s.Seed, 10),
	}}
}
