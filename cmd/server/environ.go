package main

import (
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const envPrefix = "MILLPOND"

// A variable is one of the environment that looks as if it were for a flag, and is for none.
type variable struct{ name, fault string }

// unknownVariables returns those that are there, in order.
func unknownVariables(parser *kong.Kong) (unknown []variable) {
	known := make(map[string]bool)
	for _, flag := range parser.Model.Flags {
		for _, env := range flag.Envs {
			known[env] = true
		}
	}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		rest, ours := strings.CutPrefix(name, envPrefix+"_")
		if !ours || known[name] || isServiceLink(rest, value) {
			continue
		}
		// The parser knows which flag is near.
		flag := "--" + strings.ReplaceAll(strings.ToLower(rest), "_", "-")
		if ctx, err := kong.Trace(parser, []string{flag}); err == nil && ctx.Error != nil {
			unknown = append(unknown, variable{name, faultText(ctx.Error)})
		}
	}
	slices.SortFunc(unknown, func(a, b variable) int { return strings.Compare(a.name, b.name) })
	return unknown
}

// isServiceLink reports whether Kubernetes has set the variable for a Service with the name of this program.
func isServiceLink(rest, value string) bool {
	return strings.HasPrefix(rest, "SERVICE_") || strings.HasPrefix(rest, "PORT") && (strings.HasPrefix(rest, "PORT_") || strings.Contains(value, "://"))
}
