package upstream_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"millpond/server/upstream"
)

// A handler that passes requests on, under any server.
func Example() {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "the app answers", r.Method, r.URL, "for", r.Header.Get("X-Forwarded-For"))
	}))
	defer backend.Close()

	app, err := upstream.New(upstream.Config{
		Backends:     []string{backend.URL}, // several, or unix:/run/app.sock
		MaxIdleConns: 8,                     // as many as the handlers that run at a time
	})
	if err != nil {
		fmt.Println(err) // names every fault
		return
	}
	defer app.CloseIdleConnections()
	front := httptest.NewServer(app)
	defer front.Close()

	res, err := front.Client().Get(front.URL + "/orders?id=7")
	if err != nil {
		fmt.Println(err)
		return
	}
	io.Copy(os.Stdout, res.Body)
	res.Body.Close()
	fmt.Println(app.Stats().Outcomes[upstream.OutcomeServed], upstream.OutcomeServed)
	// Output:
	// the app answers GET /orders?id=7 for 127.0.0.1
	// 1 served
}
