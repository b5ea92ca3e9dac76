// Command server serves an app behind it, files, or the built-in handlers of package demo over HTTP, by a bounded
// worker pool or, to compare, by one of the other concurrency models. It prints one line on standard output when it is
// ready, and logs to standard error.
//
// Exit codes: 0 after a complete drain, 1 when it could not serve or had to cut connections, 2 for bad usage, 130
// when a second signal ended it at once.
package main
