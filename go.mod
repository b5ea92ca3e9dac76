module millpond

go 1.26.0

require github.com/alitto/pond/v2 v2.7.1

require (
	go.uber.org/goleak v1.3.0
	golang.org/x/net v0.62.0
	golang.org/x/sys v0.49.0
)

require golang.org/x/text v0.43.0 // indirect
