package server

import (
	"cmp"
	"errors"
	"log/slog"
	"math"
	"net/http"

	"millpond/pool"
)

// poolConfig is that of the user with the server's own defaults.
func (set *settings) poolConfig(cfg pool.Config) pool.Config {
	if cfg.Discipline == pool.DefaultDiscipline {
		cfg.Discipline = pool.Adaptive
		if set.overflow == OverflowBlock {
			cfg.Discipline = pool.FIFO
		}
	}
	if cfg.Gate == nil {
		cfg.Gate = pool.NewGate()
	}
	cfg.Classes = set.classes.forPool()
	return cfg
}

// settings are the fields with the defaults filled in, or every fault at once.
func (s *Server) settings() (settings, error) {
	set := settings{
		handler:      s.Handler,
		model:        s.Model,
		overflow:     s.Overflow,
		discipline:   s.Pool.Discipline,
		headTimeout:  timeout(s.ReadHeaderTimeout, defaultHeadTimeout),
		readTimeout:  max(s.ReadTimeout, 0),
		writeTimeout: max(s.WriteTimeout, 0),
		idleTimeout:  timeout(s.IdleTimeout, defaultIdleTimeout),
		maxHead:      cmp.Or(s.MaxHeaderBytes, defaultMaxHead),
		maxBody:      cmp.Or(max(s.MaxBodyBytes, 0), -1),
		maxConns:     s.MaxConns,
		maxThreads:   maxThreads,
		minRate:      orDefault(s.MinRate, defaultMinRate),
		streams:      s.Streams,
		bodyBuffer:   orDefault(s.BodyBuffer, defaultBodyBuffer),
		writeBuffer:  orDefault(s.WriteBuffer, defaultWriteBuffer),
		bufferMemory: s.BufferMemory,
		control:      s.Control,
		unreadyAfter: s.UnreadyAfter,
		serverTiming: s.ServerTiming,
		noOptions:    s.DisableGeneralOptionsHandler,
		noKeepAlives: &s.noKeepAlives,
		connState:    s.ConnState,
		exclusive:    s.Exclusive,
		baseContext:  s.BaseContext,
		connContext:  s.ConnContext,
	}
	if s.ReadHeaderTimeout == 0 && s.ReadTimeout > 0 {
		set.headTimeout = min(set.headTimeout, s.ReadTimeout)
	}
	set.fillBounds()
	if set.handler == nil {
		set.handler = http.DefaultServeMux
	}
	logs, handler := newLogQueue(s.logHandler())
	set.logs, set.log = logs, slog.New(handler)
	if s.Trace != nil {
		set.trace = *s.Trace
	}
	faults := []error{set.check()}
	var err error
	set.classes, err = newClassTable(s.Classes)
	faults = append(faults, err, s.Refusals.check())
	set.fairness, err = newFairness(s.FairBy, s.TrustedProxies)
	return set, errors.Join(append(faults, err)...)
}

// fillBounds fills in the bounds whose default is found out, or whose none is a
// number too large to matter.
func (set *settings) fillBounds() {
	set.maxDrain = lingerBytes + min(set.maxBody, math.MaxInt64-lingerBytes)
	if set.maxBody < 0 {
		set.maxDrain = lingerBytes + lingerBody
	}
	switch {
	case set.streams == 0:
		set.streams = defaultStreams
	case set.streams < 0:
		set.streams = math.MaxInt32
	}
	switch {
	case set.bufferMemory == 0:
		set.bufferMemory = min(availableMemory()/8, mostBufferMemory)
	case set.bufferMemory < 0:
		set.bufferMemory = math.MaxInt64
	}
	switch {
	case set.maxConns == 0:
		set.maxConns = defaultMaxConns()
	case set.maxConns < 0:
		set.maxConns = math.MaxInt
	}
}

// logHandler is where the log goes.
func (s *Server) logHandler() slog.Handler {
	switch {
	case s.Logger != nil:
		return s.Logger.Handler()
	case s.ErrorLog != nil:
		return lines{s.ErrorLog}
	}
	return slog.Default().Handler()
}
