package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"millpond/bench/experiment"
	"millpond/bench/process"
)

// runtimeProcs is the least GOMAXPROCS.
const runtimeProcs = 8

// console is what a command gets besides its flags.
type console struct {
	args   []string
	stdout io.Writer
	stderr io.Writer
}

// run is the whole program: it parses args, runs a command, and returns the exit
// code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	// The loop that sends comes back from the kernel thousands of times a second,
	// and needs a processor of the runtime's each time. With only as many as there
	// are cores it would wait for one that some other thread holds, perhaps a
	// thread that the kernel does not let run.
	runtime.GOMAXPROCS(max(runtimeProcs, runtime.GOMAXPROCS(0)))
	defer process.KeepPinning()()
	err := execute(ctx, args, stdout, stderr)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "bench: interrupted")
	default:
		fmt.Fprintln(stderr, "bench:", err)
	}
	return exitCode(ctx, err)
}

// execute parses args and runs the command that they name.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var commands cli
	helped := false
	parser, err := kong.New(&commands,
		kong.Name("bench"),
		kong.Description("Load an HTTP server honestly, and see what a bound on concurrency buys."),
		kong.Vars{"trials": "1", "cores": "1", "duration": "4s", "warmup": "1s", "rows": strconv.Itoa(lastRow(experiment.Scenarios()))},
		durations,
		kong.ValueFormatter(helpOf),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&console{args: args, stdout: stdout, stderr: stderr}),
	)
	if err != nil {
		return err
	}
	chosen, err := parser.Parse(args)
	if helped {
		return nil
	}
	if err != nil {
		return usageError{fmt.Errorf("%w (see %s --help)", err, commandOf(err))}
	}
	if err := emptyList(chosen); err != nil {
		return usageError{err}
	}
	return chosen.Run()
}

// emptyList is about a list of numbers that was given with none in it: whoever
// wrote --rows=$ROWS did not mean all of them.
func emptyList(chosen *kong.Context) error {
	for _, p := range chosen.Path {
		if f := p.Flag; f != nil && f.IsSlice() && f.Target.Len() == 0 && f.Target.Type().Elem().Kind() != reflect.String {
			return fmt.Errorf("--%s is empty. It takes: %s", f.Name, f.Help)
		}
	}
	return nil
}

// commandOf is how the command begins that an error is about.
func commandOf(err error) string {
	if parse, ok := errors.AsType[*kong.ParseError](err); ok && parse.Context.Selected() != nil {
		return "bench " + parse.Context.Selected().Name
	}
	return "bench"
}

// helpOf is the help of a flag with its default, of which a placeholder takes the place.
func helpOf(v *kong.Value) string {
	help := kong.DefaultHelpValueFormatter(v)
	if v.Default == "" || v.Default == "-1" || strings.Contains(help, "Default:") {
		return help
	}
	return help + " Default: " + v.Default + "."
}
