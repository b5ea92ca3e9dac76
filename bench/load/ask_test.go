package load

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Who asks for nonsense gets to know what the server said to it, if that is for people.
func TestAskSaysWhy(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{"cpu must be a duration\nsuch as 5ms\n", "it answers 400 Bad Request: cpu must be a duration"},
		{"", "it answers 400 Bad Request"},
		{"\x00\x01", "it answers 400 Bad Request"},
		{strings.Repeat("x", mostSaid+1), "it answers 400 Bad Request"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			http.NewResponseController(w).Flush() // so that the body is chunked
			w.Write([]byte(test.body))
		}))
		endpoint, err := NewEndpoint(t.Context(), server.URL+"/task?cpu=5")
		if err == nil {
			err = endpoint.Ask(t.Context(), time.Minute)
		}
		if want := "GET /task?cpu=5: " + test.want; err == nil || err.Error() != want {
			t.Errorf("%.20q: %v, want %s", test.body, err, want)
		}
		server.Close()
	}
}
