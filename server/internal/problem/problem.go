// Package problem tells clients that prefer JSON why they get no answer: as
// problem details (RFC 9457).
package problem

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Type is the media type of what JSON returns.
const Type = "application/problem+json"

// JSON is a body that says with which status a request is refused, and why: in
// a word for programs and in a sentence for people.
func JSON(status int, reason, text string) string {
	b, err := json.Marshal(struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
		Reason string `json:"reason"`
	}{http.StatusText(status), status, strings.TrimSpace(text), reason})
	if err != nil {
		panic(err) // Strings and a number can be marshalled.
	}
	return string(b) + "\n"
}
