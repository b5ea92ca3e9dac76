package bench

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ReadEnv describes this machine and process. What cannot be read stays empty.
func ReadEnv() Env {
	e := Env{
		Cores: runtime.NumCPU(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		Go: runtime.Version(), GOMAXPROCS: runtime.GOMAXPROCS(0),
		CPUModel:   afterColon("/proc/cpuinfo", "model name"),
		Kernel:     firstLine("/proc/sys/kernel/osrelease"),
		Governor:   firstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
		PortRange:  strings.Join(strings.Fields(firstLine("/proc/sys/net/ipv4/ip_local_port_range")), "–"),
		SoMaxConn:  firstLine("/proc/sys/net/core/somaxconn"),
		LoadBefore: firstLine("/proc/loadavg"),
	}
	e.OpenFiles, _ = openFiles()
	if kb, ok := strings.CutSuffix(afterColon("/proc/meminfo", "MemTotal"), " kB"); ok {
		n, _ := strconv.ParseInt(strings.TrimSpace(kb), 10, 64)
		e.MemoryMB = n >> 10
	}
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) == nil {
		for cpu := range len(set) * 64 {
			if set.IsSet(cpu) {
				e.GeneratorCores = append(e.GeneratorCores, cpu)
			}
		}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				e.Revision = s.Value
			}
		}
	}
	return e
}

// firstLine returns the first line of a file, empty if it cannot be read.
func firstLine(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(line)
}

// afterColon returns the value of the first "key: value" line of a file.
func afterColon(path, key string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
