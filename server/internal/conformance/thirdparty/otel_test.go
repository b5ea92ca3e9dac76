package thirdparty

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"millpond/metrics"
	"millpond/pool"
	"millpond/server"
	"millpond/server/servertest"
)

// queueWait puts on the span of a request for how long it waited for a worker,
// and on its duration in the metrics which trace it belongs to. It goes inside of
// otelhttp, which starts the span.
func queueWait(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		span := trace.SpanFromContext(r.Context())
		if waited, ok := pool.QueueWait(r.Context()); ok {
			span.SetAttributes(attribute.Float64("millpond.queue_wait", waited.Seconds()))
		}
		if id := span.SpanContext(); id.IsSampled() {
			metrics.SetTraceID(w, id.TraceID().String())
		}
		next.ServeHTTP(w, r)
	})
}

// OpenTelemetry works as on any server; what it cannot know, pool.QueueWait
// tells.
func Example_openTelemetry() {
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	defer provider.Shutdown(context.Background())

	app := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "Hello!") })
	traced := otelhttp.NewHandler(queueWait(app), "app", otelhttp.WithTracerProvider(provider))

	srv := servertest.NewUnstartedServer(traced)
	reported := make(chan string, 1)
	srv.Config.Trace = &server.Trace{Done: func(r server.Request) { reported <- r.TraceID }}
	srv.Start()
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()
	srv.Close()

	for _, span := range spans.GetSpans() {
		for _, a := range span.Attributes {
			switch {
			case a.Key == "http.response.status_code":
				fmt.Println(a.Key, a.Value.AsInt64())
			case a.Key == "millpond.queue_wait":
				fmt.Println(a.Key, "below a second:", a.Value.AsFloat64() >= 0 && a.Value.AsFloat64() < 1)
			}
		}
		fmt.Println("the server knows the trace:", <-reported == span.SpanContext.TraceID().String())
	}
	// Unordered output:
	// http.response.status_code 200
	// millpond.queue_wait below a second: true
	// the server knows the trace: true
}
