package main

import (
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/alecthomas/kong"
)

// durations reads times, and tells those who forget the unit what they may have meant.
var durations = kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("time", &text); err != nil {
		return err
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		if _, number := strconv.ParseFloat(text, 64); number == nil {
			return fmt.Errorf("%q has no unit: did you mean %ss?", text, text)
		}
		return fmt.Errorf("%q is not a time: write 10s, 250ms or 1m30s", text)
	}
	target.SetInt(int64(d))
	return nil
}))

// numbers reads numbers, and tells what they look like.
var numbers = kong.OptionFunc(func(k *kong.Kong) error {
	for kind, mapper := range map[reflect.Kind]kong.Mapper{
		reflect.Float64: number("a number such as 1.5", func(text string) (float64, error) { return strconv.ParseFloat(text, 64) }),
		reflect.Int:     number("a whole number", strconv.Atoi),
		reflect.Uint64:  number("a whole number of at least 0", func(text string) (uint64, error) { return strconv.ParseUint(text, 10, 64) }),
	} {
		if err := kong.KindMapper(kind, mapper).Apply(k); err != nil {
			return err
		}
	}
	return nil
})

// number reads what parse does, which looks like that.
func number[T any](like string, parse func(string) (T, error)) kong.MapperFunc {
	return func(ctx *kong.DecodeContext, target reflect.Value) error {
		token, err := ctx.Scan.PopValue("number")
		if err != nil {
			return err
		}
		n, err := parse(token.String())
		if err != nil {
			return fmt.Errorf("write %s, not %q", like, token)
		}
		target.Set(reflect.ValueOf(n).Convert(target.Type()))
		return nil
	}
}
