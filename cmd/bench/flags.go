package main

// cli is the command line: a field per command.
type cli struct {
	Contrast  contrastCommand  `cmd:"" default:"withargs" help:"Offer every concurrency model the same loads, from light to far beyond capacity (the default)."`
	Pulse     pulseCommand     `cmd:"" help:"Load beyond capacity for a while: how long until the server is back?"`
	Retry     retryCommand     `cmd:"" help:"The same with clients that retry: does the server come back at all?"`
	Idle      idleCommand      `cmd:"" help:"Idle, half-sent and slow connections beside a steady probe."`
	Size      sizeCommand      `kong:"cmd,set='trials=3',set='cores=0',help='How many workers, how long a queue?'"`
	Load      loadCommand      `cmd:"" set:"duration=10s" help:"Load any URL once, open or closed loop."`
	Overload  overloadCommand  `kong:"cmd,set='duration=2s',set='warmup=500ms',set='trials=5',help='Put the pool of millpond through every kind of overload, and hold it against its targets.'"`
	Proxy     proxyCommand     `kong:"cmd,set='duration=8s',set='trials=3',help='Load an app alone and behind millpond and HAProxy, and what these cost.'"`
	Limit     limitCommand     `cmd:"" help:"Find the highest rate that a server takes within an objective."`
	Compare   compareCommand   `cmd:"" help:"Compare two report.json and claim only differences that are not chance."`
	Versus    versusCommand    `cmd:"" set:"trials=10" help:"Load two builds of millpond's server in turns: what has changed?"`
	Check     checkCommand     `cmd:"" help:"Let the instrument examine itself."`
	All       allCommand       `cmd:"" help:"All experiments, one report."`
	Neighbour neighbourCommand `cmd:"" hidden:"" help:"Take a share of the processor."`
	Simulate  simulateCommand  `cmd:"" hidden:"" help:"Serve what check measures."`
}

// output is where results go and what they are held against.
type output struct {
	Out      string   `help:"Directory for report.html, and for report.json with a flat summary for scripts." default:"bench-report" placeholder:"DIR"`
	Markdown string   `help:"Also write the headline for a README to FILE, and its chart beside it as .svg." placeholder:"FILE"`
	SLO      []string `name:"slo" sep:"none" help:"Objective, such as 'p99<100ms' or 'failures<1%'; repeatable. A miss is exit code 3." placeholder:"METRIC<BOUND"`
	Strict   bool     `help:"Exit with 4 when a measurement is invalid."`
}

// Help is what the help of every command that measures says beside its flags.
func (*output) Help() string { return exitHelp }
