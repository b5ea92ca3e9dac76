package http1

import (
	"bytes"
	"iter"
)

// Field returns the value of the first field with that name, or nil, as Fields
// has it.
func (in *Input) Field(name string) []byte {
	for value := range in.Fields(name) {
		return value
	}
	return nil
}

// Fields are the values of the fields with that name, which is compared without
// regard to case, in their order. The head must be complete and not consumed; the
// values are valid as long as Pending. It costs a look at each line, unless no
// name is as long, which is so for most fields that are asked for.
func (in *Input) Fields(name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if in.scan.seen.lengths&lengthBit(len(name)) == 0 {
			return
		}
		h := &in.scan.head
		lines := in.Pending()[h.start:h.Size]
		for {
			_, rest, ok := bytes.Cut(lines, []byte("\n"))
			if lines = rest; !ok || len(lines) <= len(name) {
				return
			}
			if lines[len(name)] == ':' && bytes.EqualFold(lines[:len(name)], []byte(name)) {
				line, _, _ := bytes.Cut(lines[len(name)+1:], []byte("\n"))
				if !yield(bytes.Trim(line, " \t\r")) {
					return
				}
			}
		}
	}
}

// lengthBit is the bit of seenFields.lengths for a name of n bytes.
func lengthBit(n int) uint64 { return 1 << (n % 64) }
