package http1

// framingBytes is what the framing of a chunked body may have beside the data,
// for the body to be read ahead as a whole.
const framingBytes = 16 << 10

// An ahead is how much of the body of a request was read and judged before the
// request is served.
type ahead struct {
	chunks chunks
	judged int // bytes of a chunked body, as they came
	most   int // that are wanted; 0 if none are
}

// StartBody readies in for the body of the request whose head is complete, of
// which so many bytes are to be read ahead, and reports whether there are any. A
// body that the client does not send before it is asked to is none.
func (in *Input) StartBody(most int) bool {
	h := in.Head()
	if most <= 0 || !h.hasBody() || h.expectContinue {
		return false
	}
	in.ahead = ahead{chunks: chunks{maxBody: in.scan.maxBody}, most: most}
	return true
}

// ScanBody looks at what has come since the last call. It reports whether the
// body is complete or, if it is larger, as much of it has come as is read ahead;
// or the fault that refuses it.
func (in *Input) ScanBody() (enough bool, f *Fault) {
	h, a := in.Head(), &in.ahead
	if !h.Chunked {
		return len(in.Pending()) >= h.Size+int(min(h.Length, int64(a.most))), nil
	}
	for !a.chunks.done() {
		skip, data, f := a.chunks.next(in.Pending()[h.Size+a.judged:])
		if f != nil {
			return false, f
		}
		if skip+data == 0 {
			break
		}
		a.judged += skip + data
	}
	return a.chunks.done() || a.judged >= a.most+framingBytes, nil
}

// IsLarge reports whether the body may be larger than what is read of it ahead.
func (in *Input) IsLarge() bool {
	h := in.Head()
	return h.Chunked && !in.ahead.chunks.done() || h.Length > int64(in.ahead.most)
}

// growth is the size of the buffer that follows one that is full: twice that, or
// what is known to come.
func (in *Input) growth() int {
	size := 2 * len(in.buf)
	if h := in.Head(); in.ahead.most > 0 && !h.Chunked {
		if all := h.Size + int(min(h.Length, int64(in.ahead.most))); all > len(in.buf) {
			size = min(size, all)
		}
	}
	return size
}

// Keep accounts for the memory of in while its owner waits for more, and reports
// whether b has room for that.
func (in *Input) Keep(b *Budget) bool { return in.account.ask(b, len(in.buf)) }

// Forget undoes Keep.
func (in *Input) Forget() { in.account.close() }

// Grown reports whether in takes more memory than most requests need.
func (in *Input) Grown() bool { return len(in.buf) > inputBytes }
