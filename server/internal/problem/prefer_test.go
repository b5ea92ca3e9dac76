package problem

import "testing"

func TestPreferred(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                                       false,
		"*/*":                                    false,
		"application/json":                       true,
		"Application/JSON; charset=utf-8":        true,
		"application/problem+json":               true,
		"application/*":                          true,
		"application/json, text/plain, */*":      true,
		"text/plain, application/json":           false,
		"text/html;q=0.5, application/json":      true,
		"application/json;q=0.5, text/html":      false,
		"application/json;q=0":                   false,
		"application/json;Q=0.001":               true,
		"application/json;q=2":                   false,
		"application/json;q=NaN":                 false,
		"application/json;q=0.1234, text/plain":  false,
		"text/html,application/xml;q=0.9,*/*;q=": false,
		",,;q=1;,application/jsonp":              false,
		"image/png, application/json;q=0.9":      false,
	} {
		if got := Preferred([]byte(accept)); got != want {
			t.Errorf("%q: %v, want %v", accept, got, want)
		}
	}
}

// FuzzPreferred checks that a preference for JSON in front of all that a client
// accepts wins, and one for something else likewise.
func FuzzPreferred(f *testing.F) {
	f.Add("text/html;q=0.5, */*")
	f.Add(";;q=1,\x00,=")
	f.Fuzz(func(t *testing.T, accept string) {
		if !Preferred([]byte("application/json," + accept)) {
			t.Error("JSON first, and not preferred")
		}
		if Preferred([]byte("text/plain," + accept)) {
			t.Error("text first, and JSON preferred")
		}
	})
}
