module millpond

go 1.26

require github.com/alitto/pond/v2 v2.7.1

require go.uber.org/goleak v1.3.0
