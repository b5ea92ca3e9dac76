// Package chart draws what reports show, as SVG elements to be placed in HTML.
// The same chart is the same bytes.
package chart
