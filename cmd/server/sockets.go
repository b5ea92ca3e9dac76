package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/coreos/go-systemd/v22/activation"
)

// Names of what a process is started with, as FileDescriptorName= of systemd
// gives them. A socket of any other name is the main one.
const (
	adminName = "admin" // the socket of the admin address
	agentName = "agent" // that of the agent address
	readyName = "ready" // a pipe to the process that this one replaces
	ownName   = "own"   // the main socket, if that process has not inherited it either
)

// successorPID stands for the process id in LISTEN_PID, which nobody knows
// before there is the process.
const successorPID = "successor"

// sockets are what the program serves on. What it is started with, by systemd
// or by the process that it replaces, both of which use the protocol of
// sd_listen_fds(3), it does not open itself.
type sockets struct {
	main  net.Listener
	admin net.Listener // nil without an admin address
	agent net.Listener // nil without an agent address
	ready *os.File     // nil if this process replaces none

	own         bool // main was opened by this process, or one that it replaces
	handing     bool // it is being handed over, or has been
	predecessor int  // process id of who handed it over, which may not have ended yet
}

// exclusive reports whether no other process has the main socket.
func (s *sockets) exclusive(net.Listener) bool {
	return s.own && !s.handing && (s.predecessor == 0 || os.Getppid() != s.predecessor)
}

// inherit takes what this process was started with. It is called once.
func inherit() (*sockets, error) {
	if os.Getenv("LISTEN_PID") == successorPID {
		os.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
	}
	s := new(sockets)
	var faults []error
	for _, file := range activation.Files(true) {
		s.own = s.own || file.Name() == ownName
		if file.Name() == readyName {
			s.ready, s.predecessor = file, os.Getppid()
			continue
		}
		faults = append(faults, s.adopt(file))
		file.Close()
	}
	if err := errors.Join(faults...); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// adopt makes file, of which it keeps a duplicate, one of the sockets.
func (s *sockets) adopt(file *os.File) error {
	ln, err := net.FileListener(file)
	if err != nil {
		return fmt.Errorf("socket %q that was handed over: %w; it must be a stream socket that listens", file.Name(), err)
	}
	place := &s.main
	switch file.Name() {
	case adminName:
		place = &s.admin
	case agentName:
		place = &s.agent
	}
	if *place != nil {
		ln.Close()
		return fmt.Errorf("socket %q that was handed over is one too many; there is one main socket, one that is named %s, and one %s", file.Name(), adminName, agentName)
	}
	*place = ln
	return nil
}

// close closes all that there is.
func (s *sockets) close() {
	for _, ln := range []net.Listener{s.main, s.admin, s.agent} {
		if ln != nil {
			ln.Close()
		}
	}
	if s.ready != nil {
		s.ready.Close()
	}
}

// tellPredecessor says that this process serves, if it replaces another one.
func (s *sockets) tellPredecessor() error {
	if s.ready == nil {
		return nil
	}
	_, err := s.ready.Write([]byte{1})
	return errors.Join(err, s.ready.Close())
}
