package demo

import "testing"

func TestParseSize(t *testing.T) {
	for s, want := range map[string]int64{
		"0": 0, "4096": 4096, "512B": 512, "32KiB": 32 << 10, "10MiB": 10 << 20, "3KB": 3000, "2MB": 2e6, "1kib": 1024,
		"9223372036854775807": 1<<63 - 1,
	} {
		if got, err := parseSize(s); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", "B", "KiB", "-1", "+1", "1.5KiB", "1 KiB", "0x10", "1_000", "1GiB", "9223372036854775808", "9223372036854775807KiB"} {
		if got, err := parseSize(s); err == nil {
			t.Errorf("%q is accepted as %d", s, got)
		}
	}
}
