module millpond

go 1.26
