package deploy

import (
	"debug/elf"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestDockerfileStatic checks that what the Dockerfile builds needs no other file.
func TestDockerfileStatic(t *testing.T) {
	file, err := elf.Open(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, segment := range file.Progs {
		if segment.Type == elf.PT_INTERP || segment.Type == elf.PT_DYNAMIC {
			t.Errorf("the binary is linked dynamically: it has a segment %v", segment.Type)
		}
	}
}

// TestDockerfileEmptyRoot runs it, and its health check, as another user in a directory where there is nothing else.
func TestDockerfileEmptyRoot(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("this is not root, who alone can become another user: that the program runs in an empty image is not checked")
	}
	root := t.TempDir()
	program, err := os.ReadFile(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "millpond"), program, 0o755); err != nil {
		t.Fatal(err)
	}
	text := read(t, "Dockerfile")
	env := regexp.MustCompile(`(?m)^ENV (.*MILLPOND_ADMIN_ADDR=\S*:9090)$`).FindStringSubmatch(text)
	check := regexp.MustCompile(`(?m)^HEALTHCHECK .* CMD \["/millpond", "(--probe=http://)127\.0\.0\.1:9090(/\w+)"\]$`).FindStringSubmatch(text)
	if env == nil || check == nil {
		t.Fatal("the Dockerfile has no health check, or of another port than it serves on")
	}
	inside := func(args ...string) *exec.Cmd {
		return &exec.Cmd{Path: "/millpond", Args: append([]string{"/millpond"}, args...), Dir: "/", Env: strings.Fields(anyPort.Replace(env[1])),
			SysProcAttr: &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}}
	}
	addr, admin := serving(t, inside("--burn-per-ms=1"))
	for _, url := range []string{"http://" + elsewhere(addr), "http://" + elsewhere(admin) + "/metrics"} {
		if status, _, err := get(client, url); err != nil || status != http.StatusOK {
			t.Errorf("from outside, %s: %d, %v", url, status, err)
		}
	}
	if out, err := inside(check[1] + admin + check[2]).CombinedOutput(); err != nil {
		t.Errorf("the health check: %v, %s", err, out)
	}
	if out, err := inside(check[1] + admin + "/nowhere").CombinedOutput(); err == nil {
		t.Errorf("a health check that must fail: %s", out)
	}
}

// TestDockerfileSources checks that the image gets the directories of all packages that the server consists of.
func TestDockerfileSources(t *testing.T) {
	dockerfile := read(t, "Dockerfile")
	packages := run(t, "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "..")
	for _, path := range strings.Fields(packages) {
		if path, ours := strings.CutPrefix(path, "millpond/"); ours {
			top, _, _ := strings.Cut(path, "/")
			if !strings.Contains(dockerfile, "\nCOPY "+top+" "+top+"\n") {
				t.Errorf("the Dockerfile does not copy %s, in which is %s", top, path)
			}
		}
	}
}
