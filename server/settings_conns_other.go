//go:build !unix

package server

import "math"

// defaultMaxConns is no limit where open files have none.
func defaultMaxConns() int { return math.MaxInt }
