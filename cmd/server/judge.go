package main

import (
	"slices"
	"strings"

	"millpond/pool"
	"millpond/server"
	"millpond/server/upstream"
)

// judge returns the faults that a value alone does not show: of flags that do not go together, and of what only the
// packages know that are to use it. Those are asked about one flag at a time, so that each fault names its flag.
func (o *options) judge() (faults []string) {
	if len(o.Upstream) > 0 && o.Root != "" {
		faults = append(faults, "--upstream and --root do not go together: choose one")
	}
	if o.Demo && !o.isDemo() {
		faults = append(faults, "--demo goes neither with --upstream nor with --root: choose one")
	}
	if o.Overflow == "block" && o.Discipline == "adaptive" {
		faults = append(faults, "--overflow=block, which refuses nobody, and --discipline=adaptive do not go together: choose one")
	}
	if len(o.Upstream) > 0 {
		_, err := upstream.New(upstream.Config{Backends: o.Upstream})
		faults = append(faults, faultsOf("--upstream", err)...)
	}
	if o.Model == modelNetHTTP {
		return faults // the others have no effect, of which the log tells
	}
	all := o.newServer(nil)
	for flag, part := range map[string]*server.Server{
		"--class":          {Classes: all.Classes, Pool: pool.Config{Workers: all.Pool.Workers}},
		"--fair-by":        {FairBy: all.FairBy},
		"--refusal-header": {Refusals: all.Refusals},
	} {
		_, err := part.Limits()
		faults = append(faults, faultsOf(flag, err)...)
	}
	slices.Sort(faults)
	return faults
}

// faultsOf are the lines of an error about a flag, without the way that it has come.
func faultsOf(flag string, err error) (faults []string) {
	if err == nil {
		return nil
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		for _, way := range []string{"server: ", "upstream: ", "Pool: ", "pool: ", "Config."} {
			line = strings.TrimPrefix(line, way)
		}
		faults = append(faults, flag+": "+line)
	}
	return faults
}
