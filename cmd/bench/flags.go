package main

// cli is the command line: a field per command.
type cli struct {
	Contrast contrastCommand `cmd:"" default:"withargs" help:"Offer every concurrency model the same loads, from light to far beyond capacity (the default)."`
	Load     loadCommand     `cmd:"" help:"Load any URL once, open or closed loop."`
}

// output is where results go and what they are held against.
type output struct {
	Out    string   `help:"Directory for report.json." default:"bench-report" placeholder:"DIR"`
	SLO    []string `name:"slo" sep:"none" help:"Objective, such as 'p99<100ms' or 'failures<1%'; repeatable. A miss is exit code 3." placeholder:"METRIC<BOUND"`
	Strict bool     `help:"Exit with 4 when a measurement is invalid."`
}
