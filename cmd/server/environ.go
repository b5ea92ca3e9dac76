package main

import (
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const envPrefix = "MILLPOND"

// An idleSetting is a flag, or a variable that looks as if it were for one, which has no effect.
type idleSetting struct{ name, why string }

// unknownVariables returns the variables that are for no flag, in order.
func unknownVariables(parser *kong.Kong) (unknown []idleSetting) {
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
			unknown = append(unknown, idleSetting{name, faultText(ctx.Error)})
		}
	}
	slices.SortFunc(unknown, func(a, b idleSetting) int { return strings.Compare(a.name, b.name) })
	return unknown
}

// isServiceLink reports whether Kubernetes has set the variable for a Service with the name of this program.
func isServiceLink(rest, value string) bool {
	return strings.HasPrefix(rest, "SERVICE_") || strings.HasPrefix(rest, "PORT") && (strings.HasPrefix(rest, "PORT_") || strings.Contains(value, "://"))
}
