//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// handOverSignal asks for a hand-over to a new process.
var handOverSignal os.Signal = syscall.SIGUSR2

// stubborn is for how long a process that is not wanted may take to end by
// itself.
const stubborn = 5 * time.Second

// handOver starts the program of that path with args, and with the sockets, and
// returns the id of the process once that serves. Until then nothing is lost:
// this process accepts as well. If ctx ends before, so does the new process.
func (s *sockets) handOver(ctx context.Context, path string, args []string) (pid int, err error) {
	ready, theirs, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer ready.Close()
	cmd, err := s.successor(path, args, theirs)
	if err != nil {
		return 0, err
	}
	err = cmd.Start()
	for _, file := range cmd.ExtraFiles {
		file.Close()
	}
	if err != nil {
		return 0, err
	}
	defer context.AfterFunc(ctx, func() { ready.SetReadDeadline(time.Unix(1, 0)) })()
	if _, err = ready.Read(make([]byte, 1)); err == nil {
		go cmd.Wait() // so that it is not left a zombie if it ends before this process
		return cmd.Process.Pid, nil
	}
	pid = cmd.Process.Pid
	cmd.Process.Signal(syscall.SIGTERM) // it may have accepted already
	defer time.AfterFunc(stubborn, func() { cmd.Process.Kill() }).Stop()
	ended := cmd.Wait()
	if errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("process %d ended, or gave up, before it served: %v", pid, ended)
	}
	return 0, fmt.Errorf("process %d did not serve in time: %w", pid, context.Cause(ctx))
}

// successor is the command for handOver; its ExtraFiles, ready among them, are
// to be closed.
func (s *sockets) successor(path string, args []string, ready *os.File) (*exec.Cmd, error) {
	cmd := exec.Command(path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{ready}
	names := []string{readyName}
	mainName := "main"
	if s.own {
		mainName = ownName
	}
	for name, ln := range map[string]net.Listener{mainName: s.main, adminName: s.admin, agentName: s.agent} {
		if ln == nil {
			continue
		}
		file, err := duplicate(ln)
		if err != nil {
			for _, file := range cmd.ExtraFiles {
				file.Close()
			}
			return nil, err
		}
		cmd.ExtraFiles, names = append(cmd.ExtraFiles, file), append(names, name)
	}
	cmd.Env = append(os.Environ(), "LISTEN_PID="+successorPID,
		fmt.Sprintf("LISTEN_FDS=%d", len(names)), "LISTEN_FDNAMES="+strings.Join(names, ":"))
	return cmd, nil
}

// duplicate returns another descriptor of ln. Unlike that of its File method,
// it can be passed on without the socket becoming a blocking one, for this
// process too.
func duplicate(ln net.Listener) (*os.File, error) {
	conn, ok := ln.(syscall.Conn)
	if !ok {
		return nil, fmt.Errorf("a %T has no descriptor to hand over", ln)
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	var file *os.File
	var failed error
	err = raw.Control(func(fd uintptr) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		dup, err := syscall.Dup(int(fd))
		if err != nil {
			failed = os.NewSyscallError("dup", err)
			return
		}
		syscall.CloseOnExec(dup)
		file = os.NewFile(uintptr(dup), "listener")
	})
	return file, errors.Join(err, failed)
}
