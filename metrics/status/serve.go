package status

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
)

// The paths of a page.
const (
	pagePath   = "/status"
	jsonPath   = "/status.json"
	eventsPath = "/status/events"
)

// Handlers returns the handlers of the page by their paths. At most so many
// viewers, over all paths that one call returns, follow by a stream that stays
// open; the others ask once a second. Where an open stream holds a worker, as in
// server.Control, streams should be 0.
func (p *Page) Handlers(streams int) map[string]http.Handler {
	return map[string]http.Handler{
		pagePath:   http.HandlerFunc(p.servePage),
		jsonPath:   http.HandlerFunc(p.serveJSON),
		eventsPath: &events{page: p, open: make(chan struct{}, streams)},
	}
}

//go:embed page.html.tmpl
var pageText string

//go:embed page.css
var style string

//go:embed page.js
var script string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// policy lets the browser load and run nothing but what is in the page.
var policy = fmt.Sprintf("default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-%s'; "+
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", hash(script))

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (p *Page) servePage(w http.ResponseWriter, _ *http.Request) {
	s := p.last()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	// The viewer may have gone.
	_ = pageTemplate.Execute(w, map[string]any{
		"Style": template.CSS(style), "Script": template.JS(script),
		"Sample": s, "Texts": s.texts(), "Sections": s.Sections(), "Settings": p.config.Settings, "Tables": p.tables(s),
	})
}

// serveJSON serves the samples, those after the number in the query only.
func (p *Page) serveJSON(w http.ResponseWriter, r *http.Request) {
	samples, _ := p.since(0)
	if text := r.FormValue("after"); text != "" {
		after, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			http.Error(w, "after must be the number of a sample, such as 17", http.StatusBadRequest)
			return
		}
		samples, _ = p.since(after)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	// The viewer may have gone.
	_ = json.NewEncoder(w).Encode(p.report(samples))
}
