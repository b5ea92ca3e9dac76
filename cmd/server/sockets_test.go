package main

import (
	"os"
	"testing"
)

func TestSocketIsExclusive(t *testing.T) {
	for name, test := range map[string]struct {
		sockets
		want bool
	}{
		"opened":                       {sockets{own: true}, true},
		"opened, and being handed on":  {sockets{own: true, handing: true}, false},
		"of systemd":                   {sockets{}, false},
		"handed over by who lives":     {sockets{own: true, predecessor: os.Getppid()}, false},
		"handed over by who has ended": {sockets{own: true, predecessor: os.Getppid() + 1}, true},
		"of systemd, and handed over":  {sockets{predecessor: os.Getppid() + 1}, false},
	} {
		if got := test.exclusive(nil); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
