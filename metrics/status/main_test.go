package status

import (
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"millpond/metrics"
	"millpond/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shown is a page with the server that it shows, which does not serve.
func shown(t testing.TB, running ...server.Running) (*Page, *server.Server) {
	t.Helper()
	srv := &server.Server{Handler: http.NotFoundHandler()}
	srv.Pool.Workers, srv.Pool.Queue = 8, 512
	p := New(Config{
		Metrics: metrics.New(srv),
		Running: func(limit int) []server.Running {
			return append([]server.Running(nil), running[:min(len(running), limit)]...)
		},
		Clients: func(limit int) []server.Client {
			return []server.Client{{Name: "192.0.2.1", Share: .75}, {Name: "<b>", Share: .25}}
		},
		Settings: []Setting{{"model", "pool"}},
	})
	p.Start()
	t.Cleanup(p.Close)
	return p, srv
}
