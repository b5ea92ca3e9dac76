package poll

import (
	"bytes"
	"testing"

	"golang.org/x/sys/unix"

	"millpond/server/internal/http1"
)

// What TryWrite is given in two pieces arrives in their order, and it tells how much
// of both the socket has taken.
func TestTryWriteTwoPieces(t *testing.T) {
	for name, c := range map[string]struct{ p, next int }{
		"one":              {p: 100},
		"small":            {p: 100, next: 5_000},
		"large":            {p: 100, next: 1 << 20},
		"large, with tail": {p: 1 << 20, next: 100},
	} {
		t.Run(name, func(t *testing.T) {
			ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
			if err != nil {
				t.Fatal(err)
			}
			s := new(Socket)
			s.Begin(nil, new(Parking), ends[0], nil, &unix.SockaddrUnix{})
			defer s.Close()
			defer unix.Close(ends[1])
			all := make([]byte, c.p+c.next)
			for i := range all {
				all[i] = byte(i * 7 >> (i % 5))
			}
			var got []byte
			space := make([]byte, 50_000)
			for done := 0; len(got) < len(all); {
				p, next := all[min(done, c.p):c.p], all[max(done, c.p):]
				if len(p) == 0 {
					p, next = next, nil
				}
				n, err := s.TryWrite(p, next)
				done += n
				if full := done < len(all); full != (err == http1.ErrWouldBlock) || !full && err != nil {
					t.Fatalf("%d of %d bytes: %v", done, len(all), err)
				}
				for len(got) < done {
					n, err := unix.Read(ends[1], space)
					if err != nil {
						t.Fatalf("after %d of %d bytes: %v", len(got), done, err)
					}
					got = append(got, space[:n]...)
				}
			}
			if n, err := unix.Read(ends[1], space); err != unix.EAGAIN || !bytes.Equal(got, all) {
				t.Errorf("got %d bytes, not what was sent, or %d more", len(got), n)
			}
		})
	}
}
