package process

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"millpond/bench"
)

// Server is something to be loaded: a command that is started afresh for each
// trial, or the URL of a server that runs anyway.
type Server struct {
	Name string
	// Command is a program and its arguments, in which {addr}, {workers} and
	// {queue} are replaced. Without {addr} the program must print a line with its
	// URL, "… serving http://127.0.0.1:PORT …", on standard output.
	Command []string
	// Backend, if not empty, is the command of an app that is started before
	// it, on the same processors, and belongs to it: its URL replaces
	// {backend}.
	Backend []string
	// URL is loaded as it is if Command is empty. PID, if it is known, is
	// pinned and watched.
	URL string
	PID int
}

// Millpond is millpond's server in one of its Models. Only the pool is told
// workers and queue, since the others have no bound to set. Negative workers or
// queue leave the server's default; negative burn lets it calibrate itself.
func Millpond(server, model string, burn int64, workers, queue int) Server {
	command := []string{server, "--addr", "127.0.0.1:0", "--model", model}
	if burn >= 0 {
		command = append(command, "--burn-per-ms", strconv.FormatInt(burn, 10))
	}
	if model == "pool" {
		if workers >= 0 {
			command = append(command, "--workers", "{workers}")
		}
		if queue >= 0 {
			command = append(command, "--queue", "{queue}")
		}
	}
	return Server{Name: model, Command: command}
}

// Shell is a server of the user's own: a line for the shell, which must have
// {addr} in it.
func Shell(name, line string) (Server, error) {
	if !strings.Contains(line, "{addr}") {
		return Server{}, &bench.ConfigError{Err: fmt.Errorf("command %q: it must have {addr}, which becomes the address to listen on: add --addr {addr}, or whatever the server calls it", line)}
	}
	// exec, so that the signals meant for the server do not stop at a shell.
	return Server{Name: name, Command: []string{"/bin/sh", "-c", "exec " + line}}, nil
}

// fill replaces the placeholders of the command. It returns the address that
// {addr} stands for, empty if there is none.
func (c Server) fill(workers, queue int, backend string) (args []string, addr string, err error) {
	for _, a := range c.Command {
		if strings.Contains(a, "{addr}") && addr == "" {
			if addr, err = freeAddress(); err != nil {
				return nil, "", err
			}
		}
		args = append(args, strings.NewReplacer(
			"{addr}", addr, "{backend}", backend, "{workers}", strconv.Itoa(workers), "{queue}", strconv.Itoa(queue),
		).Replace(a))
	}
	return args, addr, nil
}

// Takes tells whether the command has a placeholder.
func (c Server) Takes(placeholder string) bool {
	return strings.Contains(strings.Join(c.Command, " "), placeholder)
}

// freeAddress finds a port that nobody listens on at the moment.
func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}
