// Package thirdparty keeps the modules in go.mod whose tests are run against
// millpond, and what these tests import.
package thirdparty

import (
	_ "connectrpc.com/connect"
	_ "github.com/coder/websocket"
	_ "github.com/gin-gonic/gin"
	_ "github.com/go-chi/chi/v5"
	_ "github.com/go-chi/chi/v5/middleware"
	_ "github.com/gorilla/handlers"
	_ "github.com/gorilla/websocket"
	_ "github.com/klauspost/compress/gzhttp"
	_ "github.com/labstack/echo/v4"
	_ "github.com/labstack/echo/v4/middleware"
	_ "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)
