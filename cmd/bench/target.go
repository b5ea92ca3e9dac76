package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"millpond/bench/experiment"
	"millpond/bench/load"
	"millpond/bench/process"
)

// target is what a single load goes to, and what it asks for.
type target struct {
	Address     string   `arg:"" optional:"" name:"url" help:"What to load, such as http://127.0.0.1:8080/task?cpu=5ms; with --exec a path."`
	URL         string   `name:"url" hidden:""`
	Exec        string   `help:"Command line of the server, with {addr}: it is started, pinned and measured." placeholder:"'CMD --addr {addr}'" xor:"process"`
	PID         int      `name:"pid" help:"Process of the server at the URL: it is pinned and measured." placeholder:"NUMBER" xor:"process"`
	ServerCores int      `help:"Processors for the server with --exec or --pid." default:"1" placeholder:"COUNT"`
	Request     []string `sep:"none" help:"One kind of request, with its share if there are several; repeatable. Default: GET of the URL." placeholder:"'[WEIGHT] [METHOD] PATH'"`
	Method      string   `help:"Method of the requests." default:"GET" placeholder:"NAME"`
	Header      []string `sep:"none" help:"Header field of the requests; repeatable." placeholder:"'NAME: VALUE'"`
	Body        string   `help:"Body of the requests, or @FILE." placeholder:"TEXT"`
	AllowRemote bool     `help:"Allow a URL that is not on this host."`
}

// errNoURL tells what to give.
var errNoURL = errors.New("what is to be loaded? Give a URL, such as http://127.0.0.1:8080/, or --url URL, or --exec and a path")

// suite is a suite of the one server, its processors chosen and this process
// pinned if the server's process is known.
func (t *target) suite(ctx context.Context) (*experiment.Suite, error) {
	if t.Address != "" && t.URL != "" {
		return nil, fmt.Errorf("the URL is given twice, as %q and with --url as %q", t.Address, t.URL)
	}
	t.URL = t.Address + t.URL
	server, err := t.server(ctx)
	if err != nil {
		return nil, err
	}
	s := &experiment.Suite{Servers: []process.Server{server}, Workers: -1, Queue: -1, Trials: 1}
	s.Workload.Name = t.URL
	if s.Workload.Requests, err = t.requests(); err != nil {
		return nil, err
	}
	if t.Exec == "" && t.PID == 0 {
		return s, nil
	}
	if s.Cores, err = process.SplitCores(t.ServerCores); err != nil {
		return nil, err
	}
	return s, s.Cores.PinGenerator()
}

// server is what the flags name.
func (t *target) server(ctx context.Context) (process.Server, error) {
	if t.Exec != "" {
		if t.URL != "" && !strings.HasPrefix(t.URL, "/") {
			return process.Server{}, fmt.Errorf("%q: with --exec give a path only, such as /task?cpu=5ms", t.URL)
		}
		return process.Shell("server", t.Exec)
	}
	if t.URL == "" {
		return process.Server{}, errNoURL
	}
	if t.PID < 0 {
		return process.Server{}, fmt.Errorf("--pid %d: a process has a number above 0", t.PID)
	}
	_, err := allowed(ctx, t.URL, t.AllowRemote)
	return process.Server{Name: t.URL, URL: t.URL, PID: t.PID}, err
}

// requests are what --request lists, or the one that the other flags make.
func (t *target) requests() ([]load.Request, error) {
	like := load.Request{Method: t.Method, Header: http.Header{}, Body: []byte(t.Body)}
	for _, field := range t.Header {
		name, value, ok := strings.Cut(field, ":")
		if !ok {
			return nil, fmt.Errorf("header %q: write 'NAME: VALUE'", field)
		}
		like.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	if path, ok := strings.CutPrefix(t.Body, "@"); ok {
		var err error
		if like.Body, err = os.ReadFile(path); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
	}
	if len(t.Request) == 0 {
		if t.Exec != "" {
			like.Target = t.URL
		}
		return []load.Request{like}, nil
	}
	var all []load.Request
	for _, text := range t.Request {
		r, err := parseRequest(text, like)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// methodName is what a method looks like.
var methodName = regexp.MustCompile(`^[A-Z]+$`)

// parseRequest reads "3 POST /echo": a weight, a method and a path, of which
// only the last must be there. The rest is like another request.
func parseRequest(text string, like load.Request) (load.Request, error) {
	parts := strings.Fields(text)
	if len(parts) > 1 {
		if weight, err := strconv.ParseFloat(parts[0], 64); err == nil && weight > 0 {
			like.Weight, parts = weight, parts[1:]
		}
	}
	if len(parts) > 1 {
		like.Method, parts = parts[0], parts[1:]
	}
	if len(parts) != 1 || !strings.HasPrefix(parts[0], "/") || !methodName.MatchString(like.Method) {
		return like, fmt.Errorf("request %q: write '[WEIGHT] [METHOD] PATH', such as '3 POST /echo' or /task", text)
	}
	like.Target = parts[0]
	if slices.Contains([]string{http.MethodGet, http.MethodHead}, like.Method) {
		like.Body = nil
	}
	return like, nil
}
