package main

import (
	"net/netip"
	"reflect"
	"testing"
	"time"

	"millpond/pool"
	"millpond/server"
)

func TestWorkers(t *testing.T) {
	for text, want := range map[string]workers{"1": {0, 1}, "auto": {1, autoWorkers}, "4..64": {4, 64}, "7..7": {7, 7}} {
		if got := mustParse(t, "--workers="+text).Workers; got != want {
			t.Errorf("--workers=%s is %v, want %v", text, got, want)
		}
	}
}

// TestWorkersOfBackends checks that nothing but --workers holds requests back from
// backends, unless it says so itself.
func TestWorkersOfBackends(t *testing.T) {
	for text, want := range map[string]int{"64": 64, "auto": 1, "4..64": 4} {
		if got := limits(t, "--upstream=http://127.0.0.1:3000", "--workers="+text).MinWorkers; got != want {
			t.Errorf("--workers=%s: %d start whatever the processors have to do, want %d", text, got, want)
		}
	}
	if got := limits(t, "--workers=64").MinWorkers; got != 0 {
		t.Errorf("without backends %d start whatever the processors have to do, want 0", got)
	}
}

func TestClasses(t *testing.T) {
	got := mustParse(t, "--class=reports=/reports/* workers=2 borrow queue-wait=2s priority=low", "--class", "pay=/pay priority=critical").classes()
	want := []server.Class{
		{Class: pool.Class{Name: "reports", Workers: 2, Borrow: true, QueueWait: 2 * time.Second, Priority: -1}, Path: "/reports/*"},
		{Class: pool.Class{Name: "pay", Priority: 2}, Path: "/pay"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// FuzzParseClass checks that what is accepted has a name and a path.
func FuzzParseClass(f *testing.F) {
	f.Add("reports=/reports/* workers=2 borrow queue-wait=2s priority=low")
	f.Fuzz(func(t *testing.T, text string) {
		if c, allowed := parseClass(nil, text); allowed == "" && (c.Name == "" || c.Path == "" || c.Workers < 0 || c.QueueWait < 0) {
			t.Errorf("%q is %+v", text, c)
		}
	})
}

func TestTrustedProxies(t *testing.T) {
	got := mustParse(t, "--trusted-proxy=10.0.0.0/8", "--trusted-proxy=::1").TrustedProxy
	if want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestServerRefusesBadClasses has a fault that only shows with all flags
// together.
func TestServerRefusesBadClasses(t *testing.T) {
	for _, args := range [][]string{
		{"--class=a=/a workers=2", "--workers=2"},
		{"--class=a=/a", "--class=a=/b"},
		{"--discipline=adaptive", "--overflow=block"},
	} {
		if _, err := mustParse(t, args...).newServer(nil).Limits(); err == nil {
			t.Errorf("%q are accepted", args)
		}
	}
}
