package upstream

import (
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"http://127.0.0.1:3000", "http://127.0.0.1:3000"},
		{"http://127.0.0.1:3000/", "http://127.0.0.1:3000"},
		{"http://localhost", "http://localhost:80"},
		{"HTTP://LocalHost:080", "http://localhost:80"},
		{"https://app.example", "https://app.example:443"},
		{"http://[::1]:8080", "http://[::1]:8080"},
		{"http://app_1.internal:9", "http://app_1.internal:9"},
		{"unix:/run/app.sock", "unix:/run/app.sock"},
		{"unix:///run/app.sock", "unix:/run/app.sock"},
		{"http+unix:///run/app.sock", "unix:/run/app.sock"},
		{"unix:run/app.sock", "unix:run/app.sock"},
		{"unix:@app", "unix:@app"},
	} {
		a, err := parseAddress(test.in)
		if err != nil || a.String() != test.want {
			t.Errorf("%q: %q, %v, want %q", test.in, a, err, test.want)
		}
	}
}

func TestParseAddressFaults(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", "no scheme"},
		{"127.0.0.1:3000", "write http://HOST:PORT"},
		{"localhost", "no scheme"},
		{"ftp://h", "allowed are http, https and unix"},
		{"http://", "no name or address"},
		{"http://:3000", "no name or address"},
		{"http://a b", "invalid character"},
		{"http://h:0", "1 to 65535"},
		{"http://h:65536", "1 to 65535"},
		{"http://h:x", "invalid port"},
		{"http://user:secret@h", "names a user"},
		{"http://h/app", "end after the port"},
		{"http://h?a=b", "end after the port"},
		{"http://h?", "end after the port"},
		{"http://h#a", "end after the port"},
		{"http://h#", "end after the port"},
		{"http://[::1", "missing ']'"},
		{"http://h%00", "invalid URL escape"},
		{"http://exämple", "no name or address"},
		{"unix:", "no path"},
		{"unix:/", "no path"},
		{"unix:@", "no path"},
		{"unix://run/app.sock", "begins with /"},
		{"unix:/a\nb", "control character"},
		{"unix:/a\xffb", "not UTF-8"},
		{"unix:/" + strings.Repeat("a", maxUnixPath), "103 at most"},
	} {
		a, err := parseAddress(test.in)
		if err == nil {
			t.Errorf("%q: accepted as %q", test.in, a)
		} else if !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %q, want it to say %q", test.in, err, test.want)
		}
	}
}

// FuzzParseAddress checks that what is accepted is written back as something
// that means the same, and cannot carry anything but an address.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"http://h:1", "https://[::1]", "unix:/a", "unix:///a", "http+unix:@a", "http://a@b/c?d#e",
		"http://[fe80::1%25eth0]:80", "http://h:", "http://%41", "unix:////", "unix:////a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := parseAddress(s)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "upstream: backend ") {
				t.Errorf("%q: the error %q does not name the backend", s, err)
			}
			return
		}
		if strings.ContainsAny(a.host, "/?#@ \r\n\x00") || strings.ContainsAny(a.dial, "\r\n\x00") {
			t.Errorf("%q: odd address %+v", s, a)
		}
		if again, err := parseAddress(a.String()); err != nil || again != a {
			t.Errorf("%q: %+v is written %q, and that is %+v, %v", s, a, a, again, err)
		}
	})
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := New(Config{
		Backends:       []string{"localhost", "http://h", "http://h:80", "http://h/x"},
		ConnectTimeout: -1,
		IdleTimeout:    -1,
		TrustedProxies: prefixes("10.0.0.0/8", ""),
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"ConnectTimeout is -1ns", "IdleTimeout is -1ns", "TrustedProxies", "no scheme",
		`"http://h:80" is given twice`, "end after the port"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
	if _, err := New(Config{}); err == nil || !strings.Contains(err.Error(), "Backends is empty") {
		t.Errorf("no backend: %v", err)
	}
}
