package server

// requestStack is what building, handling and answering a plain request takes.
const requestStack = 6 << 10

// growStack makes the stack of the goroutine as large as a request needs, while
// it is shallow. A goroutine is often new, and would otherwise grow its stack
// step by step, and copy it each time, on the way down to the handler: that is
// half of the time of a small request (BenchmarkRequest).
//
//go:noinline
func growStack(use bool) (n int) {
	if use { // never: it is the size of the frame that counts
		var room [requestStack]byte
		for i := range room {
			room[i] = byte(n + i)
			n += int(room[i/2])
		}
	}
	return n
}
