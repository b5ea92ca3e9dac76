package pool_test

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"millpond/pool"
)

func TestConfigLimits(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	for _, test := range []struct {
		name           string
		config         pool.Config
		workers, queue int
	}{
		{"zero is the default", pool.Config{}, procs, 64 * procs},
		{"the queue follows the workers", pool.Config{Workers: 3}, 3, 192},
		{"negative: none waits", pool.Config{Workers: 3, Queue: -7}, 3, 0},
		{"both given", pool.Config{Workers: 5, Queue: 2}, 5, 2},
		{"the largest default does not overflow", pool.Config{Workers: math.MaxInt}, math.MaxInt, math.MaxInt},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newPool(t, test.config).Stats()
			if s.Workers != test.workers || s.Queue != test.queue {
				t.Errorf("got %d workers, queue %d; want %d, %d", s.Workers, s.Queue, test.workers, test.queue)
			}
		})
	}
}

func TestConfigHugeLimitsAdmit(t *testing.T) {
	p := newPool(t, pool.Config{Workers: math.MaxInt, Queue: math.MaxInt})
	for range 100 {
		try(t, p, do(func() {}))
	}
}

func TestConfigFaults(t *testing.T) {
	p, err := pool.New(pool.Config{Workers: -2})
	if p != nil || err == nil {
		t.Fatalf("got %v, %v; want an error", p, err)
	}
	for _, part := range []string{"Config.Workers", "-2", "at least 1"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestLabels(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{pool.RejectFull.String(), "queue_full"},
		{pool.RejectPaced.String(), "paced"},
		{pool.RejectDeadline.String(), "deadline"},
		{pool.RejectWaitTimeout.String(), "wait_timeout"},
		{pool.RejectClosed.String(), "draining"},
		{pool.DropPushedOut.String(), "pushed_out"},
		{pool.DropWaited.String(), "waited_too_long"},
		{pool.DropDeadline.String(), "deadline"},
		{pool.DropGone.String(), "client_gone"},
		{pool.DropShutdown.String(), "shutdown"},
		{pool.ResultOK.String(), "ok"},
		{pool.ResultPanic.String(), "panic"},
		{pool.ResultAborted.String(), "aborted"},
		{pool.NumResults.String(), "unknown_3"},
		{pool.RejectReason(255).String(), "unknown_255"},
		{pool.DropReason(255).String(), "unknown_255"},
		{pool.Result(255).String(), "unknown_255"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
