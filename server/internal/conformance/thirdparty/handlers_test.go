package thirdparty

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/gorilla/handlers"
	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

const long = "All happy families are alike; each unhappy family is unhappy in its own way. "

// files are for handlers that serve files.
var files = fstest.MapFS{
	"page.html": {Data: []byte(strings.Repeat(long, 1000)), ModTime: time.Unix(1, 0)},
}

// page is a handler that net/http has; see what a library makes of it.
var page = http.FileServerFS(files)

func newGin() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.Use(gin.CustomRecoveryWithWriter(io.Discard, func(c *gin.Context, _ any) { c.AbortWithStatus(http.StatusInternalServerError) }))
	return g
}

func ginStream() http.Handler {
	g := newGin()
	g.GET("/", func(c *gin.Context) {
		n := 0
		c.Stream(func(io.Writer) bool {
			n++
			c.SSEvent("tick", n)
			return n < 5
		})
	})
	return g
}

func ginRoutes() http.Handler {
	g := newGin()
	g.GET("/json/:name", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"name": c.Param("name"), "ip": c.ClientIP()}) })
	g.POST("/form", func(c *gin.Context) { c.String(http.StatusCreated, "%s", c.PostForm("a")) })
	g.GET("/panic", func(*gin.Context) { panic("gin") })
	g.GET("/none", func(c *gin.Context) { c.Status(http.StatusNoContent) })
	g.GET("/file", func(c *gin.Context) { c.FileFromFS("page.html", http.FS(files)) })
	return g
}

func echoRoutes() http.Handler {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	e.Use(middleware.Recover(), middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 100}), middleware.BodyLimit("1K"))
	e.GET("/long", func(c echo.Context) error { return c.String(http.StatusOK, strings.Repeat(long, 10)) })
	e.POST("/body", func(c echo.Context) error {
		b, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "text/plain", b)
	})
	e.GET("/panic", func(echo.Context) error { panic("echo") })
	e.GET("/flush", func(c echo.Context) error {
		for range 3 {
			io.WriteString(c.Response(), "tick\n")
			c.Response().Flush()
		}
		return nil
	})
	return e
}

func chiRoutes() http.Handler {
	r := chi.NewRouter()
	r.Use(chimiddleware.CleanPath, chimiddleware.StripSlashes, chimiddleware.Compress(5), chimiddleware.Timeout(time.Minute),
		chimiddleware.Throttle(10), chimiddleware.NoCache, chimiddleware.Heartbeat("/ping"), chimiddleware.GetHead)
	r.Get("/users/{id}", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, chi.URLParam(r, "id")) })
	r.Handle("/page.html", page)
	r.Get("/wrapped", func(w http.ResponseWriter, r *http.Request) {
		wrapped := chimiddleware.NewWrapResponseWriter(w, r.ProtoMajor)
		_, flushes := wrapped.(http.Flusher)
		_, hijacks := wrapped.(http.Hijacker)
		_, readsFrom := wrapped.(io.ReaderFrom)
		if !flushes || !hijacks || !readsFrom {
			wrapped.WriteHeader(http.StatusNotImplemented)
		}
	})
	return r
}

var frameworkExchanges = []exchange{
	{"gin: Stream", ginStream(), func(c *client) { c.get("/") }},
	{"gin: routes", ginRoutes(), func(c *client) {
		c.get("/json/a%2Fb")
		c.request(http.MethodPost, "/form", "a=b", "Content-Type", "application/x-www-form-urlencoded")
		for _, path := range []string{"/panic", "/none", "/file", "/nowhere", "/json/"} {
			c.get(path)
			c.request(http.MethodHead, path, "")
		}
		c.get("/file", "Range", "bytes=10-19")
	}},
	{"echo: routes", echoRoutes(), func(c *client) {
		for _, path := range []string{"/long", "/panic", "/flush", "/nowhere"} {
			c.get(path)
			c.get(path, "Accept-Encoding", "gzip")
		}
		c.request(http.MethodPost, "/body", "hello")
		c.request(http.MethodPost, "/body", strings.Repeat("x", 2000))
		c.request(http.MethodPut, "/body", "hello")
	}},
	{"chi: routes", chiRoutes(), func(c *client) {
		for _, path := range []string{"/users/1/", "//users//2", "/ping", "/page.html", "/wrapped", "/nowhere"} {
			c.get(path)
			c.get(path, "Accept-Encoding", "gzip")
			c.request(http.MethodHead, path, "")
			c.request(http.MethodDelete, path, "")
		}
	}},
}

// logged is a handler whose log line, without its time, is in a trailer.
func logged(w http.ResponseWriter, r *http.Request) {
	var log bytes.Buffer
	w.Header().Set("Trailer", "Log")
	handlers.CustomLoggingHandler(&log, page, func(to io.Writer, p handlers.LogFormatterParams) {
		io.WriteString(to, strings.Join([]string{p.Request.Method, p.URL.String(), p.Request.Proto, http.StatusText(p.StatusCode)}, " "))
	}).ServeHTTP(w, r)
	w.Header().Set("Log", log.String())
}

func panics(http.ResponseWriter, *http.Request) { panic("handlers") }

func gorillaHandlers() http.Handler {
	m := http.NewServeMux()
	m.Handle("/page.html", handlers.CompressHandler(page))
	m.HandleFunc("/logged/", http.StripPrefix("/logged", http.HandlerFunc(logged)).ServeHTTP)
	m.Handle("/panic", handlers.RecoveryHandler(handlers.RecoveryLogger(silent{}))(http.HandlerFunc(panics)))
	m.Handle("/methods", handlers.MethodHandler{"GET": page, "PUT": page})
	m.Handle("/cors", handlers.CORS(handlers.AllowedOrigins([]string{"http://a"}))(page))
	m.Handle("/proxy", handlers.ProxyHeaders(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.RemoteAddr+" "+r.URL.Scheme+" "+r.Host)
	})))
	return m
}

// silent is a log that drops everything.
type silent struct{}

func (silent) Println(...any) {}

var middlewareExchanges = []exchange{
	{"gorilla/handlers", gorillaHandlers(), func(c *client) {
		for _, path := range []string{"/page.html", "/logged/page.html", "/panic", "/methods"} {
			c.get(path)
			c.get(path, "Accept-Encoding", "gzip")
			c.request(http.MethodHead, path, "")
			c.request(http.MethodOptions, path, "")
		}
		c.get("/logged/none")
		c.request(http.MethodHead, "/logged/none", "")
		c.get("/cors", "Origin", "http://a")
		c.request(http.MethodOptions, "/cors", "", "Origin", "http://a", "Access-Control-Request-Method", "GET")
		c.get("/proxy", "X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "a")
	}},
	{"gzhttp", gzhttp.GzipHandler(page), func(c *client) {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			c.request(method, "/page.html", "")
			c.request(method, "/page.html", "", "Accept-Encoding", "gzip")
			c.request(method, "/page.html", "", "Accept-Encoding", "gzip", "Range", "bytes=5-9")
			c.request(method, "/page.html", "", "If-Modified-Since", "Thu, 01 Jan 1970 00:00:01 GMT")
		}
	}},
	{"otelhttp", otelhttp.NewHandler(page, "page"), func(c *client) {
		c.get("/page.html")
		c.get("/page.html", "Range", "bytes=5-9")
		c.request(http.MethodPost, "/none", "hello", "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	}},
}
