package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"millpond/bench"
)

// Exit codes; [exitHelp] says when.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitGate        = 3
	exitInvalid     = 4
	exitInterrupted = 130
)

// exitHelp is what every command says of its exit code.
const exitHelp = `Exit codes: 0 all is well; 1 the run failed, or a server died, lied or served nothing; 2 the command line is wrong; ` +
	`3 an objective (--slo), a bound (--fail-on) or a target was missed, or nothing was found that keeps it; ` +
	`4 the measurement cannot be believed: nothing could be sent, no trial was valid, the instrument failed its check, or with --strict any trial was invalid; ` +
	`130 it was interrupted. Of several, 4 for --strict comes first, then 3, 4 and 1.`

var (
	errGate    = errors.New("an objective was missed")
	errInvalid = errors.New("a measurement is invalid")
	errFault   = errors.New("a server is at fault")
)

// usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exitCode is the exit code of a command that ended with err.
func exitCode(ctx context.Context, err error) int {
	_, usage := errors.AsType[usageError](err)
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil:
		return exitInterrupted
	case usage:
		return exitUsage
	case errors.Is(err, errGate):
		return exitGate
	case errors.Is(err, errInvalid):
		return exitInvalid
	}
	return exitFailed
}

// fared says how a result fared that is whole: the one rule for every command
// that measures.
func fared(r *bench.Result, strict bool) error {
	if strict && !r.Valid() {
		return errInvalid
	}
	found := make([]error, 0, len(r.Runs)+1)
	if slices.ContainsFunc(r.Gates, func(g bench.Gate) bool { return !g.Passed }) {
		found = append(found, errGate)
	}
	for i := range r.Runs {
		found = append(found, answered(&r.Runs[i]))
	}
	for _, worst := range []error{errGate, errInvalid, errFault} {
		if i := slices.IndexFunc(found, func(err error) bool { return errors.Is(err, worst) }); i >= 0 {
			return found[i]
		}
	}
	return nil
}

// answered tells why a run has no good answer. Servers that a search or a
// scenario breaks on its way are no fault: that is what it does.
func answered(run *bench.Run) error {
	switch {
	case run.Instrument != nil:
		if fault := run.Instrument.Fault(); fault != "" {
			return fmt.Errorf("%w: %s; try again where nothing else uses the processors", errInvalid, fault)
		}
	case run.Sizing != nil:
		return sized(run)
	case run.Limit != nil:
		return limited(run.Limit)
	case run.Targets != nil:
		if slices.ContainsFunc(run.Targets, func(t bench.Target) bool { return !t.Met }) {
			return errGate
		}
	default:
		return served(run)
	}
	return nil
}

// sized is why a search for a size ended without one: for the server's sake, or
// because nothing could be believed.
func sized(run *bench.Run) error {
	telling := func(t bench.Trial) bool { return t.Validity.Valid || t.Fault != "" }
	switch {
	case run.Sizing.Found():
		return nil
	case slices.ContainsFunc(run.Trials, telling):
		return fmt.Errorf("%w: no size was found that keeps %s", errGate, run.Sizing.Objective)
	}
	return fmt.Errorf("%w: no trial of a size was; try again where nothing else uses the processors", errInvalid)
}

// limited is why a search for the highest rate ended without one.
func limited(l *bench.Limit) error {
	switch {
	case l.Rate.Known():
		return nil
	case l.Lost == nil: // it was not for the server's sake
		return fmt.Errorf("%w: %s; try again where nothing else uses the processors", errInvalid, l.Why)
	}
	return fmt.Errorf("%w: no rate was found that keeps it", errGate)
}

// served tells what is wrong with a server that was only loaded, or with who loaded it.
func served(run *bench.Run) error {
	if len(run.Refused) > 0 {
		return fmt.Errorf("%w: %s", errFault, run.Refused[0])
	}
	for i := range run.Trials {
		switch t := &run.Trials[i]; {
		case t.Search:
		case t.Offered > 0 && t.Outcomes.Unsent == t.Offered:
			return fmt.Errorf("%w: %s", errInvalid, t.Validity.Reasons[0])
		case t.Broken():
			return fmt.Errorf("%w: %s %s", errFault, t.Server, t.Fault)
		}
	}
	return nil
}
