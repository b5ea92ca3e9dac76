package http1

import (
	"errors"
	"testing"
)

// What is queued goes out in its order, as far as it is taken, and is counted.
func TestOutput(t *testing.T) {
	for room := range 12 {
		f := newFake(t, "")
		f.room = room
		o := NewOutput()
		o.Queue([]byte("abc"))
		o.SetStatic([]byte("def"))
		o.Queue([]byte("gh"))
		o.SetStatic([]byte("ij"))
		const all = "abcdefghij"
		if o.Len() != len(all) {
			t.Fatalf("%d bytes are queued, want %d", o.Len(), len(all))
		}
		want := error(ErrWouldBlock)
		if room >= len(all) {
			want = nil
		}
		if err := o.Flush(f); err != want {
			t.Errorf("room for %d: %v, want %v", room, err, want)
		}
		sent := min(room, len(all))
		if f.sent() != all[:sent] || o.Sent() != int64(sent) || o.Len() != len(all)-sent {
			t.Errorf("room for %d: got %q, sent %d, %d left", room, f.sent(), o.Sent(), o.Len())
		}
		f.room = -1
		o.Queue([]byte("k"))
		if err := o.Flush(f); err != nil || f.sent() != all+"k" || o.Sent() != int64(len(all)+1) || o.Len() != 0 {
			t.Errorf("then: %v, got %q, sent %d, %d left", err, f.sent(), o.Sent(), o.Len())
		}
		o.Release()
	}
}

func TestOutputOfFailingTransport(t *testing.T) {
	f, lost := newFake(t, ""), errors.New("lost")
	f.end(writing, lost)
	o := NewOutput()
	o.Queue([]byte("abc"))
	if err := o.Flush(f); err != lost || o.Sent() != 0 || o.Len() != 3 {
		t.Errorf("%v, sent %d, %d left", err, o.Sent(), o.Len())
	}
	o.Release()
	if o := NewOutput(); o.Len() != 0 || o.Sent() != 0 {
		t.Errorf("a new output has %d bytes, and has sent %d", o.Len(), o.Sent())
	}
}

// What nothing to do with the network waits for can go on after ErrWouldBlock.
func TestErrWouldBlock(t *testing.T) {
	temporary, ok := ErrWouldBlock.(interface{ Temporary() bool })
	if !ErrWouldBlock.Timeout() || !ok || !temporary.Temporary() || ErrWouldBlock.Error() == "" {
		t.Errorf("%v must be a timeout, and temporary", ErrWouldBlock)
	}
}
