package main

import (
	"net/http"
	"syscall"
	"testing"
)

// TestLogsWhoseReadersLeave closes the other ends of standard output and standard
// error: the program serves on, and ends as it should.
func TestLogsWhoseReadersLeave(t *testing.T) {
	p := startBinary(t, buildBinary(t), "--access-log=-")
	for _, end := range p.pipes {
		end.Close()
	}
	for range 20 {
		if status, _ := get(t, "http://"+p.addr+"/mill"); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	}
	p.signal(t, syscall.SIGTERM)
	p.cmd.Wait() // The error repeats the exit code.
	if code := p.cmd.ProcessState.ExitCode(); code != exitOK {
		t.Errorf("%v", p.cmd.ProcessState)
	}
}
