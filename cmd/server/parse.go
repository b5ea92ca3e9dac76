package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// options are what the command line and the environment ask for.
type options struct {
	flags
	set        map[string]bool // flags that the user set, by name
	app        *kong.Application
	unknown    []idleSetting
	handedOver []idleSetting // where there is a socket already
}

// parse reads the command line, and the environment for what it leaves out. It returns the faults of both, all of
// them. Where the help or the version was asked for, it prints that to stdout and returns nil options.
func parse(args []string, stdout io.Writer) (*options, []string) {
	opts := options{set: make(map[string]bool)}
	printed := false
	parser := kong.Must(&opts.flags,
		kong.Name("server"),
		kong.Description("Serve HTTP through a bounded worker pool. Each flag can also be set by the environment variable beside it; the flag wins."),
		kong.Writers(stdout, io.Discard),
		kong.Exit(func(int) { printed = true }),
		defaults(),
		kong.Vars{"version": version()},
		kong.ExplicitGroups(groups),
		kong.DefaultEnvars(envPrefix),
		valueMappers,
	)
	opts.app, opts.unknown = parser.Model, unknownVariables(parser)

	args = joinValues(parser.Model, args)
	faults := opts.check(parser, args)
	switch {
	case opts.set["help"]: // Who asks for help gets it, whatever else is wrong.
		args = []string{"--help"}
	case len(faults) > 0:
		return nil, faults
	}
	_, err := parser.Parse(args)
	switch {
	case printed, opts.set["help"]: // also if its reader has left
		return nil, nil
	case err != nil:
		return nil, []string{faultText(err)}
	}
	return &opts, nil
}

// joinValues turns "--flag value" into "--flag=value", so that every element stands for itself and a value may begin
// with a hyphen.
func joinValues(app *kong.Application, args []string) []string {
	var joined []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		name, isLong := strings.CutPrefix(arg, "--")
		if isLong && name != "" && !strings.Contains(name, "=") && i+1 < len(args) {
			flag := lookup(app, name)
			next := args[i+1]
			if flag != nil && !flag.IsBool() || flag == nil && !strings.HasPrefix(next, "-") {
				arg += "=" + next
				i++
			}
		}
		joined = append(joined, arg)
	}
	return joined
}

func lookup(app *kong.Application, name string) *kong.Flag {
	for _, flag := range app.Flags {
		if flag.Name == name {
			return flag
		}
	}
	return nil
}

// check notes which flags are set, and returns the faults of each argument and of each variable. Kong alone would stop
// at the first.
func (o *options) check(parser *kong.Kong, args []string) []string {
	var faults []string
	try := func(arg, from string) {
		ctx, err := kong.Trace(parser, []string{arg})
		if err == nil {
			err = ctx.Error
		}
		if err != nil {
			faults = append(faults, faultText(err)+from)
			return
		}
		for _, step := range ctx.Path {
			if step.Flag == nil {
				continue
			}
			o.set[step.Flag.Name] = true
			if step.Flag.IsSlice() && arg == "--"+step.Flag.Name+"=" { // kong takes it for a list of nothing
				faults = append(faults, "--"+step.Flag.Name+" must not be empty"+from)
			}
		}
	}
	for _, arg := range args {
		try(arg, "")
	}
	for _, flag := range o.app.Flags {
		for _, env := range flag.Envs {
			if text, ok := os.LookupEnv(env); ok {
				try("--"+flag.Name+"="+text, " (from "+env+")")
			}
		}
	}
	return faults
}

// withoutEffect returns the flags that the user set for nothing, and why: as a socket was handed over, given the model,
// or as another flag is not set that they belong to.
func (o *options) withoutEffect() []idleSetting {
	idle := slices.Clone(o.handedOver)
	for _, flag := range o.app.Flags {
		if !o.set[flag.Name] {
			continue
		}
		if models := flag.Tag.Get("models"); models != "" && !strings.Contains(","+models+",", ","+o.Model+",") {
			idle = append(idle, idleSetting{"--" + flag.Name, "it has none with --model=" + o.Model})
		} else if with := flag.Tag.Get("with"); with != "" && !o.set[with] {
			idle = append(idle, idleSetting{"--" + flag.Name, "it has none without --" + with})
		}
	}
	return idle
}
