package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version describes this build, from what the Go tool stamped into it.
func version() string {
	version, revision := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = ", " + s.Value
			}
		}
	}
	return fmt.Sprintf("millpond %s (%s %s/%s%s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, revision)
}
