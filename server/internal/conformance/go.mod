module conformance

go 1.26.0

replace millpond => ../../..

require millpond v0.0.0

require (
	github.com/alitto/pond/v2 v2.7.1 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)
