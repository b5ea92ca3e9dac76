package http1

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// unchunk gives input to a scanner of chunks, piece by piece, and returns the
// data, what follows the body, and the fault, if any. Whole is false if the body
// has not come to its end.
func unchunk(input string, cuts ...int) (data, rest string, c chunks, f *Fault) {
	c.maxBody = maxBody
	var pending []byte
	from := 0
	for _, cut := range append(cuts, len(input)) {
		pending = append(pending, input[from:cut]...)
		from = cut
		for !c.done() {
			skip, n, f := c.next(pending)
			data += string(pending[skip : skip+n])
			pending = pending[skip+n:]
			if f != nil {
				return data, "", c, f
			}
			if n == 0 {
				break
			}
		}
	}
	return data, string(pending), c, nil
}

// hi is a body of two bytes whose chunk has that after its size.
func hi(behind string) string { return "2" + behind + "\r\nhi\r\n0\r\n\r\n" }

// badChunks are bodies that are not in the chunked coding, by what is wrong.
var badChunks = map[string]struct {
	input string
	want  *Fault
}{
	"no size":                   {"\r\nhi\r\n0\r\n\r\n", faultChunk},
	"space before":              {" 2\r\nhi\r\n0\r\n\r\n", faultChunk},
	"space after":               {hi(" "), faultChunk},
	"tab after":                 {hi("\t"), faultChunk},
	"sign":                      {"+2\r\nhi\r\n0\r\n\r\n", faultChunk},
	"prefix":                    {"0x2\r\nhi\r\n0\r\n\r\n", faultChunk},
	"bare LF after the size":    {"2\nhi\r\n0\r\n\r\n", faultChunk},
	"bare CR after the size":    {"2\rhi\r\n0\r\n\r\n", faultChunk},
	"CR CR LF":                  {hi("\r"), faultChunk},
	"bare LF after the data":    {"2\r\nhi\n0\r\n\r\n", faultChunk},
	"nothing after the data":    {"2\r\nhi0\r\n\r\n", faultChunk},
	"more data":                 {"2\r\nhig\r\n0\r\n\r\n", faultChunk},
	"bare LF after the last":    {"2\r\nhi\r\n0\n\r\n", faultChunk},
	"bare LF as the end":        {"2\r\nhi\r\n0\r\n\n", faultChunk},
	"bare CR as the end":        {"2\r\nhi\r\n0\r\n\rX", faultChunk},
	"17 digits":                 {strings.Repeat("0", 16) + "2\r\nhi\r\n0\r\n\r\n", faultChunk},
	"a line of 4 KiB + 1":       {hi(";" + strings.Repeat("x", maxChunkLine-len("2;\r\n")+1)), faultChunk},
	"extensions of 8 KiB + 1":   {extended(maxExtensionBytes + 1), faultChunk},
	"empty extension":           {hi(";"), faultChunk},
	"extension with no name":    {hi(";=y"), faultChunk},
	"extension with no value":   {hi(";x="), faultChunk},
	"quotes that do not end":    {hi(`;x="y`), faultChunk},
	"quotes that do not end \\": {hi(`;x="y\`), faultChunk},
	"something after quotes":    {hi(`;x="y"z`), faultChunk},
	"NUL in quotes":             {hi(";x=\"\x00\""), faultChunk},
	"NUL after a backslash":     {hi(";x=\"\\\x00\""), faultChunk},
	"space in an extension":     {hi("; x"), faultChunk},
	"over the limit":            {fmt.Sprintf("%x\r\n", maxBody+1), faultBodyLarge},
	"over the limit in all":     {fmt.Sprintf("1\r\nx\r\n%x\r\n", maxBody), faultBodyLarge},
	"2^63 - 1":                  {"7fffffffffffffff\r\n", faultBodyLarge},
	"2^64 - 1":                  {"ffffffffffffffff\r\n", faultBodyLarge},
	"trailer folded":            {"0\r\nA: b\r\n c\r\n\r\n", faultFold},
	"trailer with a space":      {"0\r\nA : b\r\n\r\n", faultFieldName},
	"trailer with no colon":     {"0\r\nA\r\n\r\n", faultFieldName},
	"trailer with a NUL":        {"0\r\nA: \x00\r\n\r\n", faultFieldValue},
	"trailer with a bare CR":    {"0\r\nA: b\rc\r\n\r\n", faultChunk},
	"trailer with a bare LF":    {"0\r\nA: b\n\r\n", faultChunk},
	"101 trailers":              {"0\r\n" + strings.Repeat("A: b\r\n", maxFields+1) + "\r\n", faultTrailerLarge},
	"trailers of 8 KiB + 1":     {trailed(maxTrailerBytes + 1), faultTrailerLarge},
}

// goodChunks are bodies of "hi" that must be read.
var goodChunks = map[string]string{
	"plain":                hi(""),
	"two":                  "1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
	"16 digits":            strings.Repeat("0", 15) + hi(""),
	"zeros at the end":     "2\r\nhi\r\n000\r\n\r\n",
	"extensions":           hi(`;a;b=c;d="e;\" f"`),
	"extension at the end": "2\r\nhi\r\n0;a\r\n\r\n",
	"a line of 4 KiB":      hi(";" + strings.Repeat("x", maxChunkLine-len("2;\r\n"))),
	"100 trailers":         "2\r\nhi\r\n0\r\n" + strings.Repeat("A: b\r\n", maxFields) + "\r\n",
	"empty trailer":        "2\r\nhi\r\n0\r\nA:\r\n\r\n",
}

// extended is a body of chunks of a byte whose extensions have n bytes in all.
func extended(n int) string {
	var b strings.Builder
	for ; n > 1000; n -= 1000 {
		fmt.Fprintf(&b, "1;%s\r\nx\r\n", strings.Repeat("e", 999))
	}
	fmt.Fprintf(&b, "1;%s\r\nx\r\n0\r\n\r\n", strings.Repeat("e", n-1))
	return b.String()
}

// trailed is an empty body with a trailer section of n bytes.
func trailed(n int) string {
	return "0\r\nA: " + strings.Repeat("b", n-len("A: \r\n\r\n")) + "\r\n\r\n"
}

func TestChunksRejected(t *testing.T) {
	for name, test := range badChunks {
		if data, rest, c, f := unchunk(test.input); f != test.want {
			t.Errorf("%s: %.80q is %v, %q with %q after it, done %v; want %v", name, test.input, f, data, rest, c.done(), test.want)
		}
	}
}

func TestChunksAccepted(t *testing.T) {
	for name, input := range goodChunks {
		if data, rest, c, f := unchunk(input + "next"); f != nil || data != "hi" || rest != "next" || !c.done() {
			t.Errorf("%s: %.80q is %v, %q with %q after it, done %v", name, input, f, data, rest, c.done())
		}
	}
	for name, input := range map[string]string{
		"extensions of 8 KiB": extended(maxExtensionBytes),
		"trailers of 8 KiB":   trailed(maxTrailerBytes),
	} {
		if _, _, c, f := unchunk(input); f != nil || !c.done() {
			t.Errorf("%s: %v, done %v", name, f, c.done())
		}
	}
}

func TestChunksOfTheLimit(t *testing.T) {
	for over, want := range []*Fault{nil, faultBodyLarge} {
		c := chunks{maxBody: 3}
		if _, _, f := c.next(fmt.Appendf(nil, "%x\r\n", 3+over)); f != want {
			t.Errorf("a chunk of %d bytes, where 3 may come: %v; want %v", 3+over, f, want)
		}
	}
	c := chunks{maxBody: -1, size: 5}
	if _, _, f := c.next([]byte("7fffffffffffffff\r\n")); f != faultBodyLarge {
		t.Errorf("more than there are numbers for: %v; want %v", f, faultBodyLarge)
	}
}

// FuzzChunks holds the scanner to its two promises: the verdict does not depend
// on how the input was split, and net/http reads what it accepts as it does.
func FuzzChunks(f *testing.F) {
	for _, test := range badChunks {
		if len(test.input) < 100 {
			f.Add(test.input)
		}
	}
	for _, input := range goodChunks {
		if len(input) < 100 {
			f.Add(input)
			f.Add(input + input)
		}
	}
	f.Fuzz(func(t *testing.T, input string) {
		data, rest, c, fault := unchunk(input)
		var each []int
		for cut := range len(input) {
			each = append(each, cut)
		}
		check := func(cuts ...int) {
			data2, rest2, c2, fault2 := unchunk(input, cuts...)
			if fault2 != fault || c2.done() != c.done() || fault == nil && (data2 != data || rest2 != rest || !reflect.DeepEqual(c2.trailer, c.trailer)) {
				t.Errorf("%q whole: %v, %q, %q, done %v\ncut at %v: %v, %q, %q, done %v",
					input, fault, data, rest, c.done(), cuts, fault2, data2, rest2, c2.done())
			}
		}
		check(each...)
		for cut := 0; cut < len(input); cut += 1 + len(input)/64 {
			check(cut)
		}
		if fault == nil && c.done() {
			checkChunksAgainstNetHTTP(t, input, data, rest, c.trailer)
		}
	})
}

// checkChunksAgainstNetHTTP wants http.ReadRequest to read the body so.
func checkChunksAgainstNetHTTP(t *testing.T, input, data, rest string, trailer http.Header) {
	t.Helper()
	const head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
	br := bufio.NewReaderSize(strings.NewReader(head+input), 2*maxTrailerBytes) // it wants to see all trailers at once
	r, err := http.ReadRequest(br)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := io.ReadAll(r.Body)
	if err != nil || string(theirs) != data {
		t.Fatalf("%q is %q, and to net/http %q, %v", input, data, theirs, err)
	}
	behind, err := io.ReadAll(br)
	if err != nil || string(behind) != rest {
		t.Fatalf("behind %q is %q, and to net/http %q, %v", input, rest, behind, err)
	}
	if len(trailer)+len(r.Trailer) > 0 && !reflect.DeepEqual(trailer, r.Trailer) {
		t.Fatalf("the trailer of %q is %v, and to net/http %v", input, trailer, r.Trailer)
	}
}
