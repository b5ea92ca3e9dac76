package servertest_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"millpond/server/servertest"
)

func Example() {
	s := servertest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Hello, %s!", r.URL.Path[1:])
	}))
	defer s.Close()
	resp, err := s.Client().Get(s.URL + "/pond")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body))
	// Output: 200 Hello, pond!
}

func TestServer(t *testing.T) {
	sayTLS := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.TLS != nil) })
	for want, start := range map[string]func(http.Handler) *servertest.Server{
		"false": servertest.NewServer, "true": servertest.NewTLSServer,
	} {
		s := start(sayTLS)
		for range 2 {
			resp, err := s.Client().Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(resp.Body); string(body) != want || err != nil {
				t.Errorf("over TLS: %q, %v; want %s", body, err, want)
			}
			resp.Body.Close()
		}
		s.Close()
		if _, err := s.Client().Get(s.URL); err == nil {
			t.Error("it answers after Close")
		}
		if st := s.Config.Stats(); st.Open() != 0 || st.Accepted == 0 {
			t.Errorf("%d connections are open, of %d", st.Open(), st.Accepted)
		}
	}
}

func TestUnstarted(t *testing.T) {
	s := servertest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.MaxBodyBytes = 1
	s.Close()
	s = servertest.NewUnstartedServer(http.NotFoundHandler())
	s.Start()
	defer s.Close()
	defer func() {
		if recover() == nil {
			t.Error("it was started twice")
		}
	}()
	s.Start()
}
