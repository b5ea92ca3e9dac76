package main

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/alecthomas/kong"
	"github.com/dustin/go-humanize"
)

// size is a flag's value in bytes.
type size int64

// fault is a bad value. Its text names the flag, what is allowed, and the value.
type fault string

// Error implements error.
func (f fault) Error() string { return string(f) }

// faultText returns the text of a fault as it is, without what kong puts around
// it, and makes other errors, which are about unknown flags and stray
// arguments, tell the way out.
func faultText(err error) string {
	if f, ok := errors.AsType[fault](err); ok {
		return string(f)
	}
	return printable(err.Error()) + "; see --help"
}

// printable escapes what would break the line.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// valueMappers make kong read values the way this program words its faults.
var valueMappers = kong.OptionFunc(func(k *kong.Kong) error {
	for _, option := range []kong.Option{
		kong.KindMapper(reflect.Int, value(parseWhole)),
		kong.KindMapper(reflect.String, value(parseText)),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), value(parseDuration)),
		kong.TypeMapper(reflect.TypeFor[size](), value(parseSize)),
		kong.TypeMapper(reflect.TypeFor[workers](), value(parseWorkers)),
		kong.TypeMapper(reflect.TypeFor[class](), value(parseClass)),
		kong.TypeMapper(reflect.TypeFor[field](), value(parseField)),
		kong.TypeMapper(reflect.TypeFor[netip.Prefix](), value(parsePrefix)),
	} {
		if err := option.Apply(k); err != nil {
			return err
		}
	}
	return nil
})

// value makes a mapper of a parser that returns what is allowed where it cannot
// take the text.
func value[T any](parse func(flag *kong.Value, text string) (value T, allowed string)) kong.MapperFunc {
	return func(ctx *kong.DecodeContext, target reflect.Value) error {
		got := "nothing"
		var text string
		if token, err := ctx.Scan.PopValue("value"); err == nil {
			text = token.String()
			got = quoteIfNeeded(text)
		}
		value, allowed := parse(ctx.Value, text)
		if allowed != "" {
			return fault(fmt.Sprintf("--%s must be %s, got %s", ctx.Value.Name, allowed, got))
		}
		target.Set(reflect.ValueOf(value).Convert(target.Type()))
		return nil
	}
}

// quoteIfNeeded keeps a plain word as it is, so that a fault stays one readable
// line whatever was given.
func quoteIfNeeded(text string) string {
	quoted := strconv.Quote(text)
	if text == "" || len(quoted) != len(text)+2 || strings.Contains(text, " ") {
		return quoted
	}
	return text
}

func parseWhole(flag *kong.Value, text string) (int, string) {
	low, high := bound(flag, "min", 0), bound(flag, "max", math.MaxInt)
	n, err := strconv.Atoi(text)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return 0, fmt.Sprintf("a whole number of at least %d", low)
	case n < low:
		return 0, fmt.Sprintf("at least %d", low)
	case n > high || err != nil:
		return 0, fmt.Sprintf("at most %d", high)
	}
	return n, ""
}

// bound reads a tag that bounds a number.
func bound(flag *kong.Value, tag string, otherwise int) int {
	if !flag.Tag.Has(tag) {
		return otherwise
	}
	n, err := flag.Tag.GetInt(tag)
	if err != nil {
		panic(err) // A mistake in the flags.
	}
	return int(n)
}

func parseText(flag *kong.Value, text string) (string, string) {
	switch {
	case flag.Enum != "" && !slices.Contains(flag.EnumSlice(), text):
		return "", "one of " + strings.Join(flag.EnumSlice(), ", ")
	case flag.Name == "upstream", flag.Name == "root":
		if text == "" {
			return "", "a place to serve from"
		}
	case flag.Name == "probe":
		if !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") {
			return "", "a URL such as http://127.0.0.1:9090/healthz"
		}
	case flag.Name == "access-log":
		if text == "" {
			return "", "a file, or - for standard output"
		}
	case flag.Name == "fair-by":
		name, isHeader := strings.CutPrefix(text, "header:")
		if text != "ip" && text != "none" && (!isHeader || name == "" || strings.ContainsAny(name, " :\t")) {
			return "", "ip, none, or header: and the name of a field, such as header:X-Tenant"
		}
	case flag.Enum == "" && !isAddress(text):
		return "", "an address such as 127.0.0.1:8080 or :0"
	}
	return text, ""
}

// isAddress reports whether text has a host, or none, and a port. Whether the
// host exists shows when it is used.
func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil || strings.ContainsFunc(text, unicode.IsControl) {
		return false
	}
	_, err = net.LookupPort("tcp", port)
	return err == nil
}

func parseDuration(_ *kong.Value, text string) (time.Duration, string) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, "a duration above 0 such as 500ms, 10s or 1m"
	}
	return d, ""
}

func parseSize(flag *kong.Value, text string) (size, string) {
	low, high := bound(flag, "min", 1), bound(flag, "max", math.MaxInt)
	n, err := humanize.ParseBytes(text)
	switch {
	case err == nil && uint64(low) <= n && n <= uint64(high):
		return size(n), ""
	case flag.Tag.Has("max"):
		return 0, fmt.Sprintf("a size from %d to %d bytes such as 4096 or 32KiB", low, high)
	}
	return 0, "a size of at least 1 byte such as 4096, 32KiB or 10MiB"
}
