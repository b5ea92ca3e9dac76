package PACKAGE_test

import (
	"net/http"

	"conformance/standin"
)

func init() {
	if standin.Wanted() {
		http.StandIn = func(s *http.Server) http.StandInServer { return standin.For(s) }
	}
}
