package server

import (
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"millpond/pool"
)

func TestLimits(t *testing.T) {
	workers := runtime.GOMAXPROCS(0)
	defaults := Limits{
		Discipline: pool.Adaptive, Workers: workers, Queue: 16384, UnreadyAfter: -1, MaxThreads: -1, MaxConns: defaultMaxConns(),
		MaxHeaderBytes: 32 << 10, MaxBodyBytes: -1,
		BodyBuffer: 64 << 10, WriteBuffer: 256 << 10, BufferMemory: min(availableMemory()/8, 1<<30), Streams: 1024,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: -1, WriteTimeout: -1,
		IdleTimeout: 75 * time.Second, MinRate: 240,
	}
	thread := defaults
	thread.Model, thread.Discipline, thread.Workers, thread.Queue, thread.MaxThreads = ModelThread, pool.DefaultDiscipline, -1, 0, maxThreads
	thread.Streams = -1
	for name, c := range map[string]struct {
		server *Server
		want   Limits
	}{
		"defaults": {&Server{}, defaults},
		"thread":   {&Server{Model: ModelThread}, thread},
		"all set": {&Server{
			Pool: pool.Config{Workers: 3, MinWorkers: 2, Queue: -1, MaxWait: 5}, Overflow: OverflowBlock, UnreadyAfter: 6,
			MaxConns: 7, MaxHeaderBytes: 256, MaxBodyBytes: 9,
			BodyBuffer: 10, WriteBuffer: 11, BufferMemory: 12, Streams: 13,
			ReadHeaderTimeout: 1, ReadTimeout: 2, WriteTimeout: 3, IdleTimeout: 4, MinRate: 5,
		}, Limits{
			Discipline: pool.FIFO, Workers: 3, MinWorkers: 2, MaxWait: 5, Overflow: OverflowBlock, UnreadyAfter: 6,
			MaxThreads: -1, MaxConns: 7, MaxHeaderBytes: 256, MaxBodyBytes: 9,
			BodyBuffer: 10, WriteBuffer: 11, BufferMemory: 12, Streams: 13,
			ReadHeaderTimeout: 1, ReadTimeout: 2, WriteTimeout: 3, IdleTimeout: 4, MinRate: 5,
		}},
		"none": {&Server{
			Pool: pool.Config{Workers: 1, Queue: 1}, MaxConns: -1, MaxBodyBytes: -1,
			BodyBuffer: -1, WriteBuffer: -2, BufferMemory: -3, Streams: -4,
			ReadHeaderTimeout: -1, ReadTimeout: -2, WriteTimeout: -3, IdleTimeout: -4, MinRate: -5,
		}, Limits{
			Discipline: pool.Adaptive, Workers: 1, Queue: 1, UnreadyAfter: -1, MaxThreads: -1, MaxConns: -1, MaxHeaderBytes: 32 << 10, MaxBodyBytes: -1,
			BodyBuffer: -1, WriteBuffer: -1, BufferMemory: -1, Streams: -1,
			ReadHeaderTimeout: -1, ReadTimeout: -1, WriteTimeout: -1, IdleTimeout: -1, MinRate: -1,
		}},
	} {
		if got, err := c.server.Limits(); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, c.want)
		}
		if c.server.started() != nil {
			t.Errorf("%s: Limits has started the server", name)
		}
	}
}

func TestLimitsNameEveryFault(t *testing.T) {
	for want, s := range map[string]*Server{
		"Overflow":       {Overflow: 9, Pool: pool.Config{Workers: -1}},
		"Model":          {Model: 9},
		"MaxHeaderBytes": {MaxHeaderBytes: 1},
		"Workers":        {Overflow: 9, Pool: pool.Config{Workers: -1}},
	} {
		if _, err := s.Limits(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want a fault of %s", err, want)
		}
	}
}

func TestLimitsFollowResize(t *testing.T) {
	s := &Server{Pool: pool.Config{Workers: 2, Queue: 5}}
	before, err := s.Limits()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Resize(7); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before.Workers = 7
	if got, err := s.Limits(); err != nil || got != before {
		t.Errorf("%+v, %v; want %+v", got, err, before)
	}
}

// TestLimitsAreDocumented wants each number and time in the fields of a Server to
// be in the table of what zero means.
func TestLimitsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("doc_nethttp.go")
	if err != nil {
		t.Fatal(err)
	}
	for prefix, of := range map[string]reflect.Type{"": reflect.TypeFor[Server](), "Pool.": reflect.TypeFor[pool.Config]()} {
		for _, f := range reflect.VisibleFields(of) {
			if f.IsExported() && f.Type.Kind() >= reflect.Int && f.Type.Kind() <= reflect.Int64 && !strings.Contains(string(doc), "//\t"+prefix+f.Name+" ") {
				t.Errorf("the table of the package comment lacks %s%s", prefix, f.Name)
			}
		}
	}
}
