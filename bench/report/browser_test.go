package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// chromium finds a browser; a machine without one skips what needs it.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no browser, so that reports open without error or overflow is not checked: apt-get install chromium")
	return ""
}

// probe is put at the end of a page in a frame, and leaves what it measures in
// the document: by how many pixels it is too wide, whatever sticks out, and
// errors.
const probe = `<script>
addEventListener("load", () => {
  const root = document.documentElement, out = [];
  out.push("overflow=" + (root.scrollWidth - root.clientWidth) + " width=" + root.clientWidth);
  for (const e of document.querySelectorAll("h1, h2, h3, p, li, dd, .card, .verdict, .scroll, .panel"))
    if (e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".scroll, .wide")) out.push("sticks out: " + e.className + " " + e.textContent.slice(0, 40));
  for (const e of document.querySelectorAll("a[href^='#']"))
    if (!document.getElementById(e.getAttribute("href").slice(1))) out.push("dangling: " + e.getAttribute("href"));
  for (const e of document.querySelectorAll("svg"))
    if (e.getBoundingClientRect().height < 5) out.push("flat chart: " + e.getAttribute("aria-label"));
  parent.postMessage(out.join("; "), "*");
});
</script>`

// frame shows a page in a given width, for a browser's window is never narrower
// than half a thousand pixels, and writes down what the probe says.
const frame = `<!DOCTYPE html><title>frame</title><pre id="said">nothing</pre><iframe src="%s" width="%d" height="900"></iframe>
<script>addEventListener("message", e => { document.getElementById("said").textContent = e.data })</script>`

// TestPagesInABrowser opens the page of every kind of run in a real browser, as
// wide as a desktop and as a phone.
func TestPagesInABrowser(t *testing.T) {
	browser := chromium(t)
	dir := t.TempDir()
	said := regexp.MustCompile(`<pre id="said">([^<]*)</pre>`)
	page := filepath.Join(dir, "page.html")
	if err := os.WriteFile(page, []byte(htmlOf(t, everyKind())+probe), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, width := range map[string]int{"desktop": 1280, "tablet": 768, "phone": 390, "small phone": 320} {
		t.Run(name, func(t *testing.T) {
			outer := filepath.Join(dir, fmt.Sprintf("frame-%d.html", width))
			if err := os.WriteFile(outer, fmt.Appendf(nil, frame, filepath.Base(page), width), 0o644); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
				"--user-data-dir="+filepath.Join(dir, fmt.Sprint(width)), "--window-size=1400,1000", "--virtual-time-budget=5000",
				"--enable-logging=stderr", "--dump-dom", "file://"+outer)
			var log bytes.Buffer
			cmd.Stderr = &log
			dom, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, &log)
			}
			m := said.FindSubmatch(dom)
			if want := fmt.Sprintf("overflow=0 width=%d", width); m == nil || string(m[1]) != want {
				t.Errorf("the page is wrong: %s, want %s", m, want)
			}
			for line := range strings.Lines(log.String()) {
				if strings.Contains(line, "CONSOLE") {
					t.Errorf("the browser complains: %s", line)
				}
			}
		})
	}
}
