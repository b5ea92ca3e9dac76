package process

import (
	"context"
	"errors"
	"regexp"
	"strconv"
)

// burnLine finds the number in what the server logs when it starts.
var burnLine = regexp.MustCompile(`burn_per_ms=(\d+)`)

// Calibrate asks millpond's server how much work makes a millisecond on this
// machine, so that all servers can be given the same number: it starts c on the
// cores that the servers will run on, since not all cores need be equal.
func Calibrate(ctx context.Context, c Server, cores []int) (int64, error) {
	p, err := Start(ctx, c, -1, -1, cores)
	if err != nil {
		return 0, err
	}
	p.Stop() // only now is all that it logged sure to have been read
	burn, err := strconv.ParseInt(p.stderr.find(burnLine), 10, 64)
	if err != nil {
		return 0, errors.New("the server did not log its burn_per_ms: give --burn-per-ms")
	}
	return burn, nil
}
