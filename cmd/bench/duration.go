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
