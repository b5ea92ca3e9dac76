package main

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/dustin/go-humanize"

	"millpond/server"
)

// flags is the command line. Beside kong's own tags, models names the models in which a flag has an effect (all, if
// absent), with another flag that it takes for that, and min and max bound a number. A zero number or pointer leaves the default to the server.
type flags struct {
	Addr      string `group:"listen" placeholder:"HOST:PORT" help:"Where to serve; port 0 picks a free one. Default: :8080, on every interface, with --upstream or --root, and 127.0.0.1:8080 for the demo."`
	AdminAddr string `group:"listen" placeholder:"HOST:PORT" help:"Serve /metrics, /healthz, /readyz, the live page /status and pprof here, and only here; without a HOST, this machine alone gets in. Default: the first three on the main address, and /status if that is loopback."`

	AgentAddr string `group:"listen" models:"pool" placeholder:"HOST:PORT" help:"Answer HAProxy's agent-check here, with a weight by headroom, and drain while draining. Default: nowhere."`

	Upstream        []string      `group:"serve" sep:"none" placeholder:"URL" help:"Pass requests on to this backend, such as http://127.0.0.1:3000 or unix:/run/app.sock; repeatable. Default: serve the demo."`
	UpstreamTimeout time.Duration `group:"serve" with:"upstream" default:"30s" placeholder:"TIME" help:"For a backend to begin its answer, and to go on with it. Default: ${default}."`
	Root            string        `group:"serve" placeholder:"DIR" help:"Serve the files of this directory. Default: serve the demo."`
	List            bool          `group:"serve" with:"root" help:"List directories of --root that have no index.html."`
	Demo            bool          `group:"serve" help:"Serve all of the demo on any address. Default: /task, by which anybody can take the CPU and the memory, only on loopback."`

	Model         string         `group:"work" enum:"pool, goroutine, thread, nethttp" default:"pool" placeholder:"MODEL" help:"Who runs a request: a worker of the pool, a goroutine or a thread per connection, or net/http. One of ${enum}. Default: ${default}."`
	Workers       workers        `group:"work" models:"pool" placeholder:"N" help:"Requests that run at once: a number; auto, as many as help, up to 4096; or LEAST..MOST, of which the first start whatever the processors have to do, as all do with --upstream and a number. Default: GOMAXPROCS."`
	Queue         *int           `group:"work" models:"pool" min:"0" max:"1000000000" placeholder:"N" help:"Requests that may wait for a worker; 0: none waits. Default: 16384, which bounds memory only, and 64 x workers without the adaptive discipline."`
	Discipline    string         `group:"work" models:"pool" enum:"default, adaptive, fifo" default:"default" placeholder:"HOW" help:"Who is served under overload: adaptive bounds the time that requests wait and serves the newest first, fifo serves the oldest and bounds their number. One of ${enum}: adaptive, and fifo with --overflow=block."`
	MaxWait       time.Duration  `group:"work" models:"pool" placeholder:"TIME" help:"For how long a request waits for a worker at most. Default: found out, from 250ms to 500ms; none with --discipline=fifo."`
	Class         []class        `group:"work" models:"pool" sep:"none" placeholder:"NAME=PATH" help:"Keep the requests of some paths apart, such as 'reports=/reports/* workers=2 borrow queue-wait=2s priority=low'; repeatable."`
	FairBy        string         `group:"work" models:"pool" placeholder:"WHOM" default:"ip" help:"Under overload, clients get equal shares: by ip, by header:NAME, or none. Default: ${default}."`
	TrustedProxy  []netip.Prefix `group:"work" models:"pool" placeholder:"NETWORK" help:"A balancer whose X-Forwarded-For says who the client is, such as 10.0.0.0/8; repeatable."`
	UnreadyAfter  time.Duration  `group:"work" models:"pool" placeholder:"TIME" help:"Answer /readyz with 503 when overload has lasted so long. Default: never."`
	ServerTiming  bool           `group:"work" models:"pool,goroutine,thread" help:"Say in a Server-Timing field how long a request waited and ran."`
	Overflow      string         `group:"work" models:"pool" enum:"reject, block" default:"reject" placeholder:"HOW" help:"When the queue is full: reject answers 503 with Retry-After, block stops reading and accepting, so that TCP pushes back. One of ${enum}. Default: ${default}."`
	ORCA          bool           `name:"orca" group:"work" models:"pool" help:"Say in each answer how loaded the server is, for Envoy and other balancers (endpoint-load-metrics)."`
	RefusalHeader []field        `group:"work" models:"pool,goroutine,thread" sep:"none" placeholder:"NAME:VALUE" help:"A field of every answer with which the server itself refuses a request, such as 'Access-Control-Allow-Origin: *'; repeatable."`
	BurnPerMs     int            `group:"work" min:"0" placeholder:"N" help:"Iterations of CPU work that /task does per millisecond; 0 measures this machine. Give every server of a comparison the same number. Default: measured at start."`

	MaxConns     int           `group:"limits" models:"pool,goroutine,thread" min:"1" placeholder:"N" help:"Open connections, at least 1; at the cap, accepting stops. Default: 90 % of the open-file limit."`
	MaxHead      size          `group:"limits" models:"pool,goroutine,thread" min:"256" max:"1048576" default:"${max_head}" placeholder:"SIZE" help:"Largest request head, in bytes or with KiB, MiB, KB or MB, up to 1MiB. A request line is held to 8KiB and a field to 16KiB, or to more by as much as this exceeds 32KiB, and a head to 100 fields. Default: ${default}."`
	MaxBody      size          `group:"limits" models:"pool,goroutine,thread" default:"10MiB" placeholder:"SIZE" help:"Largest request body, likewise. Default: ${default}."`
	BodyBuffer   size          `group:"limits" models:"pool,goroutine,thread" min:"0" max:"1073741824" default:"${body_buffer}" placeholder:"SIZE" help:"How much of a body is read before its request is queued, so that it holds no worker while it comes. Default: ${default}."`
	WriteBuffer  size          `group:"limits" models:"pool" min:"0" max:"1073741824" default:"${write_buffer}" placeholder:"SIZE" help:"How much of a response is kept for a client that does not take it at once, so that its handler can go on. Default: ${default}."`
	BufferMemory size          `group:"limits" models:"pool,goroutine,thread" placeholder:"SIZE" help:"Memory for all that is kept so, of all connections together. Default: an eighth of what there is, at most 1GiB."`
	Streams      int           `group:"limits" models:"pool" min:"1" max:"1000000" default:"${streams}" placeholder:"N" help:"Handlers that hold no worker because they wait for their clients, in a larger body or response, or have taken the connection; one more gets a 503, or fails. Default: ${default}."`
	HeadTimeout  time.Duration `group:"limits" models:"pool,goroutine,thread" default:"${head_timeout}" placeholder:"TIME" help:"For a whole request head to arrive, such as 500ms, 10s or 1m. Default: ${default}."`
	BodyTimeout  time.Duration `group:"limits" models:"pool,goroutine,thread" placeholder:"TIME" help:"For a whole request to arrive, head and body. Default: none, as --min-rate is the better defence."`
	WriteTimeout time.Duration `group:"limits" models:"pool,goroutine,thread" placeholder:"TIME" help:"From the end of a request's head to that of its response. Default: none, likewise."`
	MinRate      int           `group:"limits" models:"pool,goroutine,thread" min:"0" default:"${min_rate}" placeholder:"N" help:"Bytes a second that a client must send of a body, or take of a response, after 5s; 0: none. Default: ${default}."`
	IdleTimeout  time.Duration `group:"limits" models:"pool,goroutine,thread" default:"${idle_timeout}" placeholder:"TIME" help:"For the next request on a kept connection. Default: ${default}."`
	DrainTimeout time.Duration `group:"limits" default:"30s" placeholder:"TIME" help:"For open requests to end after SIGINT, SIGTERM, SIGHUP or a hand-over (SIGUSR2); what is left is cut. Default: ${default}."`

	LogLevel  string `group:"log" enum:"debug, info, warn, error" default:"info" placeholder:"LEVEL" help:"Least severe level to log to standard error. One of ${enum}. Default: ${default}."`
	LogFormat string `group:"log" enum:"text, json" default:"text" placeholder:"FORMAT" help:"One of ${enum}. Default: ${default}."`

	AccessLog     string `group:"log" models:"pool,goroutine,thread" placeholder:"FILE" help:"Log each request as a line of JSON to this file, or to standard output if it is a hyphen. No request waits for that: what is too much is dropped, and counted. After a rotation, SIGUSR2 opens the file anew."`
	AccessLogRate int    `group:"log" with:"access-log" models:"pool,goroutine,thread" min:"1" default:"1000" placeholder:"N" help:"Lines a second of requests that succeed, and as many of others; the rest is sampled out. Default: ${default}."`

	Probe   string           `group:"log" env:"-" placeholder:"URL" help:"Ask a server that runs for this, such as http://127.0.0.1:9090/healthz, and exit: with 0 after a 200, with 1 otherwise."`
	Version kong.VersionFlag `group:"log" env:"-" help:"Print the version and exit."`
}

// defaults are those of the server, by the name of their flag.
func defaults() kong.Vars {
	limits, err := new(server.Server).Limits()
	if err != nil {
		panic(err) // A Server without any setting has no fault.
	}
	return kong.Vars{
		"max_head":     sizeText(int64(limits.MaxHeaderBytes)),
		"body_buffer":  sizeText(int64(limits.BodyBuffer)),
		"write_buffer": sizeText(int64(limits.WriteBuffer)),
		"streams":      strconv.Itoa(limits.Streams),
		"head_timeout": limits.ReadHeaderTimeout.String(),
		"min_rate":     strconv.Itoa(limits.MinRate),
		"idle_timeout": limits.IdleTimeout.String(),
	}
}

// sizeText is a size as one would give it.
func sizeText(bytes int64) string {
	return strings.ReplaceAll(humanize.IBytes(uint64(bytes)), " ", "")
}

// groups are the headings of the help, in its order.
var groups = []kong.Group{
	{Key: "listen", Title: "Addresses:"},
	{Key: "serve", Title: "What to serve:"},
	{Key: "work", Title: "Work:"},
	{Key: "limits", Title: "Limits:"},
	{Key: "log", Title: "Log and information:"},
}
