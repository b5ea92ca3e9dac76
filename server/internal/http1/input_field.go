package http1

import "bytes"

// Field returns the value of the first field with that name, which is compared
// without regard to case, or nil. The head must be complete and not consumed;
// the value is valid as long as Pending. It costs a look at each line, unless no
// name is as long, which is so for most fields that are asked for.
func (in *Input) Field(name string) []byte {
	if in.scan.seen.lengths&lengthBit(len(name)) == 0 {
		return nil
	}
	h := &in.scan.head
	lines := in.Pending()[h.start:h.Size]
	for {
		_, rest, ok := bytes.Cut(lines, []byte("\n"))
		if lines = rest; !ok || len(lines) <= len(name) {
			return nil
		}
		if lines[len(name)] == ':' && bytes.EqualFold(lines[:len(name)], []byte(name)) {
			line, _, _ := bytes.Cut(lines[len(name)+1:], []byte("\n"))
			return bytes.Trim(line, " \t\r")
		}
	}
}

// lengthBit is the bit of seenFields.lengths for a name of n bytes.
func lengthBit(n int) uint64 { return 1 << (n % 64) }
