package http1

import (
	"bytes"
	"errors"
	"io"
	"math/rand"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

const fileSize = 1 << 20

// randomFile is a file of fileSize bytes, and what is in it.
func randomFile(t *testing.T) (*os.File, []byte) {
	t.Helper()
	content := make([]byte, fileSize)
	rand.New(rand.NewSource(1)).Read(content)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file, content
}

// A file goes straight from the kernel wherever that makes no difference to what
// the client gets, and is copied elsewhere.
func TestFile(t *testing.T) {
	file, content := randomFile(t)
	pipe, _, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	serveContent := func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "file.bin", time.Time{}, file)
	}
	declared := func(f func(w http.ResponseWriter)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(fileSize))
			w.Header().Set("Content-Type", "a/b")
			f(w)
		}
	}
	get := getHost + end
	for name, c := range map[string]struct {
		request string
		handler http.HandlerFunc
		byFile  int // bytes
		want    []byte
	}{
		"whole":     {get, serveContent, fileSize, content},
		"range":     {getHost + "Range: bytes=7-900006" + end + end, serveContent, 900_000, content[7:900_007]},
		"to an end": {getHost + "Range: bytes=-500000" + end + end, serveContent, 500_000, content[fileSize-500_000:]},
		"small":     {getHost + "Range: bytes=5-1004" + end + end, serveContent, 0, content[5:1005]},
		"HEAD":      {strings.Replace(get, "GET", "HEAD", 1), serveContent, 0, nil},
		"HTTP/1.0":  {strings.Replace(get, "1.1", "1.0", 1), serveContent, fileSize, content},
		"no length": {strings.Replace(get, "1.1", "1.0", 1), func(w http.ResponseWriter, r *http.Request) { io.Copy(w, file) }, 0, content},
		"no type": {get, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(fileSize))
			io.Copy(w, file)
		}, 0, content},
		"not by its type": {get, declared(func(w http.ResponseWriter) { io.Copy(w, struct{ io.Reader }{file}) }), 0, content},
		"after others": {get, declared(func(w http.ResponseWriter) {
			w.Write(content[:10])
			file.Seek(10, io.SeekStart)
			n, err := io.Copy(w, file)
			if at, _ := file.Seek(0, io.SeekCurrent); n != fileSize-10 || err != nil || at != fileSize {
				t.Errorf("copied %d bytes, %v, to %d", n, err, at)
			}
		}), fileSize - 10, content},
		"too much": {get, declared(func(w http.ResponseWriter) {
			w.Write(content[:10])
			if n, err := io.Copy(w, file); n != fileSize-10 || err != http.ErrContentLength {
				t.Errorf("copied %d bytes, %v", n, err)
			}
		}), fileSize - 10, append(content[:10:10], content[:fileSize-10]...)},
		"limited": {get, declared(func(w http.ResponseWriter) {
			rest := &io.LimitedReader{R: file, N: fileSize / 2}
			if n, err := io.Copy(w, rest); n != fileSize/2 || err != nil || rest.N != 0 {
				t.Errorf("copied %d bytes, %v; %d are left", n, err, rest.N)
			}
			io.Copy(w, file)
		}), fileSize, content},
	} {
		t.Run(name, func(t *testing.T) {
			file.Seek(0, io.SeekStart)
			f := newFake(t, c.request)
			f.files = nil
			o, _ := f.serve(testConfig(), c.handler)
			_, body, _ := strings.Cut(f.sent(), end+end)
			if body != string(c.want) {
				t.Errorf("%d bytes that differ from the %d wanted", len(body), len(c.want))
			}
			if f.byFile != c.byFile {
				t.Errorf("%d bytes came straight from the file, want %d", f.byFile, c.byFile)
			}
			if o.Sent != int64(len(f.sent())) || o.Ending > SentLast {
				t.Errorf("outcome %+v; %d bytes were sent", o, len(f.sent()))
			}
		})
	}
}

// A client that takes a file by and by is waited for as for any other response,
// and what the buffers can keep is not waited for.
func TestFileToSlowReader(t *testing.T) {
	file, content := randomFile(t)
	bothTransports(t, getHost+end, func(t *testing.T, f *fake) {
		file.Seek(0, io.SeekStart)
		cfg := testConfig()
		cfg.WriteBuffer, cfg.Memory = 100_000, NewBudget(1<<20)
		f.files, f.room = nil, 1000
		stop := make(chan struct{})
		go func() {
			for tick := time.NewTicker(time.Second); ; {
				select {
				case <-tick.C:
					f.change(func() { f.room += 50_000 })
				case <-stop:
					tick.Stop()
					return
				}
			}
		}()
		o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "file.bin", time.Time{}, file)
			synctest.Wait()
			f.change(func() { f.room = -1 })
		})
		close(stop)
		if _, body, _ := strings.Cut(f.sent(), end+end); body != string(content) {
			t.Errorf("%d bytes that differ", len(body))
		}
		if f.byFile < fileSize-cfg.WriteBuffer || o.Ending != Sent {
			t.Errorf("%d bytes straight from the file, %v", f.byFile, o.Ending)
		}
	})
}

// Whoever sends the file, the errors are those of a copy.
func TestFileErrors(t *testing.T) {
	file, content := randomFile(t)
	for name, c := range map[string]struct {
		prepare func(*fake, *Config)
		during  func(http.ResponseWriter)
		want    error
		ending  Ending
		sent    int
	}{
		"shrinks":  {func(*fake, *Config) { file.Truncate(600_000) }, nil, nil, SentLast, 600_000},
		"no room":  {func(f *fake, cfg *Config) { f.room, cfg.MinRate = 500_000, 1000 }, nil, os.ErrDeadlineExceeded, Failed, -1},
		"too late": {func(f *fake, cfg *Config) { cfg.WriteTimeout = time.Second }, func(http.ResponseWriter) { time.Sleep(time.Second) }, os.ErrDeadlineExceeded, Failed, 0},
		"deadline": {func(f *fake, cfg *Config) { f.room = 500_000 }, func(w http.ResponseWriter) {
			http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Second))
		}, os.ErrDeadlineExceeded, Failed, -1},
		"leaves":      {func(f *fake, cfg *Config) { f.files = syscall.EPIPE; f.end(writing, syscall.EPIPE) }, nil, syscall.EPIPE, Failed, 0},
		"unsupported": {func(f *fake, cfg *Config) { f.files = syscall.EINVAL }, nil, nil, Sent, fileSize},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if _, err := file.WriteAt(content, 0); err != nil {
					t.Fatal(err)
				}
				file.Seek(0, io.SeekStart)
				f, cfg := newFake(t, getHost+end), testConfig()
				f.files = nil
				c.prepare(f, cfg)
				o, _ := f.serve(cfg, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Length", strconv.Itoa(fileSize))
					w.Header().Set("Content-Type", "a/b")
					if c.during != nil {
						c.during(w)
					}
					if _, err := io.Copy(w, file); !errors.Is(err, c.want) {
						t.Errorf("Copy: %v, want %v", err, c.want)
					}
				})
				_, body, _ := strings.Cut(f.sent(), end+end)
				if !bytes.HasPrefix(content, []byte(body)) || o.Ending != c.ending || c.sent >= 0 && len(body) != c.sent {
					t.Errorf("%d bytes, outcome %+v; want %d, %v", len(body), o, c.sent, c.ending)
				}
			})
		})
	}
}
