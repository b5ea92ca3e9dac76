package demo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units are the suffixes of a size. "B" comes last, since the others end in it.
var units = []struct {
	suffix string
	bytes  uint64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"KB", 1e3}, {"MB", 1e6}, {"B", 1},
}

// parseSize reads a size in bytes such as "32KiB", "10MB", "512B" or "4096".
// Units are B, KB, MB (powers of 1000), KiB and MiB (powers of 1024), in any
// case; the number is whole and not negative.
func parseSize(s string) (int64, error) {
	number, unit := s, uint64(1)
	for _, u := range units {
		if cut := len(s) - len(u.suffix); cut > 0 && strings.EqualFold(s[cut:], u.suffix) {
			number, unit = s[:cut], u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("a size must be a whole number with B, KB, MB, KiB, MiB or no unit, got %q", s)
	}
	return int64(n * unit), nil
}
